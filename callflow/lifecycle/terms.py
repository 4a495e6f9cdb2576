"""By when papers may be asked for: the term of the call, and the least that the group must get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from callflow.calls.holidays import closed
from callflow.core import clock
from callflow.dossiers.models import Dossier
from callflow.letters import legal

NOON = time(12)
DAY = timedelta(days=1)
WITHOUT_CALENDAR = timedelta(days=60)
"""The longest term where the calendar names no day that it would have to end before."""


@dataclass(frozen=True)
class Terms:
    """``usual`` is what stands in the form; ``earliest`` is a day, ``latest`` a moment."""

    earliest: date
    latest: datetime
    usual: datetime


def terms_of(dossier: Dossier, at: datetime) -> Terms:
    """The terms for a dossier whose call, lot and authority are loaded, when papers are asked for ``at``.

    The call's own term counts as long as it leaves the group the least days; after that the least days go
    before the calendar, because who is asked for something must be able to bring it.
    """
    authority = dossier.lot.authority
    today, least = clock.local(at).date(), legal.least_days(authority.law)
    asked = _until(dossier.call.calendar)
    hour = clock.local(asked).time() if asked else NOON
    soonest = clock.at(_open_day(today + least * DAY, authority.country), hour)
    own = asked if asked and clock.local(asked).date() >= today + least * DAY else None
    latest = max(asked or _before_jury(dossier.call.calendar, at), soonest)
    return Terms(today + least * DAY, latest, own or soonest)


def _open_day(day: date, country: str) -> date:
    """That day, or the next on which offices are open."""
    while any(closed(day, {country})):
        day += DAY
    return day


def _until(calendar: Mapping[str, Any]) -> datetime | None:
    said = calendar.get("completeness_until")
    return datetime.fromisoformat(said) if said else None


def _before_jury(calendar: Mapping[str, Any], at: datetime) -> datetime:
    """The beginning of the day on which somebody judges."""
    for key in ("jury_on", "decision_on"):
        if said := calendar.get(key):
            return clock.at(date.fromisoformat(said), time(0))
    return at + WITHOUT_CALENDAR
