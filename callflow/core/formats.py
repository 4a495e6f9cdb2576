"""How moments, days, euros and numbers are written in each language: filters of pages, letters and mails."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from callflow.core import clock
from callflow.core.i18n import LOCALES, language

NARROW, NO_BREAK = "\u202f", "\u00a0"


def _day(value: date | datetime | str) -> date:
    """The calendar day in Brussels; codes and parameters hold moments as ISO text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return clock.local(value).date() if isinstance(value, datetime) else value


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return clock.local(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def day(value: date | datetime | str | None, weekday: bool = False) -> str:
    """25 november 2026, with ``weekday`` for what is due: maandag 30 november 2026."""
    if value is None:
        return ""
    pattern = "EEEE d MMMM y" if weekday else "d MMMM y"
    return _long(_day(value), pattern, language())


@lru_cache(maxsize=2048)
def _long(found: date, pattern: str, code: str) -> str:
    return _first_of_month(format_date(found, pattern, locale=LOCALES[code]), found, code)


def short_day(value: date | datetime | str | None) -> str:
    """12 okt. (with the year when it is not the present one): for steps and narrow columns."""
    if value is None:
        return ""
    found = _day(value)
    skeleton = "MMMd" if found.year == clock.today().year else "yMMMd"
    return _short(found, skeleton, language())


@lru_cache(maxsize=2048)
def _short(found: date, skeleton: str, code: str) -> str:
    moment = datetime(found.year, found.month, found.day)  # noqa: DTZ001 - a day, no moment
    return _first_of_month(format_skeleton(skeleton, moment, locale=LOCALES[code]), found, code)


def _first_of_month(text: str, found: date, code: str) -> str:
    """French says le premier: 1er décembre."""
    if code != "fr" or found.day != 1:
        return text
    return " ".join("1er" if word == "1" else word for word in text.split(" "))


def hour(value: datetime | str | None) -> str:
    """11.58 uur, 11 h 58, 11:58."""
    if value is None:
        return ""
    moment, code = _moment(value), language()
    if code == "nl":
        return f"{moment.hour}.{moment.minute:02}{NO_BREAK}uur"
    if code == "fr":
        return f"{moment.hour}{NO_BREAK}h{NO_BREAK}{moment.minute:02}"
    return f"{moment.hour}:{moment.minute:02}"


def moment(value: datetime | str | None, weekday: bool = False) -> str:
    """A day with its hour, as one says it: 30 november 2026, 12.00 uur; 30 novembre 2026 à 12 h 00."""
    if value is None:
        return ""
    joint = " à " if language() == "fr" else ", "
    return f"{day(value, weekday)}{joint}{hour(value)}"


def number(value: Decimal | float | str | None, places: int | None = None) -> str:
    """1.234,5 or 1 234,5 or 1,234.5; ``places`` fixes the decimals, else as many as needed, two at most."""
    return "" if value is None else _number(value, places, language())


def semicolon() -> str:
    """Between the parts of a list that have commas of their own; with its space before it in French."""
    return "\u202f; " if language() == "fr" else "; "


def signed(value: Decimal | float, places: int) -> str:
    """The same with its sign, a real minus; nothing has none."""
    exact = Decimal(str(value))
    said = number(abs(exact), places)
    if not exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):
        return said
    return f"+{said}" if value > 0 else f"\u2212{said}"


@lru_cache(maxsize=8192)
def _number(value: Decimal | float | str, places: int | None, code: str) -> str:
    """A list writes the same few figures again and again, and Babel reads its pattern each time."""
    exact = Decimal(str(value))
    if places is None:
        exact = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        places = max(0, -int(exact.normalize().as_tuple().exponent))
    exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(exact, format=pattern, locale=LOCALES[code])


def euro(value: Decimal | float | str | None, cents: bool = False) -> str:
    """10.000 euro, 10 000 €, €10,000; cents only where there are any, or when a column asks for them."""
    return "" if value is None else _euro(value, cents, language())


@lru_cache(maxsize=8192)
def _euro(value: Decimal | float | str, cents: bool, code: str) -> str:
    exact = Decimal(str(value))
    written = _number(exact, 2 if cents or exact != exact.to_integral_value() else 0, code)
    if code == "nl":
        return f"{written}{NO_BREAK}euro"
    return f"{written}{NO_BREAK}€" if code == "fr" else f"€{written}".replace("€-", "-€")


def percent(value: Decimal | float | str | None, places: int | None = None) -> str:
    """73,5 % from 73.5; as many decimals as needed, two at most, or those that are given.

    What is not whole is never written as whole: 59.996 is under a threshold of 60.
    """
    if value is None:
        return ""
    exact = Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    written = number(exact, 0 if exact == exact.to_integral_value() else _telling(exact, places))
    return f"{written}%" if language() == "en" else f"{written}{NARROW if language() == 'fr' else NO_BREAK}%"


def _telling(exact: Decimal, places: int | None) -> int | None:
    """How many decimals it needs not to become whole; totals are kept with four."""
    shown = 2 if places is None else places
    rounded = exact.quantize(Decimal(1).scaleb(-shown), ROUND_HALF_UP)
    return places if rounded != rounded.to_integral_value() else -int(exact.normalize().as_tuple().exponent)


def iso(value: date | datetime | str | None) -> str:
    """For the datetime attribute of a time element."""
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="minutes")
    return str(value or "")


def days_left(value: date | datetime | str) -> int:
    """Calendar days from today; 0 today, negative when past."""
    return (_day(value) - clock.today()).days


def paragraphs(text: Any) -> Markup:
    """What a person typed, as paragraphs: an empty line parts them, a line break stays one."""
    parts = [
        part.strip("\n") for part in str(text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    ]
    written = (
        Markup("<br />\n").join(escape(line) for line in part.split("\n")) for part in parts if part.strip()
    )
    return Markup("\n").join(Markup("<p>{}</p>").format(part) for part in written)


FILTERS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (day, short_day, hour, moment, number, signed, euro, percent, iso, days_left, paragraphs)
}
"""For a Jinja environment, each under its own name."""
