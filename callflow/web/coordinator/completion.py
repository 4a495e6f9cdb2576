"""Returning an application for completion: what is missing, line by line, why, and until when."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any

from flask import flash, request, url_for
from wtforms import BooleanField, FieldList, FormField, SelectField
from wtforms import Form as PlainForm

from callflow.applications.models import Application
from callflow.core import clock, formats, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import screening as desk
from callflow.desk.history import meanwhile
from callflow.dossiers import queries
from callflow.lifecycle import process, values
from callflow.lifecycle.terms import Terms, terms_of
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import DayField, line, text
from callflow.web.pages import page
from callflow.web.words import event_words

Answer = Any
TRIGGER = "return_for_completion"
PAPER = "paper:"
"""The choice for what the form has no question for; no field has a colon in its name."""
FEWEST, MOST = 3, 20
HOURS = (time(9), time(12), time(17), time(23, 59))


class Line(PlainForm):
    """One thing that is asked for. A line without anything chosen or written in it is left out."""

    what = SelectField(_l("What is missing"), choices=[], validate_choice=False)
    paper = line(_l("Which paper"), longest=150)
    point = SelectField(_l("Which point of the checklist"), choices=[], validate_choice=False)
    reason = text(_l("Why it is asked for"), longest=2000)

    @property
    def empty(self) -> bool:
        return not (self.what.data or self.paper.data or self.reason.data)


class ReturnForm(Form):
    """``hour`` is one of a few: nobody is helped by a minute that only a program keeps."""

    lines = FieldList(FormField(Line), min_entries=FEWEST, max_entries=MOST)
    due_on = DayField(_l("To be completed by"))
    hour = SelectField(_l("Hour"), choices=[], validate_choice=False)
    by_law = BooleanField(_l("A law asks for these papers, not only the rules of this call"))

    def offer(self, found: desk.Asking, terms: Terms) -> None:
        """What can be chosen, which depends on the form, the checklist and the calendar of the call."""
        usual = clock.local(terms.usual).time()
        self.hour.choices = [(f"{each:%H:%M}", _hour(each)) for each in sorted({*HOURS, usual})]
        for each in self.lines:
            each.what.choices = _questions(found)
            each.point.choices = [("", _("None in particular")), *_points(found)]

    def suggest(self, found: desk.Asking, terms: Terms) -> None:
        """A line for each point that is not in order, with its reason, and the usual term."""
        usual = clock.local(terms.usual)
        self.due_on.data, self.hour.data = usual.date(), f"{usual:%H:%M}"
        for finding in found.findings[:MOST]:
            if finding.number >= len(self.lines):
                self.lines.append_entry()
            entry = self.lines[finding.number]
            entry.point.data, entry.reason.data = finding.point, finding.reason

    def values(self, found: desk.Asking) -> values.Returning:
        """What the engine takes. Raises Refused, with the input that the message belongs to."""
        asked = tuple(_asked(each.form, found) for each in self.lines if not each.form.empty)
        twice = {
            each.field for each in asked if each.field and [a.field for a in asked].count(each.field) > 1
        }
        if twice:
            raise Refused("asked_twice", field=self._line_of(twice))
        if self.due_on.data is None:
            raise Refused("due_missing", field="due_on")
        return values.Returning(asked, self._due(), bool(self.by_law.data))

    def _due(self) -> datetime:
        hour = str(self.hour.data)
        known = {str(value) for value, _words in self.hour.choices}
        return clock.at(
            self.due_on.data or clock.today(), time.fromisoformat(hour if hour in known else "12:00")
        )

    def _line_of(self, names: set[str]) -> str | None:
        found = [each.form.what.id for each in self.lines if each.form.what.data in names]
        return found[-1] if found else None


def _hour(each: time) -> str:
    return formats.hour(clock.at(clock.today(), each))


def _asked(entry: Line, found: desk.Asking) -> values.Asked:
    """A line as the engine takes it. Raises Refused when it is not clear what is asked."""
    what, point = str(entry.what.data or ""), str(entry.point.data or "")
    paper = str(entry.paper.data or "")
    if what not in found.fields and what != PAPER and not (paper and not what):
        raise Refused("asked_what_missing", field=entry.what.id)
    if what in found.fields:
        paper = ""
    elif not paper:
        raise Refused("paper_unnamed", field=entry.paper.id)
    point = point if point in found.points else ""
    return values.Asked(str(entry.reason.data or ""), what if what in found.fields else "", paper, point)


def _questions(found: desk.Asking) -> Mapping[str, list[tuple[str, str]]]:
    """The questions of the form under their sections, and last what is no question."""
    spoken = i18n.language()
    grouped = {
        said(section["title"], spoken): [
            (each["id"], said(each["label"], spoken)) for each in section["fields"]
        ]
        for section in found.form
    }
    other = {_("Not in the form"): [(PAPER, _("Another paper: name it beside this"))]}
    return {_("Choose"): [("", _("Choose what is missing"))], **grouped, **other}


def _points(found: desk.Asking) -> Iterator[tuple[str, str]]:
    for key, point in found.points.items():
        yield key, said(point["text"], i18n.language())


@bp.get("/coordinator/dossiers/<ref>/completion")
@requires(P.dossier_screen)
def completion(ref: str) -> Answer:
    found = desk.asking(queries.seen(ref, by=actor(), kind=Application, permission=P.scores_view))
    form, terms = ReturnForm(formdata=None), terms_of(found.dossier, clock.now())
    form.suggest(found, terms)
    form.offer(found, terms)
    return _page(found, form, terms)


@bp.post("/coordinator/dossiers/<ref>/completion")
@requires(P.dossier_screen)
def return_for_completion(ref: str) -> Answer:
    found = desk.asking(queries.seen(ref, by=actor(), kind=Application, permission=P.scores_view))
    form, terms = ReturnForm(), terms_of(found.dossier, clock.now())
    form.offer(found, terms)
    target = url_for("coordinator.dossier", ref=ref)
    if request.form.get("add"):
        return _with_more_lines(found, form, terms)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            dossier = queries.for_step(ref, by=actor(), kind=Application)
            seen = form.seen_version or -1
            process.take(dossier, TRIGGER, actor=actor(), version=seen, values=form.values(found))
    if form.accepted:
        flash(_("Noted: %(what)s.", what=event_words(TRIGGER)), "well")
        return form.leads_to(target)
    again = desk.asking(queries.seen(ref, by=actor(), kind=Application, permission=P.scores_view))
    return _page(again, form, terms), form.status


def _with_more_lines(found: desk.Asking, form: ReturnForm, terms: Terms) -> str:
    """The page with what was typed and three lines more; nothing is written."""
    form.validate()  # so that what was typed is read
    for _number in range(min(FEWEST, MOST - len(form.lines))):
        form.lines.append_entry()
    form.offer(found, terms)
    return _page(found, form, terms)


def _page(found: desk.Asking, form: ReturnForm, terms: Terms) -> str:
    dossier = found.dossier
    if TRIGGER not in process.of(dossier).events:
        raise NotFound
    offer = process.offers(dossier, actor()).get(TRIGGER)
    since = meanwhile(dossier, form.seen_version) if form.problems else ()
    form.shows(dossier.version, still=offer is not None)
    return page(
        "coordinator/completion.html", it=found, dossier=dossier, form=form, terms=terms, most=MOST,
        offer=offer, since=since, entry="coordinator.dossiers",
    )  # fmt: skip
