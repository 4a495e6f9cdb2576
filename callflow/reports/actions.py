"""Writes of reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.reports.models import Report


def approve(dossier: Dossier, *, values: Any, at: datetime) -> None:
    """Note the approval of the report; part of the step that closes the dossier."""
    report = db.session.scalars(select(Report).where(Report.dossier_id == dossier.id)).one()
    report.approved_at, report.approved_costs, report.remarks = at, values.approved_costs, values.remarks
