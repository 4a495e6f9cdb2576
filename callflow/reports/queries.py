"""Reads of reports."""

from sqlalchemy import select

from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.reports.models import Report


def report_of(dossier: Dossier) -> Report | None:
    """The report of this dossier, begun or sent; None when nobody has begun it."""
    return db.session.scalar(select(Report).where(Report.dossier_id == dossier.id))
