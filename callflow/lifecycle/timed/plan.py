"""A moment at which something happens by itself, and what a kind of such things must be able to say."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.db import Hour, db
from callflow.core.firing import Firing

HOUR = time(9, 0)
"""When reminders leave where the call names no other hour."""
LAPSES = timedelta(days=3660)
"""What settles means that a letter promised is made up for when it was missed, however late."""


@dataclass(frozen=True)
class Planned:
    """One kind of thing at one moment of a call. After ``until`` it is pointless and no longer done.

    ``edition`` tells it from the other moments of its kind: it holds the day that everything counts from, so
    that a day that moves brings a reminder of its own. ``number`` is how many it is about, where that depends
    on the day.
    """

    kind: str
    edition: str
    call_id: int
    due_at: datetime
    until: datetime
    days: int = 0
    number: int | None = None

    def open(self, at: datetime) -> bool:
        """Whether it is to be done now."""
        return self.due_at <= at < self.until


Moments = Callable[[Call, datetime], Iterable[Planned]]
Subjects = Callable[[Call, Planned], Select[*tuple[Any, ...]]]
Act = Callable[[Call, Planned, Any], None]


@dataclass(frozen=True)
class Kind:
    """``moments`` of a call, given the present; ``subjects`` selects subject_id, dossier_id and reference.

    ``subject`` is the column that the subject's id comes from; ``act`` does it for one row, inside a unit of
    work. Kinds may share ``moments``, which then finds those of all of them. ``money``: the act frees or
    takes means of the lot.
    """

    name: str
    moments: Moments
    subjects: Subjects
    subject: Any
    act: Act
    money: bool = False

    def waiting(self, call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
        """The subjects for which this was not done yet."""
        return self.subjects(call, planned).where(~_done(self, planned))


def _done(kind: Kind, planned: Planned) -> ColumnElement[bool]:
    return exists(
        select(Firing.id).where(
            Firing.kind == kind.name,
            Firing.call_id == planned.call_id,
            Firing.edition == planned.edition,
            Firing.subject_id == kind.subject,
        )
    )


def before(
    kind: str,
    call: Call,
    day: date,
    days: Sequence[int],
    *,
    hour: time,
    end: datetime | None = None,
    number: int | None = None,
) -> list[Planned]:
    """Moments so many days before ``day`` at this hour in Brussels, the earliest first.

    Each is due until the next, the last until ``end``, else until the day is over. Days of less than nothing
    come after it and stay due for a month.
    """
    due = [(each, clock.at(day - timedelta(days=each), hour)) for each in sorted(days, reverse=True)]
    found = []
    for place, (each, moment) in enumerate(due):
        following = due[place + 1][1] if place + 1 < len(due) else end or end_of(day)
        until = following if each >= 0 else moment + timedelta(days=30)
        found.append(Planned(kind, f"{each}d@{day.isoformat()}", call.id, moment, until, each, number))
    return [each for each in found if each.due_at < each.until]


def by_day(query: Select[*tuple[Any, ...]], moment: Any) -> Counter[date]:
    """How many rows each day in Brussels has, by a column that holds a moment."""
    hour = Hour(moment)
    rows = db.session.execute(query.with_only_columns(hour, func.count()).group_by(hour))
    found: Counter[date] = Counter()
    for begun, number in rows:
        found[clock.local(Hour.begun(begun)).date()] += number
    return found


def by_date(query: Select[*tuple[Any, ...]], day: Any) -> dict[date, int]:
    """How many rows each day has, by a column that holds a day."""
    rows = db.session.execute(query.with_only_columns(day, func.count()).group_by(day))
    return {row[0]: row[1] for row in rows}


def counted_from(planned: Planned) -> date:
    """The day that a moment counts from."""
    return date.fromisoformat(planned.edition.partition("@")[2])


def end_of(day: date) -> datetime:
    """The moment at which a day in Brussels is over."""
    return clock.at(day + timedelta(days=1), time())


def hour_of(call: Call) -> time:
    """When this call's reminders leave."""
    written = call.calendar.get("reminders_at")
    return time.fromisoformat(written) if written else HOUR


def day_of(call: Call, key: str) -> date | None:
    """A day of the call's calendar; None when it has none."""
    written = call.calendar.get(key)
    return None if not written else datetime.fromisoformat(written).date()
