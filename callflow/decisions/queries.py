"""Reads of decisions, with everything a release needs, in one statement; of conditions and hearings."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import contains_eager, defer, immediateload, joinedload, selectinload, with_expression

from callflow.calls.models import CallQuota, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, Permission
from callflow.decisions.models import Board, Condition, Decision, Hearing, Resolution
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Assignment, Dossier, Exclusion, Standing
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import GRANTING, State, Task


def of_lot(
    lot_id: int,
    *,
    by: Actor,
    states: Sequence[DecisionState] = tuple(DecisionState),
    permission: Permission = P.scores_view,
    lock: bool = False,
) -> list[Decision]:
    """The decisions of a lot that this person may see as staff, with dossier, call, lot, authority, group,
    trail and resolution: whoever belongs to a group as well sees no more for that.

    ``lock`` takes the dossiers for the running unit of work, in the order of their ids.
    """
    query = _whole(by).where(
        Decision.lot_id == lot_id, Decision.state.in_(states), visible_to(by, permission)
    )
    if lock:
        held = (
            select(Dossier.id)
            .join(Decision, Decision.dossier_id == Dossier.id)
            .where(Decision.lot_id == lot_id)
        )
        db.session.execute(held.order_by(Dossier.id).with_for_update(of=Dossier, key_share=True))
        # fresh under the lock; elsewhere what the caller loaded (the lot with its call) stays loaded
        query = query.execution_options(populate_existing=True)
    return _standing(query, by)


def these(ids: Collection[int], *, by: Actor, permission: Permission = P.scores_view) -> list[Decision]:
    """Some decisions of a lot that is loaded with call and authority, with as much as of_lot() gives: those
    that this person may see as staff.
    """
    query = _whole(by, around=immediateload)  # each row would bring the form of the call again
    return _standing(query.where(Decision.id.in_(ids), visible_to(by, permission)), by)


def _standing(query: Select[Decision, Task, int], by: Actor) -> list[Decision]:
    found = []
    for decision, task, excluded in db.session.execute(query):
        decision.dossier.standing = Standing(by.id, task, excluded is not None)
        found.append(decision)
    return found


def _whole(by: Actor, *, around: Any = joinedload) -> Select[Decision, Task, int]:
    return (
        select(Decision, Assignment.task, Exclusion.id)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .outerjoin(Assignment, (Assignment.dossier_id == Dossier.id) & (Assignment.person_id == by.id))
        .outerjoin(Exclusion, (Exclusion.dossier_id == Dossier.id) & (Exclusion.person_id == by.id))
        .options(
            contains_eager(Decision.dossier).options(
                around(Dossier.call),
                joinedload(Dossier.trail),
                joinedload(Dossier.group),
                around(Dossier.lot).options(around(Lot.authority)),
            ),
            joinedload(Decision.resolution),
            selectinload(Decision.conditions),
            with_expression(Decision.remarks_at, commented_at()),
        )
        .order_by(Dossier.id, Decision.number)
    )


def commented_at() -> Any:
    """When the group commented in the hearing about a decision that revokes; nothing for any other."""
    open_one = (Hearing.dossier_id == Decision.dossier_id, Hearing.closed_at.is_(None))
    said = select(Hearing.remarks_at).where(*open_one).correlate(Decision).scalar_subquery()
    return case((Decision.outcome == State.revoked, said))


def of_dossier(dossier_id: int) -> Decision | None:
    """The current decision on one dossier, whatever its state: for staff pages only."""
    return next((each for each in all_of(dossier_id) if each.current), None)


def all_of(dossier_id: int) -> list[Decision]:
    """Every decision on one dossier, newest first, with resolutions and conditions: for staff pages only."""
    return list(
        db.session.scalars(
            select(Decision)
            .where(Decision.dossier_id == dossier_id)
            .options(joinedload(Decision.resolution), selectinload(Decision.conditions))
            .order_by(Decision.number.desc())
        )
    )


def told_to(dossier_id: int) -> list[Decision]:
    """What the applicant was told, newest first; what ended too."""
    return [each for each in all_of(dossier_id) if each.state is DecisionState.released]


def released(dossier_id: int) -> Decision | None:
    """The decision that the applicant was told of and that holds: None before its release."""
    return next((each for each in told_to(dossier_id) if each.ended_at is None), None)


def condition(dossier: Dossier, number: int) -> Condition:
    """A condition of the current decision on a dossier. Raises NotFound."""
    found = db.session.scalar(
        select(Condition)
        .join(Decision, Decision.id == Condition.decision_id)
        .where(Decision.dossier_id == dossier.id, Decision.current, Condition.id == number)
    )
    if found is None:
        raise NotFound
    return found


def granted_in(lot_ids: Collection[int]) -> dict[int, tuple[Decimal | None, bool]]:
    """By lot the lowest total that is selected, prepared or told, None where nothing is; and whether its call
    wants numbers of projects of a kind.
    """
    mine = (Decision.lot_id == Lot.id, Decision.current, Decision.outcome.in_(GRANTING))
    lowest = (
        select(func.min(Dossier.total_percent))
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(*mine)
        .correlate(Lot)
        .scalar_subquery()
    )
    numbers = exists().where(CallQuota.call_id == Lot.call_id)
    rows = db.session.execute(select(Lot.id, lowest, numbers).where(Lot.id.in_(lot_ids)))
    return {lot_id: (total, wants) for lot_id, total, wants in rows}


def hearing_of(dossier_id: int) -> Hearing | None:
    """The last hearing about a dossier, open or closed."""
    return db.session.scalar(
        select(Hearing).where(Hearing.dossier_id == dossier_id).order_by(Hearing.id.desc()).limit(1)
    )


def resolution(lot: Lot, number: int) -> Resolution:
    """A resolution of the body of this lot, by its id. Raises NotFound."""
    found = db.session.scalar(
        select(Resolution)
        .where(Resolution.id == number, Resolution.lot_id == lot.id)
        .options(joinedload(Resolution.lot))
    )
    if found is None:
        raise NotFound
    return found


def newest_board(call_id: int, *, whole: bool = True) -> Board | None:
    """The selection board of a call that was worked out last; for staff of the whole call only.

    Without ``whole`` what went in and what came out is not read: it is as long as the call has projects.
    """
    newest = select(Board).where(Board.call_id == call_id).order_by(Board.number.desc()).limit(1)
    if whole:
        return db.session.scalar(newest.execution_options(populate_existing=True))
    long = (defer(each, raiseload=True) for each in (Board.table, Board.outcome, Board.asked))
    return db.session.scalar(newest.options(*long))
