"""What joint envelopes have paid: whatever the lots before them promised above their own envelopes."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from callflow.calls.models import JointEnvelope, JointLot, Lot
from callflow.core.actor import Actor
from callflow.core.db import money
from callflow.decisions.models import Decision, Promise
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import barred
from callflow.dossiers.states import GRANTING


def promises() -> ColumnElement[bool]:
    """Whether a decision holds means of its lot: from its preparing until it is taken back, or what was told
    ends.
    """
    return Decision.outcome.in_(GRANTING) & Decision.ended_at.is_(None)


def amount_behind(lot_id: Any) -> ScalarSelect[Any]:
    """The joint money behind a lot, or none."""
    behind = select(JointEnvelope.amount).join(JointLot, JointLot.joint_id == JointEnvelope.id)
    return behind.where(JointLot.lot_id == lot_id).correlate(None).scalar_subquery()


def paid_for_others(lot_id: Any) -> ScalarSelect[Any]:
    """What the joint envelope behind a lot has paid for the other lots; needs all their rows locked."""
    mine = aliased(JointLot)
    joint_id = select(mine.joint_id).where(mine.lot_id == lot_id).scalar_subquery()
    over = spilt().where(JointLot.joint_id == joint_id, JointLot.lot_id != lot_id).correlate(None).subquery()
    return select(func.sum(over.c.spilt)).scalar_subquery()


def hides(actor: Actor, lot_id: Any) -> ColumnElement[bool]:
    """Whether a conflict hides a dossier of this lot, or of one that shares its joint envelope: what is left
    in it would tell of that dossier.
    """
    mine, other = aliased(JointLot), aliased(JointLot)
    sharing = select(other.lot_id).join(mine, mine.joint_id == other.joint_id).where(mine.lot_id == lot_id)
    inside = or_(Dossier.lot_id == lot_id, Dossier.lot_id.in_(sharing))
    return exists(select(Dossier.id).where(barred(actor), inside).correlate(Lot))


def spilt() -> Select[*tuple[Any, ...]]:
    """Per lot that shares a joint envelope: which, and what it promised above its own."""
    given = func.coalesce(func.sum(Promise.amount), 0)
    own = func.coalesce(Lot.envelope, 0)
    above = type_coerce(case((given > own, given - own), else_=0), money())
    return (
        select(JointLot.joint_id, JointLot.lot_id, above.label("spilt"))
        .join(Lot, Lot.id == JointLot.lot_id)
        .join(Promise, Promise.lot_id == Lot.id)
        .group_by(JointLot.joint_id, JointLot.lot_id, Lot.envelope)
    )
