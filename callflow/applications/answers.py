"""What a person typed, turned into values, and what is wrong with it."""

from sqlalchemy import select

from callflow.applications.models import Answer
from callflow.core.db import db
from callflow.dossiers.models import Dossier


def unanswered(dossier: Dossier) -> tuple[str, ...]:
    """The ids of required fields without a valid answer, in the order of the form."""
    given = set(db.session.scalars(select(Answer.field).where(Answer.application_id == dossier.id)))
    return tuple(
        field["id"]
        for section in dossier.call.form
        for field in section["fields"]
        if field.get("required") and field["id"] not in given
    )
