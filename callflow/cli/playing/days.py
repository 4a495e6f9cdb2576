"""When each act of a play happens: by the calendar of the call, with a guess where it names no day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from callflow.calls.models import Call
from callflow.core.clock import BRUSSELS, local

DAY = timedelta(days=1)
OFFICE = time(9, 30)


def at(day: date, hour: time = OFFICE) -> datetime:
    """That hour of that day, as clocks in Brussels show it."""
    return datetime.combine(day, hour, BRUSSELS)


@dataclass(frozen=True)
class Days:
    """Moments of a call, each after the one before. ``decided`` is the day on which the body meets."""

    opens: datetime
    closes: datetime
    screening: datetime
    coaching: datetime
    scoring: datetime
    jury: datetime
    preparing: datetime
    decided: datetime
    released: datetime
    offering: datetime
    agreeing: datetime
    guidance: datetime
    halfway: datetime
    reporting: datetime
    closing: datetime

    @classmethod
    def of(cls, call: Call) -> "Days":
        """The calendar as the call keeps it."""
        said: Mapping[str, Any] = call.calendar
        closed = local(call.closes_at).date()
        coaching = _day((said.get("coaching") or {}).get("from"), closed + 20 * DAY)
        jury = _day(said.get("jury_on"), coaching + 45 * DAY)
        decided = _day(said.get("decision_on"), jury + 21 * DAY)
        guidance = _day((said.get("guidance") or {}).get("from"), decided + 30 * DAY)
        report = _day(said.get("report_due"), guidance + 300 * DAY)
        chain = [closed + DAY, coaching, jury - 7 * DAY, jury, jury + 5 * DAY, decided]
        offered, agreed = (min(decided + days * DAY, guidance) for days in (4, 9))
        interim = min(_day(said.get("interim_due"), guidance + 150 * DAY), report - 15 * DAY)
        later = [chain[-1] + DAY, offered, agreed, guidance, max(interim - 7 * DAY, guidance)]
        later += [report - 14 * DAY, report]
        return cls(call.opens_at, call.closes_at, *(at(day) for day in _rising([*chain, *later])))

    @property
    def brought(self) -> datetime:
        """When what was asked for at the screening is there, before anybody is coached."""
        return min(self.screening + 2 * DAY, self.coaching)

    def within(self, dice: Random) -> datetime:
        """Some second at which the call is open; most people wait until the last week."""
        seconds = int((self.closes - self.opens).total_seconds()) - 2
        waited = max(dice.random(), dice.random(), dice.random())
        return self.opens + timedelta(seconds=int(seconds * waited))


def _day(said: str | None, guess: date) -> date:
    return date.fromisoformat(said) if said else guess


def _rising(days: list[date]) -> list[date]:
    """The same days, none before the one in front of it."""
    rising: list[date] = []
    for day in days:
        rising.append(max([day, *rising[-1:]]))
    return rising
