"""Tables of letters, their seals and batches: the frozen context is the letter, its PDF can be made again and
is the same.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from callflow.calls.states import Law
from callflow.core.db import Model, UtcDateTime, stored
from callflow.core.jobs import WorkState
from callflow.letters.states import LetterKind, LetterState, NotifiedBy


class Letter(Model):
    """One letter to one group. ``code`` is printed on it and opens the page that confirms it."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("dossier_id", "number", name="uq_letter_number"),
        CheckConstraint("(state = 'rendered') = (pdf_sha256 IS NOT NULL)", name="rendered_has_pdf"),
        CheckConstraint("state <> 'rendering' OR lease_until IS NOT NULL", name="rendering_has_lease"),
        Index("ix_letter_due", "state", "lease_until"),
        Index(
            "ix_letter_unmade",
            "dossier_id",
            sqlite_where=text("pdf_sha256 IS NULL"),
            postgresql_where=text("pdf_sha256 IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[LetterKind] = mapped_column(stored(LetterKind, "letter_kind"))
    law: Mapped[Law] = mapped_column(stored(Law, "letter_law"))
    language: Mapped[str] = mapped_column(String(2))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    context_sha256: Mapped[str] = mapped_column(String(64))
    template: Mapped[str] = mapped_column(String(40))
    state: Mapped[LetterState] = mapped_column(stored(LetterState, "letter_state"))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_by: Mapped[str | None] = mapped_column(String(80))
    failure: Mapped[str | None] = mapped_column(String(500))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf_size: Mapped[int | None] = mapped_column(Integer)
    made_with: Mapped[str | None] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Notification(Model):
    """A letter reached one addressee on a day, in some way; the appeal period is counted from that day.

    Its proof is a file, or a word about where it lies. A wrong entry is taken back, never deleted.
    """

    __tablename__ = "notification"
    __table_args__ = (
        CheckConstraint("(proof_sha256 IS NULL) = (proof_name IS NULL)", name="proof_whole"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    addressee: Mapped[str] = mapped_column(String(254))
    way: Mapped[NotifiedBy] = mapped_column(stored(NotifiedBy, "notified_by"))
    notified_on: Mapped[date] = mapped_column(Date)
    remark: Mapped[str] = mapped_column(String(500), default="")
    proof_name: Mapped[str | None] = mapped_column(String(200))
    proof_type: Mapped[str | None] = mapped_column(String(100))
    proof_sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignedCopy(Model):
    """The letter as it was signed on paper and scanned; its addressee is given the newest that stands.

    A wrong scan is taken back, never deleted: staff still reads it, its addressee does not.
    """

    __tablename__ = "signed_copy"
    __table_args__ = (
        UniqueConstraint("letter_id", "number", name="uq_signed_copy_number"),
        CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)"
            " AND (taken_back_at IS NULL) = (taken_back_why IS NULL)",
            name="taken_back_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    number: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    added_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_why: Mapped[str | None] = mapped_column(String(500))


class LetterSeal(Model):
    """The PDF of a letter as an authority sealed it with its certificate: ``sha256`` is of the sealed copy.

    ``pdf_sha256`` of the letter stays that of the PDF without the seal, which can be made again.
    """

    __tablename__ = "letter_seal"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    signer: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(200))
    serial: Mapped[str] = mapped_column(String(60))
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    timestamped: Mapped[bool] = mapped_column(default=False)
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LetterBatch(Model):
    """All letters of one release of a lot as a print file and a zip, asked for and made in the background.

    ``done`` of ``total`` letters are in; the files lie in the storage under their hashes.
    """

    __tablename__ = "letter_batch"
    __table_args__ = (
        CheckConstraint("(status = 'running') = (lease_by IS NOT NULL)", name="running_is_held"),
        CheckConstraint(
            "(status = 'done') = (pdf_sha256 IS NOT NULL AND zip_sha256 IS NOT NULL)", name="done_has_files"
        ),
        Index("ix_letter_batch_lot", "lot_id", "released_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[WorkState] = mapped_column(stored(WorkState, "batch_status"), index=True)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_by: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(500), default="")
    pages: Mapped[int | None] = mapped_column(Integer)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf_size: Mapped[int | None] = mapped_column(BigInteger)
    zip_sha256: Mapped[str | None] = mapped_column(String(64))
    zip_size: Mapped[int | None] = mapped_column(BigInteger)
