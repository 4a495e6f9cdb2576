"""What a call does by itself: what is to come, when, and what was done, in a fixed number of statements. What
is to come is kept in a large call (desk/kept.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.firing import Firing
from callflow.desk import kept
from callflow.desk.scope import STAFF, CallLine, calls_of, chosen
from callflow.lifecycle import daily
from callflow.lifecycle.timed.plan import Kind, Planned
from callflow.lifecycle.timed.working import moments

MOST_DONE = 100


@dataclass(frozen=True)
class Ahead:
    """Something to come. ``number`` is how many it is about as things stand now; ``late`` when it is due."""

    kind: str
    due_at: datetime
    number: int
    days: int
    late: bool = False


@dataclass(frozen=True)
class Done:
    """Something that was done: how often for this moment, and when last."""

    kind: str
    due_at: datetime
    fired_at: datetime
    number: int


@dataclass(frozen=True)
class Coming:
    """Something to come, while it is not late for it."""

    kind: str
    due_at: datetime
    until: datetime
    number: int
    days: int


@dataclass(frozen=True)
class Moments:
    """All that is to come, the earliest first."""

    coming: tuple[Coming, ...]


@dataclass(frozen=True)
class Nothing:
    """No list is kept."""


@dataclass(frozen=True)
class TimedPage:
    """The calls to choose from, and what the chosen one does by itself. ``reading`` says how old what is to
    come is; None while it is worked out.
    """

    calls: Sequence[CallLine]
    call: CallLine | None
    ahead: Sequence[Ahead] = ()
    done: Sequence[Done] = ()
    reading: kept.Reading[Moments, Nothing] | None = None


def timed_page(actor: Actor, reference: str | None) -> TimedPage:
    """What is to come, the earliest first, and the latest hundred that were done, the newest first."""
    calls = calls_of(actor, *STAFF)
    line = chosen(calls, reference)
    if line is None:
        return TimedPage(calls, None)
    reading = kept.read(KIND, actor, line.id)
    ahead = _ahead(line.id, reading.head.coming) if reading else ()
    return TimedPage(calls, line, ahead, _done(line.id), reading)


def _ahead(call_id: int, coming: Sequence[Coming]) -> list[Ahead]:
    """As it is now: what is over since, or done, is to come no more."""
    now = clock.now()
    fired = set(
        db.session.execute(
            select(Firing.kind, Firing.due_at).where(Firing.call_id == call_id).distinct()
        ).all()
    )
    found = [
        Ahead(each.kind, each.due_at, each.number, each.days, late=each.due_at <= now)
        for each in coming
        if now < each.until
    ]
    return [each for each in found if not each.late or (each.kind, each.due_at) not in fired]


def _work(_actor: Actor, call_id: int) -> kept.Work[Moments, Nothing]:
    """The same for everybody."""
    call, now = db.session.get_one(Call, call_id), clock.now()
    waiting = [(kind, planned) for kind, planned in moments(call, now) if now < planned.until]
    sharing = [(kind, planned) for kind, planned in waiting if planned.number is None]
    first = {planned.kind: (kind, planned) for kind, planned in reversed(sharing)}
    numbers = {name: _number(kind, call, planned) for name, (kind, planned) in first.items()}
    coming = [
        Coming(planned.kind, planned.due_at, planned.until, number, planned.days)
        for _, planned in waiting
        if (number := numbers[planned.kind] if planned.number is None else planned.number)
    ]
    return kept.Work(Moments(tuple(coming)))


def _number(kind: Kind, call: Call, planned: Planned) -> int:
    """How many subjects there are, where it is the same for all moments of a kind: of the first."""
    subjects = kind.subjects(call, planned).subquery()
    return db.session.scalar(select(func.count()).select_from(subjects)) or 0


def _done(call_id: int) -> list[Done]:
    rows = db.session.execute(
        select(
            Firing.kind, Firing.due_at, func.max(Firing.fired_at).label("fired_at"), func.count().label("n")
        )
        .where(Firing.call_id == call_id, Firing.kind != daily.NAME)
        .group_by(Firing.kind, Firing.due_at)
        .order_by(Firing.due_at.desc(), Firing.kind)
        .limit(MOST_DONE)
    )
    return [Done(row.kind, row.due_at, row.fired_at, row.n) for row in rows]


KIND = kept.Kind("timed", Moments, Nothing, _work, STAFF, by_clock=True)
