"""What the steps of a completion leave behind: a request with its copy, a copy taken over, an end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from callflow.applications import answers
from callflow.applications.actions import freeze, take_over
from callflow.applications.models import Application, Attachment
from callflow.applications.queries import last_submission
from callflow.calls.states import FieldKind
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.screening import rules
from callflow.screening.actions.checks import ask_again
from callflow.screening.models import CompletionItem, CompletionRequest, Ending
from callflow.screening.queries import requests_of


def ask(application: Application, actor: Actor, *, values: Any, at: datetime) -> CompletionRequest:
    """Keep what is asked for; the copy begins as what was handed in. Part of the step that returns it."""
    frozen = last_submission(application)
    form, given = (frozen.form, frozen.answers) if frozen else (application.call.form, {})
    number = len(requests_of([application.id]).get(application.id, ())) + 1
    asked = rules.form_of(form, values.asked, number=number, language=application.lot.authority.language)
    names = list(answers.fields_of(asked))
    request = CompletionRequest(
        dossier_id=application.id,
        number=number,
        due_at=values.due_at,
        by_law=values.by_law,
        form=asked,
        answers={name: given[name] for name in names if name in given},
        typed={},
        versions=dict.fromkeys(names, 1),
        version=1,
        asked_at=at,
        asked_by=actor.id,
        items=[
            CompletionItem(
                position=position,
                field=each.field or rules.paper_of(number, position),
                paper=each.paper,
                point=each.point,
                reason=each.reason.strip(),
            )
            for position, each in enumerate(values.asked, start=1)
        ],
    )
    db.session.add(request)
    db.session.flush()  # the letter that follows reads it
    return request


def complete(application: Application, actor: Actor, *, at: datetime) -> CompletionRequest:
    """Put the copy in the place of the answers, freeze the next version, and ask the points of the checklist
    anew that it is about. Part of the step that completes.
    """
    request = requests_of([application.id])[application.id][-1]
    frozen = last_submission(application)
    take_over(application, actor, rules.kept_in(request), form=request.form)
    _settle_files(request, frozen.answers if frozen else {}, at)
    form = rules.with_papers(frozen.form if frozen else application.call.form, request)
    freeze(application, actor, at=at, form=form)
    request.ended_at, request.ending = at, Ending.completed
    ask_again(application, actor, {each.point for each in request.items if each.point})
    return request


def _settle_files(request: CompletionRequest, before: Mapping[str, Any], at: datetime) -> None:
    """What is handed in, others may see; what was taken out of an answer is removed from now on."""
    known = answers.fields_of(request.form)
    names = [name for name, field in known.items() if field["kind"] == FieldKind.file]
    now = {file["id"] for name in names for file in request.answers.get(name) or ()}
    gone = {file["id"] for name in names for file in before.get(name) or ()} - now
    changed = update(Attachment).where(Attachment.dossier_id == request.dossier_id)
    db.session.execute(changed.where(Attachment.id.in_(now)).values(pending=False))
    db.session.execute(changed.where(Attachment.id.in_(gone)).values(removed_at=at))


def end(application: Application, ending: Ending, *, at: datetime) -> None:
    """Close the open request without taking over its copy. Part of the step that stops waiting."""
    for request in requests_of([application.id]).get(application.id, ()):
        if request.ended_at is None:
            request.ended_at, request.ending = at, ending
