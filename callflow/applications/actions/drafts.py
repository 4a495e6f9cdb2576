"""Begins a draft and saves its answers, each with a version of its own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select, update

from callflow.applications import answers
from callflow.applications.models import Application, Attachment
from callflow.applications.queries import answers_to, places_of
from callflow.applications.rules import form_of, refuse_frozen, refuse_outside
from callflow.applications.saving import Saved, Typed, changes, note, write
from callflow.calls import fields
from callflow.calls.models import Call, Lot
from callflow.core import clock, ids, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Kind, State
from callflow.people.models import Group


def start(
    actor: Actor, call: Call, lot: Lot, *, group: Group, language: str, municipality: str | None = None
) -> Application:
    """Begin a draft for a group. ``municipality`` is the code that the lot was found by.

    Raises Refused: call_not_open, call_closed, language_unknown.
    """
    application = _draft(call, lot, group, language)
    require(actor, P.application_edit, application)
    refuse_outside(call)
    if language not in call.languages or lot.call_id != call.id:
        raise Refused("language_unknown", field="language")
    application.reference = _new_reference(call.prefix)
    application.trail = trail.new_trail("dossier")
    db.session.add(application)
    db.session.flush()  # the answer and the event refer to the application
    trail.record(application.trail, actor, "created", dest=str(State.draft), data={"lot": lot.key})
    place = answers.with_role(call.form, "municipality")
    if place and municipality:
        application.municipality_code = municipality
        write(application, place["id"], answers.Kept(municipality, None, 1), None, actor)
    return application


def _draft(call: Call, lot: Lot, group: Group, language: str) -> Application:
    return Application(
        kind=Kind.application,
        call_id=call.id,
        lot_id=lot.id,
        group_id=group.id,
        language=language,
        title="",
        form_version=call.form_version,
        created_at=clock.now(),
        state_since=clock.now(),
    )


def _new_reference(prefix: str) -> str:
    """One that is still free; there are 17 million of each prefix."""
    while True:
        reference = ids.reference(prefix)
        if not db.session.scalar(select(exists().where(Dossier.reference == reference))):
            return reference


def save_answers(
    actor: Actor,
    application: Application,
    typed: Mapping[str, Any],
    *,
    versions: Mapping[str, int] | None = None,
    language: str = "nl",
) -> Saved:
    """Save what was typed into these fields (saving.Typed), on a draft loaded for a step.

    What is not understood is kept as typed, and its flaws are reported. Raises Refused, or Changed with what
    others wrote into the same fields: then nothing is saved.
    """
    require(actor, P.application_edit, application)
    refuse_frozen(application)
    form = form_of(application)
    given = Typed(typed, language, versions)
    places = places_of(application.call_id) if answers.asks_for_place(form, given.of(form)) else ()
    current = answers_to(application, list(given.of(form)))
    kept, saved = changes(form, given, current, places)
    for name, each in kept.items():
        write(application, name, each, current.get(name), actor)
    if kept:
        application.content_version += 1
        if application.state is State.draft:
            _follow(application, kept, form)
        note(application, actor, "answers_saved", list(kept))
    return saved


def take_over(
    application: Application, actor: Actor, given: Mapping[str, answers.Kept], *, form: answers.Form
) -> None:
    """Put these answers in the place of those that stand; part of the step that completes."""
    current = answers_to(application, list(given))
    kept = {
        name: answers.Kept(each.value, None, before.version + 1 if (before := current.get(name)) else 1)
        for name, each in given.items()
        if not answers.same(each, current.get(name, answers.NOTHING))
    }
    for name, each in kept.items():
        write(application, name, each, current.get(name), actor)
    application.content_version += 1
    _follow(application, kept, form)


def take_revision(application: Application, actor: Actor) -> None:
    """Let what lists sort by, and who may open a file, follow the answers that are handed in anew."""
    form = application.call.form
    current = answers_to(application, list(answers.fields_of(form)))
    kept = {name: answers.Kept(each.value, None, each.version) for name, each in current.items()}
    application.content_version += 1
    _follow(application, kept, form)
    fresh = update(Attachment).where(Attachment.dossier_id == application.id, Attachment.pending)
    db.session.execute(fresh.where(Attachment.removed_at.is_(None)).values(pending=False))


def _follow(application: Application, kept: Mapping[str, answers.Kept], form: answers.Form) -> None:
    """Bring the columns that lists sort by after the answers."""
    known = answers.fields_of(form)
    for name, each in kept.items():
        role = known[name].get("role")
        if each.typed is not None:
            continue
        if role == "title":
            application.title = each.value or ""
            application.title_key = fields.sort_key(application.title)
        elif role == "amount":
            application.requested = None if each.value is None else Decimal(each.value)
        elif role == "municipality":
            application.municipality_code = each.value
