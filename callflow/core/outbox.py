"""Mail as rows: written in the transaction that causes it, sent afterwards by a worker."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core import clock, ids
from callflow.core.db import Model, UtcDateTime, db, stored


class MailState(StrEnum):
    """``waiting`` for its letter, ``held`` by a person, ``queued``, being sent, and what came of it.

    ``uncertain`` means that a worker died between handing over and noting it: never sent again by itself.
    """

    waiting = "waiting"
    held = "held"
    queued = "queued"
    sending = "sending"
    sent = "sent"
    retry = "retry"
    bounced = "bounced"
    failed = "failed"
    uncertain = "uncertain"
    cancelled = "cancelled"


class OutboxMail(Model):
    """One mail to one address. ``awaits`` names the letter it carries until that is made (``letter:17``)."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        CheckConstraint("state <> 'sending' OR lease_until IS NOT NULL", name="sending_has_lease"),
        Index("ix_outbox_due", "state", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    notice: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_id: Mapped[int | None] = mapped_column(Integer, index=True)
    call_id: Mapped[int | None] = mapped_column(Integer, index=True)
    dossier_id: Mapped[int | None] = mapped_column(Integer, index=True)
    subject: Mapped[str] = mapped_column(String(250))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    awaits: Mapped[str | None] = mapped_column(String(60), index=True)
    attachment_sha256: Mapped[str | None] = mapped_column(String(64))
    attachment_name: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[MailState] = mapped_column(stored(MailState, "mail_state"), default=MailState.queued)
    hold: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_by: Mapped[str | None] = mapped_column(String(80))
    last_answer: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


def queue(
    *,
    notice: str,
    language: str,
    recipient: str,
    subject: str,
    body: str,
    html: str | None = None,
    recipient_id: int | None = None,
    call_id: int | None = None,
    dossier_id: int | None = None,
    awaits: str | None = None,
    hold: bool = False,
) -> OutboxMail:
    """Put a mail into the outbox, in the caller's unit of work.

    With ``awaits`` it leaves only after its letter is made; with ``hold`` only after a person releases it.
    """
    start = MailState.waiting if awaits else MailState.held if hold else MailState.queued
    mail = OutboxMail(
        message_id=f"<{ids.hexadecimal(32)}@callflow>",
        notice=notice,
        language=language,
        recipient=recipient,
        recipient_id=recipient_id,
        call_id=call_id,
        dossier_id=dossier_id,
        subject=subject,
        body=body,
        html=html,
        awaits=awaits,
        hold=hold,
        not_before=clock.now(),
        created_at=clock.now(),
        state=start,
        attempts=0,
        version=1,
    )
    db.session.add(mail)
    return mail
