"""Tables of agreements, of who accepted them, and of payees."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.agreements.states import AgreementState, ChangeState, Relation
from callflow.core.db import Model, UtcDateTime, stored
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter


class ProjectAgreement(Model):
    """The agreement on one project. Its text is a letter, frozen when it is offered: ``letter_id`` is the one
    that holds.

    ``due_on`` is until when the group accepts, ``terms`` what is agreed with this group alone, ``why`` the
    reason of the last step back. It holds until ``ended_at``.
    """

    __tablename__ = "project_agreement"
    __table_args__ = (
        CheckConstraint("state IN ('prepared', 'sent_back') OR letter_id IS NOT NULL", name="offered_text"),
        CheckConstraint("state <> 'sent_back' OR why <> ''", name="sent_back_why"),
        CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted_moment"),
        CheckConstraint("signatures >= 1", name="signatures"),
        Index("ix_project_agreement_state", "state", "ended_at", "dossier_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    state: Mapped[AgreementState] = mapped_column(stored(AgreementState, "agreement_state"))
    version: Mapped[int] = mapped_column(Integer, default=1)
    signatures: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column(Date)
    terms: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")
    prepared_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    dossier: Mapped[Dossier] = relationship(lazy="raise")
    letter: Mapped[Letter | None] = relationship(lazy="raise")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", AgreementState.prepared)
        super().__init__(**values)


class Acceptance(Model):
    """A member accepted a text for the group: who, when, and the SHA-256 of exactly what they read."""

    __tablename__ = "acceptance"
    __table_args__ = (UniqueConstraint("letter_id", "person_id", name="uq_acceptance_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("project_agreement.id"), index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Payee(Model):
    """Who receives the money of a project. Another one takes its place; the one before stays readable."""

    __tablename__ = "payee"
    __table_args__ = (
        Index(
            "uq_payee_current", "dossier_id", unique=True, sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    relation: Mapped[Relation] = mapped_column(stored(Relation, "payee_relation"))
    iban: Mapped[str] = mapped_column(String(34))
    named_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PayeeChange(Model):
    """A group asks, after its agreement was accepted, that somebody else is paid, or on another account.

    Until ``ended_at`` it is the one that is under way; what was agreed holds meanwhile. ``before_id`` is the
    text that it changes, ``letter_id`` the new one, which members accept until ``due_on``. ``answer`` is the
    reason of a refusal.
    """

    __tablename__ = "payee_change"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('offered', 'accepted') OR (letter_id IS NOT NULL AND due_on IS NOT NULL)",
            name="change_has_text",
        ),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="change_refused_why"),
        CheckConstraint("(state IN ('asked', 'offered')) = (ended_at IS NULL)", name="change_ended"),
        Index("ix_payee_change_state", "state", "agreement_id"),
        Index(
            "uq_payee_change_open", "agreement_id", unique=True, sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("project_agreement.id"), index=True)
    state: Mapped[ChangeState] = mapped_column(stored(ChangeState, "payee_change_state"))
    version: Mapped[int] = mapped_column(Integer, default=1)
    name: Mapped[str] = mapped_column(String(200))
    relation: Mapped[Relation] = mapped_column(stored(Relation, "payee_change_relation"))
    iban: Mapped[str] = mapped_column(String(34))
    why: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    before_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agreement: Mapped[ProjectAgreement] = relationship(lazy="raise")
    letter: Mapped[Letter | None] = relationship(lazy="raise", foreign_keys=[letter_id])

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ChangeState.asked)
        super().__init__(**values)
