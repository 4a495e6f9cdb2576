"""The table of checks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core.db import Model, UtcDateTime, stored


class Verdict(StrEnum):
    """What the case handler found on one point."""

    passed = "passed"
    failed = "failed"


class Check(Model):
    """The verdict on one point of the checklist of the call."""

    __tablename__ = "check"
    __table_args__ = (UniqueConstraint("dossier_id", "point", name="uq_check_point"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    point: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[Verdict] = mapped_column(stored(Verdict, "verdict"))
    reason: Mapped[str] = mapped_column(String(2000), default="")
    checked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
