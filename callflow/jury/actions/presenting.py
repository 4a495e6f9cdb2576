"""A group presents its project to the jury: the invitation, and whether somebody came."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.jury.models import Presentation


def invite(dossier: Dossier, actor: Actor, *, values: Any, at: datetime) -> Presentation:
    """Keep when and where; a later invitation takes the place of the one before, which the history keeps.

    Part of the step that invites, which asked the permission and writes the event.
    """
    held = db.session.scalar(select(Presentation).where(Presentation.dossier_id == dossier.id))
    made = held or Presentation(dossier_id=dossier.id)
    made.held_at, made.place, made.words = values.held_at, values.place.strip(), values.text.strip()
    made.invited_by, made.invited_at = actor.id, at
    db.session.add(made)
    return made


def note(dossier: Dossier, actor: Actor, *, values: Any, at: datetime) -> None:
    """Keep whether somebody came; part of the step that notes it."""
    held = db.session.scalars(select(Presentation).where(Presentation.dossier_id == dossier.id)).one()
    held.came, held.remark = values.came, values.text.strip()
    held.noted_by, held.noted_at = actor.id, at
