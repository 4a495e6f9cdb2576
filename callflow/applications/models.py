"""Tables of applications, their answers, what was submitted, and their files."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core.db import Model, Shared, UtcDateTime
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Kind


class Application(Dossier):
    """A group's application to a call."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    form_version: Mapped[int] = mapped_column(Integer, default=1)

    answers: Mapped[list["Answer"]] = relationship(back_populates="application", lazy="raise")

    __mapper_args__ = {"polymorphic_identity": Kind.application}


class Answer(Model):
    """The answer to one field of the form, with a version of its own.

    ``value`` is what was understood; what was not is ``typed``: {"text": …, "language": …}. Never both.
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("application_id", "field", name="uq_answer_field"),
        CheckConstraint("value IS NULL OR typed IS NULL", name="value_or_typed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    field: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    typed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(Integer, default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int] = mapped_column(ForeignKey("user.id"))

    application: Mapped[Application] = relationship(back_populates="answers", lazy="raise")


class Submission(Model):
    """What was handed in, frozen: the answers, the form they answer, and a digest of both."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("application_id", "number", name="uq_submission_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(300))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    form: Mapped[list[dict[str, Any]]] = mapped_column(Shared)
    sha256: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Attachment(Model):
    """A file with an answer, of the form or of the report: the bytes lie in storage under their hash,
    the type is what was found in them. ``pending``: in a completion that was not handed in.
    """

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_dossier_field", "dossier_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    in_report: Mapped[bool] = mapped_column(default=False)
    pending: Mapped[bool] = mapped_column(default=False, server_default=false())
    field: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
