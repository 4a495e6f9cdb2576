"""What was frozen is what it was: submissions, letters, messages and the files they refer to."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, select

from callflow.applications.models import Attachment, Submission
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.storage import Storage, storage
from callflow.core.trail import Event, canonical, text_digest
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter, LetterSeal, Notification, SignedCopy
from callflow.lifecycle.checking import Break
from callflow.messages.files import digest as file_digest
from callflow.messages.files import room_of
from callflow.messages.models import Message, MessageFile, Sending, Thread
from callflow.messages.rules import ERASED
from callflow.reports.models import Report
from callflow.reports.states import ReportKind

BATCH = 200


def breaks() -> Iterator[Break]:
    """Every frozen text and every file, read again."""
    yield from _submissions()
    yield from _letters()
    yield from _seals()
    yield from _reports()
    yield from _messages()
    yield from _attachments()
    yield from _papers()


def digest_of(value: Any) -> str:
    """The SHA-256 under which something frozen is kept."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _submissions() -> Iterator[Break]:
    query = (
        select(
            Dossier.reference,
            Submission.number,
            Submission.sha256,
            Submission.title,
            Submission.answers,
            Submission.form,
        )
        .join(Dossier, Dossier.id == Submission.application_id)
        .order_by(Submission.id)
        .execution_options(yield_per=BATCH)
    )
    for row in db.session.execute(query):
        if digest_of([row.title, row.answers, row.form]) != row.sha256:
            yield Break("submission_changed", row.reference, str(row.number))


def _letters() -> Iterator[Break]:
    """Each letter says what was frozen, is the one that the trail names, and its PDF is there."""
    query = (
        select(
            Dossier.id,
            Dossier.reference,
            Letter.number,
            Letter.context,
            Letter.context_sha256,
            Letter.pdf_sha256,
        )
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .order_by(Letter.id)
        .execution_options(yield_per=BATCH)
    )
    named = _named()
    for row in db.session.execute(query):
        if digest_of(row.context) != row.context_sha256:
            yield Break("letter_changed", row.reference, str(row.number))
        if named.pop((row.id, row.number), (None, ""))[0] != row.context_sha256:
            yield Break("letter_replaced", row.reference, str(row.number))
        if row.pdf_sha256 is not None:
            yield from _file(row.pdf_sha256, row.reference, f"{row.number}.pdf")
    for (_, number), (_, reference) in named.items():
        yield Break("letter_gone", reference, str(number))


def _seals() -> Iterator[Break]:
    """Each sealed copy is there and is the one that the trail names, and none that it names is gone."""
    query = (
        select(Dossier.id, Dossier.reference, Letter.number, LetterSeal.sha256)
        .join(Letter, Letter.dossier_id == Dossier.id)
        .join(LetterSeal, LetterSeal.letter_id == Letter.id)
        .order_by(Letter.id)
        .execution_options(yield_per=BATCH)
    )
    named = _named("letter_sealed")
    for row in db.session.execute(query):
        if named.pop((row.id, row.number), (None, ""))[0] != row.sha256:
            yield Break("seal_replaced", row.reference, str(row.number))
        yield from _file(row.sha256, row.reference, f"{row.number}-sealed.pdf")
    for (_, number), (_, reference) in named.items():
        yield Break("seal_gone", reference, str(number))


def _named(action: str = "letter_written") -> dict[tuple[int, int], tuple[str, str]]:
    """What histories say of letters: the digest and the reference, by dossier and number."""
    rows = db.session.execute(
        select(Dossier.id, Dossier.reference, Event.data)
        .join(Event, Event.trail_id == Dossier.trail_id)
        .where(Event.action == action)
        .order_by(Event.id)
    )
    return {(row.id, row.data["number"]): (row.data["sha256"], row.reference) for row in rows}


def _reports() -> Iterator[Break]:
    """Each report that was sent is the one that the trail froze."""
    rows = db.session.execute(
        select(Dossier.reference, Report.kind, Report.answers, Event.data)
        .join(Report, Report.dossier_id == Dossier.id)
        .join(Event, and_(Event.trail_id == Dossier.trail_id, Event.action == "report_frozen"))
        .where(Report.submitted_at.is_not(None))
        .order_by(Event.id)
    )
    own = (row for row in rows if row.data.get("kind", ReportKind.final) == row.kind)
    last = {(row.reference, row.kind): row for row in own}
    for (reference, _kind), row in last.items():
        if digest_of(row.answers) != row.data["sha256"]:
            yield Break("report_changed", reference)


def _messages() -> Iterator[Break]:
    """Each message that was not erased says what the trail holds the digest of, and each is on the trail."""
    said, erased = _of_messages("message_written"), _of_messages("message_erased")
    yield from _message_files(said, erased)
    yield from _erased_words(erased)
    query = (
        select(Message.id, Message.salt, Message.text, Dossier.reference)
        .join(Thread, Thread.id == Message.thread_id)
        .join(Dossier, Dossier.id == Thread.dossier_id)
        .order_by(Message.id)
        .execution_options(yield_per=BATCH)
    )
    for row in db.session.execute(query):
        if _altered(row, said.get(row.id), erased=row.id in erased):
            yield Break("message_changed", row.reference, str(row.id))


def _erased_words(erased: Mapping[int, Mapping[str, Any]]) -> Iterator[Break]:
    """What was erased beside a message is gone: the subject of its conversation, the words of its sending."""
    threads = {data["thread"]: data["reference"] for data in erased.values() if data.get("subject")}
    sendings = {data["sending"]: data["reference"] for data in erased.values() if data.get("sending")}
    for number, subject in db.session.execute(select(Thread.id, Thread.subject)):
        if number in threads and subject != ERASED:
            yield Break("subject_not_erased", threads[number], str(number))
    for number, words in db.session.execute(select(Sending.id, Sending.words)):
        if number in sendings and any(text != ERASED for _subject, text in words.values()):
            yield Break("sending_not_erased", sendings[number], str(number))


def _altered(row: Any, written: Mapping[str, Any] | None, *, erased: bool) -> bool:
    """Whether a message is none that the trail knows, or not as it knows it."""
    if written is None or (row.text is None) != erased:
        return True
    return row.text is not None and text_digest(row.salt, row.text) != written["digest"]


def _of_messages(action: str) -> dict[int, Mapping[str, Any]]:
    """What histories say of messages, by their id, with the reference of the dossier."""
    named = and_(Event.trail_id == Dossier.trail_id, Event.action == action)
    rows = db.session.execute(select(Event.data, Dossier.reference).join(Dossier, named))
    return {row.data["message"]: {**row.data, "reference": row.reference} for row in rows}


def _message_files(
    said: Mapping[int, Mapping[str, Any]], erased: Mapping[int, Mapping[str, Any]]
) -> Iterator[Break]:
    """Each file with a message is there and is the one that the trail names; none that it names is gone."""
    query = (
        select(MessageFile, Message.salt, Dossier.id, Dossier.reference)
        .join(Message, Message.id == MessageFile.message_id)
        .join(Thread, Thread.id == Message.thread_id)
        .join(Dossier, Dossier.id == Thread.dossier_id)
        .order_by(MessageFile.id)
    )
    named = {
        int(number): (message, digest)
        for message, data in said.items()
        for number, digest in data.get("files", {}).items()
        if message not in erased
    }
    for file, salt, dossier_id, reference in db.session.execute(query):
        told = named.pop(file.id, None)
        if told != (file.message_id, file_digest(salt, file.name, file.sha256)):
            yield Break("message_file_changed", reference, file.name)
        yield from _file(file.sha256, reference, file.name, room=room_of(dossier_id))
    for message, _digest in named.values():
        yield Break("message_file_gone", said[message]["reference"], str(message))


def _attachments() -> Iterator[Break]:
    query = select(Dossier.reference, Attachment.name, Attachment.sha256).join(
        Dossier, Dossier.id == Attachment.dossier_id
    )
    for row in db.session.execute(query.order_by(Attachment.id)):
        yield from _file(row.sha256, row.reference, row.name)


def _papers() -> Iterator[Break]:
    """Scans of signed letters and proofs of notification are there, and the trail knows each scan."""
    scans = (
        select(Dossier.reference, Letter.number, SignedCopy.sha256)
        .join(Letter, Letter.dossier_id == Dossier.id)
        .join(SignedCopy, SignedCopy.letter_id == Letter.id)
    )
    for row in db.session.execute(scans.order_by(SignedCopy.id)):
        yield from _file(row.sha256, row.reference, f"{row.number}-signed.pdf")
    proofs = (
        select(Dossier.reference, Notification.proof_name, Notification.proof_sha256)
        .join(Letter, Letter.dossier_id == Dossier.id)
        .join(Notification, Notification.letter_id == Letter.id)
        .where(Notification.proof_sha256.is_not(None))
    )
    for reference, name, sha256 in db.session.execute(proofs.order_by(Notification.id)):
        yield from _file(sha256 or "", reference, name or "")


def _file(sha256: str, about: str, name: str, *, room: Storage | None = None) -> Iterator[Break]:
    try:
        (room or storage()).get(sha256)
    except NotFound as missing:
        yield Break(missing.code, about, name)
