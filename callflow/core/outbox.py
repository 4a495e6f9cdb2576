"""Mail as rows: written in the transaction that causes it, sent afterwards by a worker, seen by staff all
along.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import CheckConstraint, Index, Integer, Select, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core import clock, failpoint, ids
from callflow.core.db import Model, UtcDateTime, db, into, stored, unit_of_work
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.jobs import abandoned
from callflow.core.mailing import Answer, Attachment, Carrier, Outcome, message, one_line
from callflow.core.storage import storage

LEASE = timedelta(minutes=5)
"""Longer than any conversation with a mail server may take: three answers of TIMEOUT seconds and the way."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""How long a mail waits after its first, second … failed attempt; after the last it is given up."""
AT_A_TIME = 50
LETTER_FAILED = "letter_failed"
"""The answer noted on a mail whose letter could not be made."""


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


NOT_SENT = text("outbox_mail.state <> 'sent'")
"""What the index of those that did not leave holds; a statement that says so too is answered from it."""
UNSENT = frozenset({MailState.waiting, MailState.held, MailState.queued, MailState.retry})
GIVEN_UP = frozenset({MailState.bounced, MailState.failed})
DEEDS: dict[str, frozenset[MailState]] = {
    "release": frozenset({MailState.held, MailState.waiting}),
    "retry": GIVEN_UP | {MailState.retry},
    "arrived": frozenset({MailState.uncertain}),
    "lost": frozenset({MailState.uncertain}),
    "edit": UNSENT | GIVEN_UP,
    "hold": UNSENT - {MailState.held},
    "cancel": UNSENT | GIVEN_UP,
}
"""What staff may do with a mail, and in which states."""


class OutboxMail(Model):
    """One mail to one address. ``awaits`` names the letter it carries until that is made (``letter:17``).

    With an ``attachment_name`` the letter's PDF goes with it.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        CheckConstraint("state <> 'sending' OR lease_until IS NOT NULL", name="sending_has_lease"),
        Index("ix_outbox_due", "state", "not_before"),
        Index("ix_outbox_mail_call", "call_id", "created_at", "id"),
        Index("ix_outbox_mail_person", "recipient_id", "call_id", "notice", "created_at"),
        Index("ix_outbox_mail_address", "recipient"),
        Index(
            "ix_outbox_mail_unsent",
            "call_id",
            "state",
            "created_at",
            "id",
            sqlite_where=text("state <> 'sent'"),
            postgresql_where=text("state <> 'sent'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    notice: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_id: Mapped[int | None] = mapped_column(Integer)
    call_id: Mapped[int | None] = mapped_column(Integer)
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
    attachment_name: str | None = None,
    hold: bool = False,
) -> OutboxMail:
    """Put a mail into the outbox, in the caller's unit of work.

    With ``awaits`` it leaves only after its letter is made; with ``hold`` only after a person releases it.
    A mail with secrets in it has no ``call_id``: then no staff page shows it.
    """
    start = MailState.waiting if awaits else MailState.held if hold else MailState.queued
    mail = OutboxMail(
        message_id=f"<{ids.hexadecimal(32)}@callflow>", notice=notice, language=language, recipient=recipient,
        recipient_id=recipient_id, call_id=call_id, dossier_id=dossier_id, subject=one_line(subject),
        body=body, html=html, awaits=awaits, attachment_name=attachment_name, hold=hold,
        not_before=clock.now(), created_at=clock.now(), state=start, attempts=0, version=1,
    )  # fmt: skip
    db.session.add(mail)
    return mail


def queue_many(mails: Sequence[Mapping[str, Any]]) -> None:
    """Put many into the outbox at one stroke, each with the values of queue(); none waits or is held."""
    now = clock.now()
    rows = [
        {**mail, "message_id": f"<{ids.hexadecimal(32)}@callflow>", "not_before": now, "created_at": now}
        for mail in mails
    ]
    if rows:
        db.session.execute(into(OutboxMail).returning(OutboxMail.id), rows)  # so they go many at a time


def letter_made(awaits: str, sha256: str) -> None:
    """Let go the mails that wait for this letter; those with an attachment name carry its PDF."""
    mails = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.awaits == awaits, OutboxMail.state == MailState.waiting)
        .with_for_update()
    )
    for mail in mails:
        mail.state = MailState.held if mail.hold else MailState.queued
        mail.attachment_sha256 = sha256 if mail.attachment_name else None
        mail.not_before, mail.last_answer = clock.now(), None


def letter_failed(awaits: str) -> None:
    """Note on the mails that wait for this letter that it could not be made: somebody must look."""
    _note_on_waiting(awaits, LETTER_FAILED)


def letter_retried(awaits: str) -> None:
    """The letter is being made once more: its mails wait as before."""
    _note_on_waiting(awaits, None)


def _note_on_waiting(awaits: str, answer: str | None) -> None:
    waiting = (OutboxMail.awaits == awaits, OutboxMail.state == MailState.waiting)
    for mail in db.session.scalars(select(OutboxMail).where(*waiting).with_for_update()):
        mail.last_answer = answer


# what staff does with a mail: called with the row locked, after permission was asked


def offered(mail: OutboxMail) -> tuple[str, ...]:
    """The deeds that this mail allows now, in the order in which a page shows them."""
    pointless = "hold" if mail.hold else "release"
    return tuple(deed for deed, states in DEEDS.items() if mail.state in states and deed != pointless)


def hold(mail: OutboxMail) -> None:
    """Keep it back until somebody releases it. Raises Changed when it has left already."""
    _only(mail, "hold")
    mail.hold = True
    if mail.state != MailState.waiting:
        mail.state = MailState.held
    mail.version += 1


def release(mail: OutboxMail) -> None:
    """Let a held mail go; one that waits for its letter goes as soon as that is made."""
    _only(mail, "release")
    mail.hold = False
    if mail.state == MailState.held:
        _again(mail)
    mail.version += 1


def edit(mail: OutboxMail, *, version: int, recipient: str, subject: str, body: str) -> None:
    """Other words or another address for a mail that has not arrived. What was given up stays so until
    retried.

    Raises Changed when somebody changed it since ``version``, Refused for an address that is none.
    """
    if mail.version != version:
        raise Changed("mail_changed")
    _only(mail, "edit")
    try:
        message(
            current_app.config["SETTINGS"],
            message_id=mail.message_id,
            recipient=recipient,
            subject=subject,
            body=body,
            html=None,
            written_at=mail.created_at,
        )
    except ValueError:
        raise Refused("address_unknown_shape", field="recipient") from None
    if body != mail.body:
        mail.html = None
    mail.recipient, mail.subject, mail.body = recipient, one_line(subject), body
    mail.version += 1


def cancel(mail: OutboxMail) -> None:
    """It will not be sent. Raises Changed when it is under way or has arrived."""
    _only(mail, "cancel")
    mail.state = MailState.cancelled
    mail.version += 1


def retry(mail: OutboxMail) -> None:
    """Send it now: a mail that was given up, or one that waits for its next attempt."""
    _only(mail, "retry")
    mail.attempts = 0
    _again(mail)
    mail.version += 1


def arrived(mail: OutboxMail) -> None:
    """Somebody asked: the uncertain mail did arrive."""
    _only(mail, "arrived")
    mail.state, mail.sent_at = MailState.sent, clock.now()
    mail.version += 1


def lost(mail: OutboxMail) -> None:
    """Somebody asked: the uncertain mail did not arrive. It is sent again under the same Message-ID."""
    _only(mail, "lost")
    _again(mail)
    mail.version += 1


def _only(mail: OutboxMail, deed: str) -> None:
    if deed not in offered(mail):
        raise Changed("mail_moved_on", mail=mail.message_id)


def _again(mail: OutboxMail) -> None:
    mail.state, mail.not_before = MailState.queued, clock.now()


# what a worker does with it


@dataclass(frozen=True)
class Parcel:
    """A claimed mail, out of the database's reach: no transaction is open while a mail server thinks."""

    id: int
    message_id: str
    recipient: str
    subject: str
    body: str
    html: str | None
    attachment_sha256: str | None
    attachment_name: str | None
    created_at: datetime


def drain(holder: str, stopping: Callable[[], bool]) -> int:
    """Send what is due, one by one, over one connection."""
    sent = 0
    with Carrier(current_app.config["SETTINGS"]) as carrier:
        while sent < AT_A_TIME and not stopping():
            parcel = claim(holder)
            if parcel is None:
                break
            note(parcel.id, holder, hand_over(carrier, parcel))
            sent += 1
    return sent


def claim(holder: str) -> Parcel | None:
    """Take the mail that is due longest, in a unit of work of its own that is over before anybody is
    called.
    """
    with unit_of_work():
        mail = db.session.scalars(_due().limit(1).with_for_update(skip_locked=True)).first()
        if mail is None:
            return None
        failpoint.enter("mail")
        mail.state, mail.attempts = MailState.sending, mail.attempts + 1
        mail.lease_until, mail.lease_by = clock.now() + LEASE, holder
        mail.version += 1
        return Parcel(
            mail.id, mail.message_id, mail.recipient, mail.subject, mail.body, mail.html,
            mail.attachment_sha256, mail.attachment_name, mail.created_at,
        )  # fmt: skip


def _due() -> Select[OutboxMail]:
    return (
        select(OutboxMail)
        .where(
            OutboxMail.state.in_((MailState.queued, MailState.retry)), OutboxMail.not_before <= clock.now()
        )
        .order_by(OutboxMail.not_before, OutboxMail.id)
    )


def hand_over(carrier: Carrier, parcel: Parcel) -> Answer:
    """Build the message and carry it to the mail server."""
    try:
        attachment = None
        if parcel.attachment_sha256:
            name = parcel.attachment_name or "letter.pdf"
            attachment = Attachment(name, storage().get(parcel.attachment_sha256))
        built = message(
            carrier.settings, message_id=parcel.message_id, recipient=parcel.recipient,
            subject=parcel.subject, body=parcel.body, html=parcel.html, written_at=parcel.created_at,
            attachment=attachment,
        )  # fmt: skip
    except ValueError:
        return Answer(Outcome.bounced, "no_address")
    except NotFound as gone_file:
        return Answer(Outcome.refused, gone_file.code)
    return carrier.carry(built, parcel.recipient)


def note(mail_id: int, holder: str, answer: Answer) -> None:
    """Write down what came of it, in a unit of work of its own; unless the lease went to somebody else."""
    with unit_of_work():
        mail = db.session.get(OutboxMail, mail_id, with_for_update=True)
        if (
            mail is None
            or mail.lease_by != holder
            or mail.state not in (MailState.sending, MailState.uncertain)
        ):
            return
        mail.last_answer, mail.lease_until, mail.version = answer.words[:500], None, mail.version + 1
        if answer.outcome is Outcome.sent:
            mail.state, mail.sent_at = MailState.sent, clock.now()
        elif answer.outcome is not Outcome.later:
            mail.state = _final(answer.outcome)
        elif mail.attempts > len(PAUSES):
            mail.state = MailState.failed
        else:
            mail.state, mail.not_before = MailState.retry, clock.now() + PAUSES[mail.attempts - 1]


def _final(outcome: Outcome) -> MailState:
    return {
        Outcome.bounced: MailState.bounced,
        Outcome.refused: MailState.failed,
        Outcome.uncertain: MailState.uncertain,
    }[outcome]


def sweep() -> int:
    """Show as uncertain what a dead worker was sending; how many."""
    with unit_of_work():
        held: Sequence[OutboxMail] = db.session.scalars(
            select(OutboxMail).where(OutboxMail.state == MailState.sending).with_for_update(skip_locked=True)
        ).all()
        left = abandoned(held)
        for mail in left:
            mail.state, mail.last_answer = MailState.uncertain, "worker_stopped"
            mail.version += 1
    return len(left)
