"""Freezes what was handed in."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from callflow.applications.models import Answer, Application, Submission
from callflow.applications.rules import form_of
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.trail import canonical


def freeze(
    application: Application,
    actor: Actor,
    *,
    at: datetime,
    form: list[dict[str, Any]] | None = None,
    anew: bool = False,
) -> Submission:
    """Freeze the answers and the form they answer; part of the step that submits or completes.

    ``form`` where papers were asked for beside the form of the call. The moment of the dossier stays that of
    its first receipt: the clock of silence runs from there. ``anew``: this is asked in the place of what was
    answered already, so it has a receipt of its own.
    """
    form = [dict(section) for section in form_of(application)] if form is None else form
    if anew or application.submitted_at is None:
        application.submitted_at = at  # first: without its moment the database refuses a submitted dossier
    given = {
        answer.field: answer.value
        for answer in db.session.scalars(select(Answer).where(Answer.application_id == application.id))
        if answer.value is not None
    }
    number = db.session.scalar(
        select(func.count()).select_from(Submission).where(Submission.application_id == application.id)
    )
    submission = Submission(
        application_id=application.id,
        number=(number or 0) + 1,
        title=application.title,
        answers=given,
        form=form,
        sha256=hashlib.sha256(canonical([application.title, given, form]).encode()).hexdigest(),
        submitted_at=at,
        submitted_by=actor.id,
    )
    db.session.add(submission)
    return submission
