"""Tables of checks and of requests for completion."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core.db import Model, Shared, UtcDateTime, stored


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


class Ending(StrEnum):
    """How a request for completion ended."""

    completed = "completed"
    judged = "judged"
    refused = "refused"
    withdrawn = "withdrawn"


class CompletionRequest(Model):
    """What a group was asked to complete, until when, and its copy of these answers, apart from what was
    frozen.

    ``form`` holds the questions that were asked, as a form of their own. By field: ``answers`` is what was
    understood, ``typed`` what was not, ``versions`` how often it was saved. ``by_law``: a law asks for these
    papers, not only the rules of the call.
    """

    __tablename__ = "completion_request"
    __table_args__ = (
        UniqueConstraint("dossier_id", "number", name="uq_completion_request_number"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_somehow"),
        CheckConstraint("due_at > asked_at", name="due_after_asked"),
        Index(
            "uq_completion_request_open",
            "dossier_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_completion_request_due",
            "due_at",
            "dossier_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    number: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_law: Mapped[bool] = mapped_column(default=False)
    form: Mapped[list[dict[str, Any]]] = mapped_column(Shared)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    typed: Mapped[dict[str, Any]] = mapped_column(JSON)
    versions: Mapped[dict[str, int]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer, default=1)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[Ending | None] = mapped_column(stored(Ending, "ending"))

    items: Mapped[list["CompletionItem"]] = relationship(lazy="raise", order_by="CompletionItem.position")


class CompletionItem(Model):
    """One answer or paper that is asked for. ``paper`` is its name where the form has no question for it;
    ``point`` the key of the point of the checklist that it is about.
    """

    __tablename__ = "completion_item"
    __table_args__ = (UniqueConstraint("request_id", "field", name="uq_completion_item_field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("completion_request.id"))
    position: Mapped[int] = mapped_column(Integer)
    field: Mapped[str] = mapped_column(String(60))
    paper: Mapped[str] = mapped_column(String(200), default="")
    point: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(2000))
