"""In which order a coach sees to their dossiers, a page at a time, and how many of each kind there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from callflow.calls.models import Lot
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.rules import stage_of
from callflow.coaching.states import Follow, Stretch
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import coached
from callflow.dossiers.states import State, Task

SIZE = 50
WEEK = timedelta(days=7)
SOON, PRESENT, OTHERS = range(3)
"""An appointment within a week or missed; another that needs a coach now; before or after that."""


@dataclass(frozen=True)
class Number:
    """How many of a lot stand alike, the first of their appointments, and their advice that is open."""

    rank: int
    lot_id: int
    days: int | None
    stage: Stretch | None
    missed: bool
    short: bool
    number: int
    first: date | None
    advice: int | None


@dataclass(frozen=True)
class Ordered:
    """The rank by id of what stands on this page, in its order; ``numbers`` are of all."""

    ids: Mapping[int, int]
    numbers: Sequence[Number]
    page: int
    last: int


def ordered(actor: Actor, calls: Sequence[CallLine], page: int) -> Ordered:
    """Walks once through the dossiers that this person coaches in these calls: one statement."""
    found = _walked(actor, calls, page)
    last = max(1, -(-sum(each.number for each in found[1]) // SIZE))
    if page > last:
        found, page = _walked(actor, calls, last), last
    return Ordered(*found, max(page, 1), last)


def _walked(actor: Actor, calls: Sequence[CallLine], page: int) -> tuple[dict[int, int], list[Number]]:
    rows = db.session.execute(_query(actor, calls, (max(page, 1) - 1) * SIZE)).all()
    ids = {row.id: row.rank for row in rows if row.id is not None}
    return ids, [Number(*row[1:]) for row in rows if row.id is None]


def _query(actor: Actor, calls: Sequence[CallLine], start: int) -> CompoundSelect[*tuple[Any, ...]]:
    placed = _placed(_lying(actor, calls))  # looked up once, placed wherever it is asked for
    it = placed.c
    groups = (it.rank, it.lot_id, it.days, it.stage, it.missed, it.short)
    present = it.rank == PRESENT
    here = (
        select(it.id, *groups, literal(1).label("number"), it.next_on.label("first"), it.advice)
        .order_by(
            it.rank, case((it.rank == SOON, it.next_on)), case((and_(present, it.short == 1), 0), else_=1),
            case((present, func.coalesce(it.last, date.min))), it.title_key, it.id,
        )
        .limit(SIZE)
        .offset(start)
        .subquery()
    )  # fmt: skip
    advice = cast(func.sum(it.advice), Integer)
    numbers = select(null(), *groups, func.count(), func.min(it.next_on), advice)
    return union_all(select(here), numbers.group_by(*groups))


def _placed(lying: CTE) -> Subquery:
    """An appointment holds until a session of that day or later is noted."""
    it = lying.c
    holds = and_(it.next_on.is_not(None), or_(it.last.is_(None), it.last < it.next_on))
    soon = and_(holds, it.next_on <= clock.today() + WEEK)
    rank = case((it.stage.is_(None), OTHERS), (soon, SOON), else_=PRESENT)
    missed = case((and_(it.stage.is_not(None), holds, it.next_on < clock.today()), 1), else_=0)
    return select(lying, rank.label("rank"), missed.label("missed")).subquery()


def _lying(actor: Actor, calls: Sequence[CallLine]) -> CTE:
    """What is looked up is looked up only where a coach is needed now."""
    stage, needed = _stage(calls), case(*_needed(calls), else_=0)
    of_dossier = session_dossier.c.dossier_id == Dossier.id
    noted = select(func.count()).select_from(session_dossier)
    held = noted.where(of_dossier, session_dossier.c.stretch == stage).scalar_subquery()

    def latest(column: Any) -> Any:
        found = select(func.max(column)).join(session_dossier, session_dossier.c.session_id == Session.id)
        return case((stage.is_not(None), found.where(of_dossier).scalar_subquery()))

    advice = select(func.count(Advice.id)).where(
        Advice.dossier_id == Dossier.id, Advice.follow_up == Follow.open
    )
    return (
        select(
            Dossier.id, Dossier.lot_id, Dossier.title_key, Lot.coaching_days.label("days"),
            stage.label("stage"),
            case((and_(stage.is_not(None), held < needed), 1), else_=0).label("short"),
            latest(Session.held_on).label("last"), latest(Session.next_on).label("next_on"),
            case((stage.is_not(None), advice.scalar_subquery())).label("advice"),
        )
        .select_from(Assignment)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .join(Lot, Lot.id == Dossier.lot_id)
        .where(
            Assignment.person_id == actor.id, Assignment.task == Task.coach, coached(actor),
        )
        .cte("lying")
    )  # fmt: skip


def _stage(calls: Sequence[CallLine]) -> ColumnElement[Any]:
    """SQL twin of rules.stage_of for these calls."""
    found = [
        (and_(Dossier.call_id == call.id, Dossier.shown_state.in_(states)), _named(stretch))
        for call in calls
        for stretch in Stretch
        if (states := [state for state in State if stage_of(call.procedure, state) is stretch])
    ]
    return case(*found, (false(), _named(Stretch.coaching)), else_=None)


def _named(stretch: Stretch) -> ColumnElement[Any]:
    return literal(stretch, session_dossier.c.stretch.type)


def _needed(calls: Sequence[CallLine]) -> list[Any]:
    return [
        *((Dossier.call_id == call.id, call.procedure.sessions_needed) for call in calls), (false(), 0)
    ]  # fmt: skip
