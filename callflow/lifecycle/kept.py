"""What was frozen is what it was: submissions, letters and the files they and the answers refer to."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from callflow.applications.models import Attachment, Submission
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.storage import storage
from callflow.core.trail import canonical
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter
from callflow.lifecycle.agreement import Break

BATCH = 200


def breaks() -> Iterator[Break]:
    """Every frozen text and every file, read again."""
    yield from _submissions()
    yield from _letters()
    yield from _attachments()


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
    query = (
        select(Dossier.reference, Letter.number, Letter.context, Letter.context_sha256, Letter.pdf_sha256)
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .order_by(Letter.id)
        .execution_options(yield_per=BATCH)
    )
    for row in db.session.execute(query):
        if digest_of(row.context) != row.context_sha256:
            yield Break("letter_changed", row.reference, str(row.number))
        if row.pdf_sha256 is not None:
            yield from _file(row.pdf_sha256, row.reference, f"{row.number}.pdf")


def _attachments() -> Iterator[Break]:
    query = select(Dossier.reference, Attachment.name, Attachment.sha256).join(
        Dossier, Dossier.id == Attachment.dossier_id
    )
    for row in db.session.execute(query.order_by(Attachment.id)):
        yield from _file(row.sha256, row.reference, row.name)


def _file(sha256: str, about: str, name: str) -> Iterator[Break]:
    try:
        storage().get(sha256)
    except NotFound as missing:
        yield Break(missing.code, about, name)
