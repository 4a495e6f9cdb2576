"""The table of reports."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core.db import Model, UtcDateTime, money, stored
from callflow.reports.states import ReportKind


class Report(Model):
    """A report of a project: a draft until ``submitted_at``, then frozen, unless it is sent back for
    ``returned_why``: then it is a draft again.

    By field: ``answers`` is what was understood, ``typed`` what was not, ``versions`` how often it was saved.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("dossier_id", "kind", name="uq_report_kind"),
        CheckConstraint("(returned_at IS NULL) = (returned_why = '')", name="returned_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[ReportKind] = mapped_column(stored(ReportKind, "report_kind"), default=ReportKind.final)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    typed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    versions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(Integer, default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_why: Mapped[str] = mapped_column(Text, default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_costs: Mapped[Decimal | None] = mapped_column(money())
    remarks: Mapped[str] = mapped_column(Text, default="")
