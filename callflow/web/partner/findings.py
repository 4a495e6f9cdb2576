"""Methods tested and lessons learnt, and linking them to the calls that they fed."""

from typing import Any

from flask import flash, request, url_for
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk.scope import CallLine, calls_of
from callflow.pilots import queries
from callflow.pilots.actions import findings as actions
from callflow.pilots.actions.findings import Found
from callflow.pilots.models import Finding, Pilot
from callflow.pilots.states import FindingKind, Worked
from callflow.web import pilot_words as words
from callflow.web.asking import Form
from callflow.web.figures import line, text
from callflow.web.pages import page
from callflow.web.partner import bp
from callflow.web.partner.pilot import entry_of, seen_for

Answer = Any


class FindingForm(Form):
    """A method with how it did, or a lesson."""

    kind = RadioField(
        _l("What is it?"),
        [InputRequired(_l("Choose what it is."))],
        choices=words.choices(words.FINDINGS),
        default=FindingKind.method.value,
    )
    title = line(_l("In a few words"), needed=_l("Give it a short name."), longest=200)
    body = text(
        _l("What others should know"),
        needed=_l("Write what others should know about it."),
        description=_l("Everybody reads it when the pilot is closed."),
    )
    worked = RadioField(
        _l("How did the method do?"),
        choices=words.choices(words.WORKED),
        validate_choice=False,
        description=_l("Not for a lesson."),
    )

    def found(self) -> Found:
        """The finding as the actions take it; a lesson has no mark."""
        kind, worked = FindingKind(self.kind.data), self.worked.data
        chosen = Worked(worked) if worked in Worked.__members__ and kind is FindingKind.method else None
        return Found(kind, self.title.data or "", self.body.data or "", chosen)


class FeedForm(Form):
    """Into which call a finding went, and how."""

    call = SelectField(_l("Which call?"), validate_choice=False)
    how = line(
        _l("What did the call take from it?"),
        needed=_l("Write what the call took from it."),
        longest=400,
        description=_l("The staff of that call reads it on the page of its set-up."),
    )

    def suit(self) -> "FeedForm":
        """Offer the calls of whoever links."""
        self.call.choices = [
            SelectChoice(each.reference, said(each.title, i18n.language())) for each in _calls()
        ]
        return self


def _calls() -> list[CallLine]:
    return calls_of(actor())


@bp.get("/partner/pilots/<ref>/findings/new")
@requires(P.pilot_edit)
def new_finding(ref: str) -> str:
    return _page(seen_for(ref, P.pilot_edit), None, FindingForm(formdata=None))


@bp.post("/partner/pilots/<ref>/findings/new")
@requires(P.pilot_edit)
def add_finding(ref: str) -> Answer:
    form, target = FindingForm(), url_for("partner.pilot", ref=ref, _anchor="findings")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor())
            actions.add_finding(actor(), found, form.found(), language=i18n.language())
    if form.accepted:
        flash(_("It is written down."), "well")
        return form.leads_to(target)
    return _page(queries.seen(ref, by=actor()), None, form), form.status


@bp.get("/partner/pilots/<ref>/findings/<int(max=2147483647):number>")
@requires(P.pilot_edit)
def finding(ref: str, number: int) -> str:
    pilot = seen_for(ref, P.pilot_edit)
    held = queries.finding(pilot, number)
    form = FindingForm(formdata=None, obj=held)
    form.kind.data, form.version.data = held.kind.value, held.version
    form.worked.data = held.worked.value if held.worked else None
    return _page(pilot, held, form)


@bp.post("/partner/pilots/<ref>/findings/<int(max=2147483647):number>")
@requires(P.pilot_edit)
def change_finding(ref: str, number: int) -> Answer:
    form, target = FindingForm(), url_for("partner.pilot", ref=ref, _anchor="findings")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            pilot = queries.for_step(ref, by=actor())
            held = queries.finding(pilot, number)
            actions.change_finding(actor(), pilot, held, form.found(), version=form.seen_version or -1)
    if form.accepted:
        flash(_("It is changed."), "well")
        return form.leads_to(target)
    pilot = queries.seen(ref, by=actor())
    held = queries.finding(pilot, number)
    form.version.data = held.version
    return _page(pilot, held, form), form.status


def _page(pilot: Pilot, held: Finding | None, form: FindingForm) -> str:
    now: list[Any] = []
    if held is not None and form.status == 409:
        now = [(form.kind, words.FINDINGS[held.kind]), (form.title, held.title), (form.body, held.body)]
        now += [(form.worked, words.WORKED[held.worked])] if held.worked else []
    return page(
        "partner/form.html", pilot=pilot, form=form, action=request.path, now=now, rows=6, words=words,
        title=_("Change a method or lesson") if held else _("Write down a method or lesson"),
        button=_("Save"), entry=entry_of(),
    )  # fmt: skip


@bp.get("/partner/pilots/<ref>/findings/<int(max=2147483647):number>/call")
@requires(P.pilot_manage)
def link_call(ref: str, number: int) -> str:
    pilot = seen_for(ref, P.pilot_manage)
    return _link_page(pilot, queries.finding(pilot, number), FeedForm(formdata=None))


@bp.post("/partner/pilots/<ref>/findings/<int(max=2147483647):number>/call")
@requires(P.pilot_manage)
def feed_call(ref: str, number: int) -> Answer:
    form, target = FeedForm(), url_for("partner.pilot", ref=ref, _anchor="findings")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            pilot = queries.for_step(ref, by=actor())
            held = queries.finding(pilot, number)
            call = next((each for each in _calls() if each.reference == form.call.data), None)
            if call is None:
                raise Refused("pilot_call_missing", field="call")
            actions.feed(
                actor(), pilot, held, call_id=call.id, reference=call.reference, how=form.how.data or ""
            )  # fmt: skip
    if form.accepted:
        flash(_("The call names it now."), "well")
        return form.leads_to(target)
    pilot = queries.seen(ref, by=actor())
    return _link_page(pilot, queries.finding(pilot, number), form), form.status


def _link_page(pilot: Pilot, held: Finding, form: FeedForm) -> str:
    return page(
        "partner/form.html", pilot=pilot, form=form.suit(), action=request.path, now=[], rows=3, words=words,
        title=_("Link “%(title)s” to a call", title=held.title), button=_("Link it"), entry=entry_of(),
    )  # fmt: skip
