"""The days of a call as a calendar file (RFC 5545), written by hand because it needs four properties only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE = 74
"""Octets in a line before it is folded: 75 with the space that the next one begins with."""


@dataclass(frozen=True)
class Entry:
    """One entry: a moment with its hour, or a whole day. ``key`` stays the same when the day moves."""

    key: str
    at: datetime | date
    title: str
    place: str = ""
    minutes: int = 0


def calendar_file(name: str, entries: Iterable[Entry], *, made_at: datetime) -> str:
    """The file, with the line ends and folding that the standard asks; moments in UTC, so without zones."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//callflow//callflow//EN", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{_escaped(name)}")
    for entry in entries:
        lines += _event(name, entry, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(name: str, entry: Entry, made_at: datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{entry.key}@callflow", f"DTSTAMP:{_utc(made_at)}"]
    if isinstance(entry.at, datetime):
        lines.append(f"DTSTART:{_utc(entry.at)}")
        lines.append(f"DTEND:{_utc(entry.at + timedelta(minutes=entry.minutes))}")
    else:
        lines.append(f"DTSTART;VALUE=DATE:{entry.at:%Y%m%d}")
        lines.append(f"DTEND;VALUE=DATE:{entry.at + timedelta(days=1):%Y%m%d}")
    lines.append(f"SUMMARY:{_escaped(f'{entry.title} - {name}')}")
    if entry.place:
        lines.append(f"LOCATION:{_escaped(entry.place)}")
    return [*lines, "TRANSP:TRANSPARENT", "END:VEVENT"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """No line longer than 75 octets, never cut inside a character."""
    parts, current = [], ""
    for character in line:
        if len((current + character).encode()) > LINE:
            parts.append(current)
            current = ""
        current += character
    return [part if number == 0 else f" {part}" for number, part in enumerate([*parts, current])]
