"""Messages on pages that show more: the newest threads of a dossier; whether there is a coach to write to."""

from collections.abc import Sequence

from sqlalchemy import select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.states import Task
from callflow.messages import queries
from callflow.messages.queries import ThreadLine
from callflow.messages.states import Side

NEWEST = 3


def threads_on(dossier: Dossier, side: Side, actor: Actor) -> Sequence[ThreadLine]:
    """The newest threads of a dossier that was loaded for this side: one statement."""
    return queries.threads_of(dossier, side=side, by=actor, most=NEWEST)


def coached(dossier_id: int) -> bool:
    """Whether somebody coaches it now."""
    query = select(Assignment.id).where(Assignment.dossier_id == dossier_id, Assignment.task == Task.coach)
    return db.session.scalar(query.limit(1)) is not None
