"""Adds files to an answer and takes them out again."""

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.files import Examined
from callflow.applications.models import Application, Attachment
from callflow.applications.queries import answers_to
from callflow.applications.rules import form_of, refuse_frozen
from callflow.applications.saving import note, write
from callflow.calls.states import FieldKind
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.core.storage import storage
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State


def attach(actor: Actor, application: Application, name: str, file: Examined) -> Attachment:
    """Add an examined file to the answer of a file field. Raises Refused: no_such_field, too_many_files."""
    require(actor, P.application_edit, application)
    refuse_frozen(application)
    known = answers.fields_of(form_of(application)).get(name)
    if known is None or known["kind"] != FieldKind.file:
        raise Refused("no_such_field")
    before = answers_to(application, [name]).get(name)
    listed = list(before.value or []) if before else []
    if len(listed) >= answers.most_files(known):
        raise Refused("too_many_files", field=name, count=answers.most_files(known))
    attachment = store(actor, application, name, file, pending=application.state is not State.draft)
    version = before.version + 1 if before else 1
    kept = answers.Kept([*listed, answers.of_file(attachment)], None, version)
    write(application, name, kept, before, actor)
    application.content_version += 1
    return attachment


def store(
    actor: Actor,
    dossier: Dossier,
    name: str,
    file: Examined,
    *,
    in_report: bool = False,
    pending: bool = False,
) -> Attachment:
    """Keep the bytes and their row, with their hash on the trail; the caller lists the file in an answer.

    ``pending``: only the group sees it until it is handed in.
    """
    require(actor, P.report_edit if in_report else P.application_edit, dossier)
    attachment = Attachment(
        dossier_id=dossier.id,
        in_report=in_report,
        pending=pending,
        field=name,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=storage().put(file.content),
        added_by=actor.id,
        added_at=clock.now(),
    )
    db.session.add(attachment)
    db.session.flush()  # the answer names its id
    data = {"file": attachment.id, "fields": [name], "sha256": attachment.sha256}
    trail.record(dossier.trail, actor, "report_file_added" if in_report else "file_added", data=data)
    return attachment


def remove_file(actor: Actor, application: Application, attachment_id: int) -> None:
    """Take a file out of its answer; what was submitted with it keeps it. One that is gone is no error."""
    require(actor, P.application_edit, application)
    refuse_frozen(application)
    attachment = db.session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.dossier_id == application.id,
            Attachment.removed_at.is_(None),
            ~Attachment.in_report,
        )
    )
    if attachment is None:
        return
    attachment.removed_at = clock.now()
    before = answers_to(application, [attachment.field])[attachment.field]
    left = [each for each in before.value or [] if each["id"] != attachment.id]
    kept = answers.Kept(left or None, None, before.version + 1)
    write(application, attachment.field, kept, before, actor)
    application.content_version += 1
    note(application, actor, "file_removed", [attachment.field])
