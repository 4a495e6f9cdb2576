"""What somebody must know to begin an application: the call, its lots for a municipality, own drafts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callflow.applications.models import Application
from callflow.calls.models import Call, Lot, LotMunicipality
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.dossiers.states import State
from callflow.people import queries as people
from callflow.people.models import Group
from callflow.people.states import Right, at_least


def call_of(reference: str) -> Call:
    """A call by its reference. Raises NotFound."""
    found = db.session.scalar(select(Call).where(Call.reference == reference))
    if found is None:
        raise NotFound
    return found


def lots_for(call: Call, municipality: str) -> Sequence[Lot]:
    """The lots whose area holds this municipality, with their authorities."""
    return db.session.scalars(
        select(Lot)
        .join(LotMunicipality, LotMunicipality.lot_id == Lot.id)
        .where(Lot.call_id == call.id, LotMunicipality.code == municipality)
        .options(joinedload(Lot.authority))
        .order_by(Lot.position)
    ).all()


def groups_for(actor: Actor) -> list[Group]:
    """The groups for which this person may begin an application."""
    return [group for group in people.groups_of(actor) if at_least(actor.right_in(group.id), Right.edit)]


def drafts_of(group: Group, call: Call) -> Sequence[Application]:
    """What this group already has in this call and did not withdraw."""
    return db.session.scalars(
        select(Application)
        .where(
            Application.group_id == group.id,
            Application.call_id == call.id,
            Application.shown_state != State.withdrawn,
        )
        .order_by(Application.created_at)
    ).all()
