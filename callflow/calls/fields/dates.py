"""Dates as people write them: in figures, day first, as a year first, or with the month in words."""

import re
import unicodedata
from datetime import date

from callflow.calls.fields.flaw import Field, Reading

EXAMPLE = {"nl": "25 november 2026", "fr": "25 novembre 2026", "en": "25 November 2026"}
MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)

_FIGURES = re.compile(r"^(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})$", re.ASCII)
_YEAR_FIRST = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:T00:00(?::00)?)?$", re.ASCII)
_WORDS = re.compile(
    r"^(?:[^\W\d_]+\.?,? ){0,2}(\d{1,2})(?:er|e|st|nd|rd|th)? (?:of )?([^\W\d_]{3,})\.?,? (\d{4})$", re.ASCII
)
_MONTH_FIRST = re.compile(r"^([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$", re.ASCII)
_SHORT_YEAR = re.compile(r"[/. -]\d{2}$", re.ASCII)


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


_NAMES: dict[str, list[tuple[str, int]]] = {
    code: [(_plain(name), number) for number, name in enumerate(names.split(), start=1)]
    for code, names in MONTHS.items()
}


def read_date(field: Field, typed: str, language: str) -> Reading:
    """A day, as "2026-11-25"; 03/04/2026 is the third of April in all three languages."""
    text = " ".join(typed.split())
    if not text:
        return Reading()
    parts = _parts(_without_accents(text), language)
    if parts is None:
        code = "date_short_year" if _SHORT_YEAR.search(text) and len(text) < 30 else "date_unread"
        return Reading.wrong(code, example=EXAMPLE[language])
    try:
        day = date(*parts)
    except ValueError:
        return Reading.wrong("date_not_there", example=EXAMPLE[language])
    return _limited(field, day) or Reading(day.isoformat())


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _parts(text: str, language: str) -> tuple[int, int, int] | None:
    if found := _FIGURES.match(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _YEAR_FIRST.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if (found := _WORDS.match(text)) and (month := _month(found[2], language)):
        return int(found[3]), month, int(found[1])
    if (found := _MONTH_FIRST.match(text)) and (month := _month(found[1], language)):
        return int(found[3]), month, int(found[2])
    return None


def _month(word: str, language: str) -> int | None:
    """The month of a name or of its beginning, in the person's language first; juil. is not jui."""
    sought = _plain("maart" if word.casefold() == "mrt" else word)
    for code in (language, *(other for other in MONTHS if other != language)):
        meant = {number for name, number in _NAMES[code] if name.startswith(sought)}
        if len(meant) == 1:
            return meant.pop()
    return None


def _limited(field: Field, day: date) -> Reading | None:
    earliest = date.fromisoformat(field["minimum"]) if field.get("minimum") else EARLIEST
    latest = date.fromisoformat(field["maximum"]) if field.get("maximum") else LATEST
    if day < earliest:
        return Reading.wrong("date_too_early", earliest=earliest.isoformat())
    if day > latest:
        return Reading.wrong("date_too_late", latest=latest.isoformat())
    return None


def write_date(value: str, language: str) -> str:
    """The day with its month in words; the first of a month is 1er in French."""
    day = date.fromisoformat(value)
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{first} {MONTHS[language].split()[day.month - 1]} {day.year}"
