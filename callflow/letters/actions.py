"""Writes of letters: the row with its frozen context, and what staff does with a letter that could not be
made.
"""

import hashlib
from datetime import date

from callflow.applications.files import Examined
from callflow.calls.models import Call
from callflow.core import clock, outbox, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P, require
from callflow.core.storage import storage
from callflow.core.trail import canonical
from callflow.dossiers.models import Dossier
from callflow.letters import queries, render, rules
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter, Notification, SignedCopy
from callflow.letters.states import LetterState, NotifiedBy


def write(dossier: Dossier, context: LetterContext) -> Letter:
    """Freeze a letter of this dossier, whose row is locked; a worker makes its PDF. Its digest goes on the
    trail.
    """
    stored = context.as_stored()
    letter = Letter(
        dossier_id=dossier.id,
        number=context.number,
        kind=context.kind,
        law=context.law,
        language=context.language,
        code=context.code,
        context=stored,
        context_sha256=hashlib.sha256(canonical(stored).encode()).hexdigest(),
        template=render.template_of(context),
        state=LetterState.written,
        attempts=0,
        written_at=clock.now(),
    )
    db.session.add(letter)
    said = {
        "kind": context.kind.value,
        "number": letter.number,
        "code": letter.code,
        "sha256": letter.context_sha256,
    }
    trail.record(dossier.trail, rules.WORKER, "letter_written", data=said)
    return letter


def retry(actor: Actor, dossier: Dossier, letter: Letter) -> None:
    """Try once more to make a letter that failed, after its cause was mended; ``letter`` is one of the
    dossier's.
    """
    require(actor, P.mail_manage, dossier)
    rules.move(letter, "retry")
    letter.failure, letter.attempts = None, 0
    outbox.letter_retried(f"letter:{letter.code}")
    trail.record(dossier.trail, actor, "letter_retried", data={"number": letter.number})


def notify(
    actor: Actor,
    dossier: Dossier,
    letter: Letter,
    *,
    addressee: str,
    way: NotifiedBy,
    notified_on: date,
    remark: str = "",
    proof: Examined | None = None,
) -> Notification:
    """Note that a letter reached somebody; ``letter`` is one of the dossier's, ``proof`` was examined before.

    Raises Refused for a day before the letter or ahead, and for what was noted already.
    """
    require(actor, P.mail_manage, dossier)
    if notified_on > clock.today():
        raise Refused("day_ahead", field="notified_on")
    if notified_on < clock.local(letter.written_at).date():
        raise Refused("before_the_letter", field="notified_on")
    if any(
        (each.addressee, each.way, each.notified_on) == (addressee, way, notified_on)
        for each in queries.notifications_of(letter.id)
        if each.taken_back_at is None
    ):
        raise Refused("already_notified", field="addressee")
    made = Notification(
        letter_id=letter.id, addressee=addressee, way=way, notified_on=notified_on, remark=remark.strip(),
        recorded_by=actor.id, recorded_at=clock.now(),
    )  # fmt: skip
    if proof is not None:
        made.proof_name, made.proof_type = proof.name, proof.media_type
        made.proof_sha256 = storage().put(proof.content)
    db.session.add(made)
    said = {"letter": letter.number, "way": way.value, "on": notified_on, "proof": made.proof_sha256}
    words = {"addressee": addressee, **({"remark": made.remark} if made.remark else {})}
    trail.record(dossier.trail, actor, "notified", data=said, texts=words)
    return made


def take_back_notification(actor: Actor, dossier: Dossier, letter: Letter, notification_id: int) -> None:
    """Strike an entry that was wrong; it stays readable. Raises Refused when it was struck meanwhile."""
    require(actor, P.mail_manage, dossier)
    found = {each.id: each for each in queries.notifications_of(letter.id) if each.taken_back_at is None}
    if notification_id not in found:
        raise Refused("no_such_notification")
    entry = found[notification_id]
    entry.taken_back_by, entry.taken_back_at = actor.id, clock.now()
    said = {"letter": letter.number, "way": entry.way.value, "on": entry.notified_on}
    trail.record(dossier.trail, actor, "notification_taken_back", data=said)


def add_signed_copy(actor: Actor, dossier: Dossier, letter: Letter, scan: Examined) -> SignedCopy:
    """Keep the scan of the signed letter; from now on it is what the addressee is given.

    Raises Refused while the letter has no PDF: what was signed is that PDF on paper.
    """
    require(actor, P.mail_manage, dossier)
    if letter.pdf_sha256 is None:
        raise Refused("letter_not_made_yet", field="scan")
    number = len(queries.signed_copies_of(letter.id)) + 1
    made = SignedCopy(
        letter_id=letter.id, number=number, sha256=storage().put(scan.content), size=len(scan.content),
        added_by=actor.id, added_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    said = {"letter": letter.number, "copy": number, "sha256": made.sha256}
    trail.record(dossier.trail, actor, "signed_copy_added", data=said)
    return made


def take_back_signed_copy(actor: Actor, dossier: Dossier, letter: Letter, number: int, why: str) -> None:
    """Strike a scan that was wrong: its addressee is given the one before it that stands, or else the letter
    as it was made; staff still reads it. Raises Refused when it was struck meanwhile.
    """
    require(actor, P.mail_manage, dossier)
    if not why.strip():
        raise Refused("scan_why_missing", field="why")
    found = {each.number: each for each in queries.signed_copies_of(letter.id) if each.taken_back_at is None}
    if number not in found:
        raise Refused("no_such_scan")
    scan = found[number]
    scan.taken_back_by, scan.taken_back_at, scan.taken_back_why = actor.id, clock.now(), why.strip()
    said = {"letter": letter.number, "copy": number, "sha256": scan.sha256}
    words = {"why": scan.taken_back_why}
    trail.record(dossier.trail, actor, "signed_copy_taken_back", data=said, texts=words)


About = Dossier | Call
"""What a mail is about: its trail is where a deed on the mail is written."""


def hold(actor: Actor, about: About, mail: OutboxMail) -> None:
    """Keep a mail back until somebody releases it."""
    require(actor, P.mail_manage, about)
    outbox.hold(mail)
    _noted(actor, about, mail, "mail_held")


def release(actor: Actor, about: About, mail: OutboxMail) -> None:
    """Let a held mail go."""
    require(actor, P.mail_manage, about)
    outbox.release(mail)
    _noted(actor, about, mail, "mail_released")


def cancel(actor: Actor, about: About, mail: OutboxMail) -> None:
    """Never send this mail."""
    require(actor, P.mail_manage, about)
    outbox.cancel(mail)
    _noted(actor, about, mail, "mail_cancelled")


def send_again(actor: Actor, about: About, mail: OutboxMail) -> None:
    """Try a mail again now that bounced or was given up."""
    require(actor, P.mail_manage, about)
    outbox.retry(mail)
    _noted(actor, about, mail, "mail_retried")


def settle(actor: Actor, about: About, mail: OutboxMail, *, arrived: bool) -> None:
    """Note what became of an uncertain mail; when it did not arrive it is sent again."""
    require(actor, P.mail_manage, about)
    (outbox.arrived if arrived else outbox.lost)(mail)
    _noted(actor, about, mail, "mail_settled", arrived=arrived)


def edit(
    actor: Actor, about: About, mail: OutboxMail, *, version: int, recipient: str, subject: str, body: str
) -> None:
    """Change address or words of a mail that has not arrived; the words before are kept in the history."""
    require(actor, P.mail_manage, about)
    before = {"recipient": mail.recipient, "subject": mail.subject, "body": mail.body}
    outbox.edit(mail, version=version, recipient=recipient, subject=subject, body=body)
    _noted(actor, about, mail, "mail_edited", texts=before)


def _noted(
    actor: Actor,
    about: About,
    mail: OutboxMail,
    action: str,
    texts: dict[str, str] | None = None,
    **more: object,
) -> None:
    data = {"message": mail.message_id, "notice": mail.notice, **more}
    trail.record(about.trail, actor, action, data=data, texts=texts)
