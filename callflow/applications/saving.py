"""What changes when a form is saved, and what others wrote meanwhile; for applications and for reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.answers import NOTHING, Form, Given, Kept
from callflow.applications.models import Answer, Application
from callflow.calls.fields import Flaw, Places
from callflow.calls.states import FieldKind
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.trail import Event
from callflow.dossiers.models import Dossier

ONE_SITTING = timedelta(minutes=30)
BOUNDLESS = frozenset({"text_huge", "budget_rows"})


@dataclass(frozen=True)
class Saved:
    """What saving did: the new versions of the fields that changed, and the flaws of all that were typed."""

    versions: dict[str, int] = field(default_factory=dict)
    flaws: dict[str, tuple[Flaw, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Typed:
    """What a person typed into some fields of a form: texts by field id, rows for a budget.

    ``versions`` are those the person saw, by field id; None for callers that saw none.
    """

    texts: Mapping[str, Any]
    language: str
    versions: Mapping[str, int] | None = None

    def of(self, form: Form) -> dict[str, Any]:
        """The texts of fields that the form has and that are typed; files are not."""
        known = answers.fields_of(form)
        return {
            name: text
            for name, text in self.texts.items()
            if name in known and known[name]["kind"] != FieldKind.file
        }


def changes(
    form: Form, typed: Typed, current: Mapping[str, Given], places: Places
) -> tuple[dict[str, Kept], Saved]:
    """What is to be kept of each field whose answer changes, and what saving will report.

    Raises Changed("answer_changed", theirs={field id: what stands there now}) when somebody else changed a
    field that this person changes too, and Refused when a text is longer than any answer.
    """
    known = answers.fields_of(form)
    kept: dict[str, Kept] = {}
    flaws: dict[str, tuple[Flaw, ...]] = {}
    for name, text in typed.of(form).items():
        before = current.get(name, NOTHING)
        after, found = answers.taken(known[name], text, typed.language, places, version=before.version + 1)
        if found:
            flaws[name] = found
            _refuse_boundless(name, found)
        if not answers.same(before, after):
            kept[name] = after
    if theirs := _overtaken(form, typed, kept, current, places):
        raise Changed("answer_changed", theirs=theirs)
    return kept, Saved({name: each.version for name, each in kept.items()}, flaws)


def _refuse_boundless(name: str, found: tuple[Flaw, ...]) -> None:
    """What is wrong is kept as typed, but no library fits into one answer."""
    for flaw in found:
        if flaw.code in BOUNDLESS:
            raise Refused(flaw.code, field=name, **flaw.parameters)


def _overtaken(
    form: Form, typed: Typed, kept: Mapping[str, Kept], current: Mapping[str, Given], places: Places
) -> dict[str, Any]:
    if typed.versions is None:
        return {}
    known = answers.fields_of(form)
    return {
        name: answers.shown(known[name], current.get(name, NOTHING), typed.language, places)
        for name in kept
        if typed.versions.get(name, 0) != current.get(name, NOTHING).version
    }


def write(application: Application, name: str, kept: Kept, before: Answer | None, actor: Actor) -> None:
    """Put one answer into its row; part of an action that asked for permission and records."""
    row = before or Answer(application_id=application.id, field=name)
    row.value, row.typed, row.version = kept.value, dict(kept.typed) if kept.typed else None, kept.version
    row.saved_at, row.saved_by = clock.now(), actor.id or 0
    db.session.add(row)


def note(dossier: Dossier, actor: Actor, action: str, names: list[str]) -> None:
    """Write on the trail who worked on the text, once a sitting: an autosave every few seconds is none."""
    last = db.session.scalar(
        select(Event).where(Event.trail_id == dossier.trail_id, Event.sequence == dossier.trail.sequence)
    )
    if last is None or (last.action, last.actor_id) != (action, actor.id) or _long_ago(last):
        trail.record(dossier.trail, actor, action, data={"fields": names})


def _long_ago(event: Event) -> bool:
    return clock.now() - event.at >= ONE_SITTING
