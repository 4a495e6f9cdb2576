"""Reads of decisions, with everything a release needs, in one statement."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from callflow.calls.models import Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, Permission
from callflow.decisions.models import Board, Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Assignment, Dossier, Exclusion, Standing
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Task


def of_lot(
    lot_id: int,
    *,
    by: Actor,
    states: Sequence[DecisionState] = tuple(DecisionState),
    permission: Permission = P.dossier_view,
    lock: bool = False,
) -> list[Decision]:
    """The decisions of a lot that this person may see, with dossier, call, lot, authority, group, trail and
    resolution.

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
    found = []
    for decision, task, excluded in db.session.execute(query):
        decision.dossier.standing = Standing(by.id, task, excluded is not None)
        found.append(decision)
    return found


def _whole(by: Actor) -> Select[Decision, Task, int]:
    return (
        select(Decision, Assignment.task, Exclusion.id)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .outerjoin(Assignment, (Assignment.dossier_id == Dossier.id) & (Assignment.person_id == by.id))
        .outerjoin(Exclusion, (Exclusion.dossier_id == Dossier.id) & (Exclusion.person_id == by.id))
        .options(
            contains_eager(Decision.dossier).options(
                joinedload(Dossier.call),
                joinedload(Dossier.trail),
                joinedload(Dossier.group),
                joinedload(Dossier.lot).joinedload(Lot.authority),
            ),
            joinedload(Decision.resolution),
        )
        .order_by(Dossier.id)
    )


def of_dossier(dossier_id: int) -> Decision | None:
    """The decision on one dossier with its resolution, whatever its state: for staff pages only."""
    return db.session.scalar(
        select(Decision).where(Decision.dossier_id == dossier_id).options(joinedload(Decision.resolution))
    )


def released(dossier_id: int) -> Decision | None:
    """The decision the applicant was told of: None before its release."""
    return db.session.scalar(
        select(Decision)
        .where(Decision.dossier_id == dossier_id, Decision.state == DecisionState.released)
        .options(joinedload(Decision.resolution))
    )


def newest_board(call_id: int) -> Board | None:
    """The selection board of a call that was worked out last; for staff of the whole call only."""
    newest = select(Board).where(Board.call_id == call_id).order_by(Board.number.desc()).limit(1)
    return db.session.scalar(newest.execution_options(populate_existing=True))
