"""The group changes its copy: the answers that were asked for, each with a version of its own, and files."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.actions import store
from callflow.applications.answers import Kept
from callflow.applications.files import Examined
from callflow.applications.models import Application, Attachment
from callflow.applications.queries import places_of
from callflow.applications.saving import Saved, Typed, changes, note
from callflow.calls.states import FieldKind
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.screening import rules
from callflow.screening.models import CompletionRequest
from callflow.screening.queries import request_of


def save_completion(
    actor: Actor,
    application: Application,
    typed: Mapping[str, Any],
    *,
    versions: Mapping[str, int] | None = None,
    language: str = "nl",
) -> Saved:
    """Save what was typed into the copy, as applications.actions.save_answers does; what was handed in stays.

    Raises Refused: completion_late a second after the moment that was set, completion_over.
    """
    require(actor, P.application_edit, application)
    request = rules.refuse_ended(request_of(application))
    form, given = request.form, Typed(typed, language, versions)
    places = places_of(application.call_id) if answers.asks_for_place(form, given.of(form)) else ()
    kept, saved = changes(form, given, rules.kept_in(request), places)
    if kept:
        _write(request, kept, actor)
        note(application, actor, "completion_saved", list(kept))
    return saved


def _write(request: CompletionRequest, kept: Mapping[str, Kept], actor: Actor) -> None:
    """JSON columns notice only a new value, so each is put together anew."""
    understood = {name: each.value for name, each in kept.items()}
    typed = {name: dict(each.typed) if each.typed else None for name, each in kept.items()}
    request.answers = _without_nothing({**request.answers, **understood})
    request.typed = _without_nothing({**request.typed, **typed})
    request.versions = {**request.versions, **{name: each.version for name, each in kept.items()}}
    request.version += 1
    request.saved_at, request.saved_by = clock.now(), actor.id


def _without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def attach(actor: Actor, application: Application, name: str, file: Examined) -> Attachment:
    """Add an examined file to the copy; only the group sees it before it is handed in.

    Raises Refused: no_such_field, too_many_files, completion_late, completion_over.
    """
    require(actor, P.application_edit, application)
    request = rules.refuse_ended(request_of(application))
    known = answers.fields_of(request.form).get(name)
    if known is None or known["kind"] != FieldKind.file:
        raise Refused("no_such_field")
    listed = list(request.answers.get(name) or [])
    if len(listed) >= answers.most_files(known):
        raise Refused("too_many_files", field=name, count=answers.most_files(known))
    attachment = store(actor, application, name, file, pending=True)
    _list(request, name, [*listed, answers.of_file(attachment)], actor)
    return attachment


def remove_file(actor: Actor, application: Application, attachment_id: int) -> None:
    """Take a file out of the copy; what was handed in with it keeps it. One that is gone is no error."""
    require(actor, P.application_edit, application)
    request = rules.refuse_ended(request_of(application))
    attachment = db.session.scalar(
        select(Attachment).where(Attachment.id == attachment_id, Attachment.dossier_id == application.id)
    )
    if attachment is None or attachment.field not in request.versions:
        return
    if attachment.pending:
        attachment.removed_at = clock.now()
    listed = [each for each in request.answers.get(attachment.field) or [] if each["id"] != attachment_id]
    _list(request, attachment.field, listed, actor)
    note(application, actor, "completion_saved", [attachment.field])


def _list(request: CompletionRequest, name: str, files: list[dict[str, Any]], actor: Actor) -> None:
    version = request.versions.get(name, 0) + 1
    _write(request, {name: Kept(files or None, None, version)}, actor)
