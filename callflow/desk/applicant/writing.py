"""The form of a draft or of a report, as its pages show it: answers, what is missing and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.answers import NOTHING, Given
from callflow.applications.models import Answer, Application
from callflow.applications.queries import places_of
from callflow.applications.rules import form_of
from callflow.calls.fields import Field, Flaw, Places, visible
from callflow.calls.procedure import Procedure
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.people.models import User
from callflow.reports import rules
from callflow.reports.models import Report
from callflow.reports.states import ReportKind

Section = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A form with what was answered. ``version`` is that of the whole text, which submitting must name;
    ``due_at`` until when it can be handed in, where that is not the closing of the call.
    """

    application: Application
    form: Sequence[Section]
    given: Mapping[str, Given]
    flaws: Mapping[str, tuple[Flaw, ...]]
    open: tuple[str, ...]
    places: Places
    version: int
    saved_at: datetime | None
    saved_by: str | None
    due_at: datetime | None = None

    def answer(self, field: Field) -> Given:
        """The answer to this field; an empty one where nobody gave any."""
        return self.given.get(field["id"], NOTHING)

    def typed(self, field: Field) -> str | None:
        """What was typed and not understood, where that is a text."""
        typed = self.answer(field).typed
        return visible(typed["text"]) if typed and isinstance(typed["text"], str) else None

    def section(self, name: str) -> tuple[int, Section]:
        """Number (from one) and section. Raises NotFound."""
        for number, section in enumerate(self.form, start=1):
            if section["id"] == name:
                return number, section
        raise NotFound

    def after(self, number: int) -> Section | None:
        """The section that follows the one with this number."""
        return self.form[number] if number < len(self.form) else None

    def mark(self, section: Section) -> str:
        """How far a section is: done, begun, todo, or check when something typed in it was not understood."""
        names = [field["id"] for field in section["fields"]]
        if any(self.flaws.get(name) for name in names):
            return "check"
        if self.due_at and not any(self.answer(field).version > 1 for field in section["fields"]):
            return "todo"  # in a copy an answer that stands there is the one that something is missing in
        if not any(name in self.open for name in names):
            required = any(field.get("required") for field in section["fields"])
            return "done" if required or self.begun(section) else "todo"
        return "begun" if self.begun(section) else "todo"

    def begun(self, section: Section) -> bool:
        return any(self.answer(field).value is not None for field in section["fields"])

    def wrong(self, section: Section) -> int:
        """How many answers of a section must be looked at again."""
        return sum(1 for field in section["fields"] if self.flaws.get(field["id"]))


def draft(application: Application) -> Sheet:
    """The form of an application: three statements at most."""
    form = form_of(application)
    rows = db.session.execute(
        select(Answer, User.name)
        .outerjoin(User, User.id == Answer.saved_by)
        .where(Answer.application_id == application.id)
    ).all()
    given: dict[str, Given] = {answer.field: answer for answer, _ in rows}
    last = max(rows, key=lambda row: row[0].saved_at, default=None)
    places = places_of(application.call_id) if answers.asks_for_place(form, answers.fields_of(form)) else ()
    area = answers.areas_of([application.lot_id]).get(application.lot_id, frozenset())
    misfits = answers.misfits(application, given, area)
    return Sheet(
        application=application,
        form=form,
        given=given,
        flaws=flaws_of(form, given, misfits, places),
        open=answers.in_order(form, {*answers.missing(form, given), *misfits}),
        places=places,
        version=application.content_version,
        saved_at=last[0].saved_at if last else None,
        saved_by=last[1] if last else None,
    )


@dataclass(frozen=True)
class Due:
    """The report that a project has to write now, by its kind, and what was begun of it."""

    kind: ReportKind | None = None
    begun: Report | None = None


def due(application: Application, reports: Mapping[ReportKind, Report]) -> Due:
    """By what the group was told."""
    kind = rules.due_report(Procedure.of(application.call.procedure), application.shown_state)
    return Due(kind, reports.get(kind) if kind else None)


def report(application: Application, begun: Report | None, kind: ReportKind = ReportKind.final) -> Sheet:
    """The form of a report of a project."""
    form = rules.form_of(application.call, kind)
    given = rules.kept_in(begun)
    places = places_of(application.call_id) if answers.asks_for_place(form, answers.fields_of(form)) else ()
    return Sheet(
        application=application,
        form=form,
        given=given,
        flaws=flaws_of(form, given, {}, places),
        open=rules.missing(application, begun, kind),
        places=places,
        version=begun.version if begun else 0,
        saved_at=begun.saved_at if begun else None,
        saved_by=db.session.scalar(select(User.name).where(User.id == begun.saved_by)) if begun else None,
    )


def flaws_of(
    form: Sequence[Section], given: Mapping[str, Given], misfits: Mapping[str, Flaw], places: Places
) -> dict[str, tuple[Flaw, ...]]:
    """By field, what is wrong with its answer as it was typed, and what does not fit the lot."""
    found = {
        name: answers.flaws(field, given.get(name, NOTHING), places)
        for name, field in answers.fields_of(form).items()
    }
    return {
        name: (*flaws, misfits[name]) if name in misfits else flaws
        for name, flaws in found.items()
        if flaws or name in misfits
    }
