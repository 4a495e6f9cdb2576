"""Tables of declarations, score sheets and scores."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core.db import Fixed, Model, UtcDateTime


class Declaration(Model):
    """A juror's declaration of confidentiality and impartiality for a call: nothing is shown before it."""

    __tablename__ = "declaration"
    __table_args__ = (UniqueConstraint("call_id", "person_id", name="uq_declaration_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text_sha256: Mapped[str] = mapped_column(String(64))


class Sheet(Model):
    """One juror's scores of one dossier, bound to the submission read; handed in when ``given_at`` is set."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("dossier_id", "juror_id", name="uq_score_sheet_once"),
        CheckConstraint("NOT abstained OR given_at IS NOT NULL", name="abstained_is_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    juror_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    submission_number: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    abstained: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    scores: Mapped[list["Score"]] = relationship(back_populates="sheet", lazy="raise")


class Score(Model):
    """A score on one criterion with its reason. Not applicable is no score, and is left out of the mean."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion_id", name="uq_score_criterion"),
        CheckConstraint("value IS NULL OR NOT not_applicable", name="value_or_not_applicable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    value: Mapped[Decimal | None] = mapped_column(Fixed(2))
    not_applicable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")

    sheet: Mapped[Sheet] = relationship(back_populates="scores", lazy="raise")
