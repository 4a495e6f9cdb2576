"""What a call does by itself: what is to come, when, and what was done, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.firing import Firing
from callflow.desk.scope import STAFF, CallLine, calls_of, chosen
from callflow.lifecycle.timed.kinds import KINDS
from callflow.lifecycle.timed.plan import Kind, Planned, counted_from
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
class TimedPage:
    """The calls to choose from, and what the chosen one does by itself."""

    calls: Sequence[CallLine]
    call: CallLine | None
    ahead: Sequence[Ahead] = ()
    done: Sequence[Done] = ()


def timed_page(actor: Actor, reference: str | None) -> TimedPage:
    """What is to come, the earliest first, and the latest hundred that were done, the newest first."""
    calls = calls_of(actor, *STAFF)
    line = chosen(calls, reference)
    if line is None:
        return TimedPage(calls, None)
    call = db.session.get_one(Call, line.id)
    return TimedPage(calls, line, _ahead(call), _done(call))


def _ahead(call: Call) -> list[Ahead]:
    now = clock.now()
    waiting = [(kind, planned) for kind, planned in moments(call, now) if now < planned.until]
    numbers = {kind.name: _numbers(kind, call, waiting) for kind in KINDS.values()}
    found = [
        Ahead(planned.kind, planned.due_at, number, planned.days, late=planned.due_at <= now)
        for kind, planned in waiting
        if (number := planned.number or numbers[kind.name].get(counted_from(planned), 0))
    ]
    fired = set(
        db.session.execute(
            select(Firing.kind, Firing.due_at).where(Firing.call_id == call.id).distinct()
        ).all()
    )
    return [each for each in found if not each.late or (each.kind, each.due_at) not in fired]


def _numbers(kind: Kind, call: Call, waiting: Sequence[tuple[Kind, Planned]]) -> dict[date, int]:
    """How many subjects each day has that moments of this kind count from, where they do not say so."""
    mine = [planned for each, planned in waiting if each is kind and planned.number is None]
    if kind.numbers is not None:
        return dict(kind.numbers(call)) if mine else {}
    if not mine:
        return {}
    subjects = kind.subjects(call, mine[0]).subquery()
    number = db.session.scalar(select(func.count()).select_from(subjects)) or 0
    return {counted_from(planned): number for planned in mine}


def _done(call: Call) -> list[Done]:
    rows = db.session.execute(
        select(
            Firing.kind, Firing.due_at, func.max(Firing.fired_at).label("fired_at"), func.count().label("n")
        )
        .where(Firing.call_id == call.id)
        .group_by(Firing.kind, Firing.due_at)
        .order_by(Firing.due_at.desc(), Firing.kind)
        .limit(MOST_DONE)
    )
    return [Done(row.kind, row.due_at, row.fired_at, row.n) for row in rows]
