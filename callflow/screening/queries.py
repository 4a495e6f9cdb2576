"""Reads of the screening."""

from sqlalchemy import select

from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.people.models import User
from callflow.screening.models import Check


def checks_of(dossier: Dossier) -> dict[str, tuple[Check, str]]:
    """By the key of its point: each verdict and the name of who found it."""
    rows = db.session.execute(
        select(Check, User.name).join(User, User.id == Check.checked_by).where(Check.dossier_id == dossier.id)
    )
    return {check.point: (check, name) for check, name in rows}
