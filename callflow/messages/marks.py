"""Who has read what: marks are no history, they only move forward."""

from sqlalchemy import select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import require
from callflow.dossiers.models import Dossier
from callflow.messages.models import Mark, Thread
from callflow.messages.rules import READS
from callflow.messages.states import Side


def mark_read(actor: Actor, dossier: Dossier, thread: Thread, *, side: Side, up_to: int) -> None:
    """This person read the thread up to this message, as far as there is one. The dossier is locked."""
    require(actor, READS[side], dossier)
    move(thread, actor, read_id=min(up_to, thread.last_id))


def move(thread: Thread, actor: Actor, *, read_id: int) -> None:
    """Move the mark of a person forward, never back; the dossier is locked, so nobody else makes it."""
    mine = (Mark.thread_id == thread.id, Mark.person_id == actor.id)
    held = db.session.scalar(select(Mark).where(*mine))
    if held is None:
        held = Mark(thread_id=thread.id, person_id=actor.id, read_id=0, due_id=0, told_id=0)
        db.session.add(held)
    held.read_id = max(held.read_id, read_id)
