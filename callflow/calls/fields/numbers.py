"""Numbers and amounts as Dutch, French and English write them; what can be read in two ways is refused."""

import re
from decimal import Decimal

from callflow.calls.fields.flaw import Field, Reading

GROUP = {"nl": ".", "fr": "\u202f", "en": ","}
POINT = {"nl": ",", "fr": ",", "en": "."}
EXAMPLE = {"nl": "1.234,50", "fr": "1\u202f234,50", "en": "1,234.50"}
WHOLE_EXAMPLE = {"nl": "1.234", "fr": "1\u202f234", "en": "1,234"}
PLAIN_EXAMPLE = "800"
LARGEST = Decimal("999999999.99")
LEAST = {"money": "minimum", "number": "lowest"}
MOST = {"money": "maximum", "number": "highest"}

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_CURRENCY = re.compile(r"^(?:€|EUR|euros?)\s*|\s*(?:€|EUR|euros?)$", re.IGNORECASE)
_NO_CENTS = re.compile(r"[.,](?:-|–|—|--)$")
_SHAPE = re.compile(r"^[-+−]?[0-9]+(?:[ .,][0-9]+)*$", re.ASCII)


def read_money(field: Field, typed: str, language: str) -> Reading:
    """Euros with at most two decimals, as text with exactly two: "1234.50"."""
    bare = _NO_CENTS.sub("", _CURRENCY.sub("", _SPACES.sub(" ", typed).strip()).strip())
    reading = _read(bare, language, decimals=2, names=("money_unread", "money_ambiguous", "money_cents"))
    if reading.value is None:
        return reading
    amount: Decimal = reading.value
    return _limited(field, amount, "money") or Reading(f"{amount:.2f}")


def read_number(field: Field, typed: str, language: str) -> Reading:
    """A whole number as int; one with decimals as text: "12.5"."""
    decimals = int(field.get("decimals") or 0)
    names = ("number_unread", "number_ambiguous", "number_decimals" if decimals else "number_whole")
    reading = _read(_SPACES.sub(" ", typed).strip(), language, decimals=decimals, names=names)
    if reading.value is None:
        return reading
    number: Decimal = reading.value
    return _limited(field, number, "number") or Reading(int(number) if decimals == 0 else f"{number:f}")


def _limited(field: Field, number: Decimal, kind: str) -> Reading | None:
    lowest = Decimal(field["minimum"]) if field.get("minimum") not in (None, "") else None
    highest = Decimal(field["maximum"]) if field.get("maximum") not in (None, "") else LARGEST
    if lowest is None and kind == "money" and number < 0:
        return Reading.wrong("money_negative")
    if lowest is not None and number < lowest:
        return Reading.wrong(f"{kind}_too_small", **{LEAST[kind]: str(lowest)})
    if number > min(highest, LARGEST) or number < -LARGEST:
        return Reading.wrong(f"{kind}_too_large", **{MOST[kind]: str(min(highest, LARGEST))})
    return None


def _read(text: str, language: str, *, decimals: int, names: tuple[str, str, str]) -> Reading:
    """``names``: the codes for no number at all, one to be read in two ways, one with too many decimals."""
    unread, ambiguous, too_fine = names
    example = (EXAMPLE if decimals else WHOLE_EXAMPLE)[language]
    if not text:
        return Reading()
    if not _SHAPE.match(text) or len(text) > 40:
        return Reading.wrong(unread, example=PLAIN_EXAMPLE)
    whole, fraction, sure = _parted(text.lstrip("-+−"), language, decimals)
    if not sure:
        return Reading.wrong(ambiguous, typed=text, example=example)
    if whole is None:
        return Reading.wrong(unread, example=example)
    if len(fraction.rstrip("0")) > decimals:
        return Reading.wrong(too_fine, decimals=decimals, example=example)
    sign = "-" if text[0] in "-−" else ""
    return Reading(Decimal(f"{sign}{whole}.{fraction[:decimals] or '0'}"))


def _parted(digits: str, language: str, decimals: int) -> tuple[str | None, str, bool]:
    """Digits before and behind the decimal sign, and whether there is only one way to read them."""
    signs = [sign for sign in digits if sign in ".,"]
    kinds = set(signs)
    if not kinds:
        return _grouped(digits, " "), "", True
    last = signs[-1]
    if len(kinds) == 2:
        if signs.count(last) > 1 or " " in digits:
            return None, "", True
        before, _, behind = digits.rpartition(last)
        return _grouped(before, signs[0]), behind, True
    if len(signs) > 1:
        return (None if " " in digits else _grouped(digits, last)), "", True
    before, _, behind = digits.partition(last)
    if " " in before:
        return _grouped(before, " "), behind, " " not in behind
    return _with_one_sign(before, behind, last, language, decimals)


def _with_one_sign(
    before: str, behind: str, sign: str, language: str, decimals: int
) -> tuple[str | None, str, bool]:
    could_group = len(behind) == 3 and len(before) <= 3 and before[0] != "0"
    if not could_group:
        return (None if " " in behind else before), behind, True
    if sign == GROUP[language]:
        return before + behind, "", True
    if sign == POINT[language] and decimals >= 3:
        return before, behind, True
    return before, behind, False


def _grouped(digits: str, sign: str) -> str | None:
    """The digits without their signs, or None when these do not stand before every third digit."""
    groups = digits.split(sign)
    if len(groups) == 1:
        return digits if digits.isdecimal() else None
    right = len(groups[0]) <= 3 and all(len(group) == 3 and group.isdecimal() for group in groups[1:])
    return "".join(groups) if right and groups[0].isdecimal() else None


def write_number(value: str | int, language: str, *, decimals: int | None = None) -> str:
    """In the signs of the language; ``decimals`` fills up with zeros, None leaves empty decimals out."""
    number = Decimal(value)
    if decimals is None:
        whole = number == number.to_integral_value()
        decimals = 0 if whole else max(0, -int(number.normalize().as_tuple().exponent))
    plain = f"{number:,.{decimals}f}"
    return plain.translate({ord(","): GROUP[language], ord("."): POINT[language]})


def write_money(value: str, language: str) -> str:
    """For an input: cents only where there are any."""
    return write_number(value, language, decimals=0 if Decimal(value) == int(Decimal(value)) else 2)
