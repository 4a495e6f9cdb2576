"""Reads of reports."""

from collections.abc import Sequence

from sqlalchemy import select

from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.reports.models import Report
from callflow.reports.states import ReportKind


def report_of(dossier: Dossier, kind: ReportKind = ReportKind.final) -> Report | None:
    """This report of the dossier, begun or sent; None when nobody has begun it."""
    return db.session.scalar(select(Report).where(Report.dossier_id == dossier.id, Report.kind == kind))


def reports_of(dossier_ids: Sequence[int]) -> dict[int, dict[ReportKind, Report]]:
    """The reports of these dossiers that were begun."""
    found: dict[int, dict[ReportKind, Report]] = {}
    for report in db.session.scalars(select(Report).where(Report.dossier_id.in_(dossier_ids))):
        found.setdefault(report.dossier_id, {})[report.kind] = report
    return found
