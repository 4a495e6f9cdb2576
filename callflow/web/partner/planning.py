"""The one plan of a pilot, line by line."""

from typing import Any

from flask import flash, url_for
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from callflow.core import formats
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.pilots import queries
from callflow.pilots.actions import planning
from callflow.pilots.actions.planning import Line
from callflow.pilots.models import Milestone, Pilot
from callflow.pilots.states import WRITING, Progress
from callflow.web import pilot_words as words
from callflow.web.asking import Form
from callflow.web.figures import DayField, line, text
from callflow.web.pages import page
from callflow.web.partner import bp
from callflow.web.partner.pilot import entry_of, seen_for

Answer = Any


class MilestoneForm(Form):
    """A line of the plan."""

    title = line(_l("What is there by then?"), needed=_l("Write what is there by then."), longest=300)
    due_on = DayField(_l("By which day?"))
    party_id = SelectField(_l("Who sees to it?"), coerce=int, validate_choice=False)
    progress = RadioField(
        _l("How far is it?"),
        [InputRequired(_l("Choose how far it is."))],
        choices=words.choices(words.PROGRESS),
        default=Progress.planned.value,
    )

    def suit(self, pilot: Pilot) -> "MilestoneForm":
        """Offer the partners of this pilot."""
        nobody = [SelectChoice(0, str(_("Nobody yet")))]
        self.party_id.choices = nobody + [SelectChoice(each.id, each.group.name) for each in pilot.parties]
        return self

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good: bool = super().validate(*args, **kwargs)
        if self.due_on.data is None and not self.due_on.errors:
            self.due_on.errors = [_("Choose the day by which it is there.")]
            good = False
        return good

    def line(self) -> Line:
        """The line as the actions take it."""
        day: Any = self.due_on.data
        return Line(self.title.data or "", day, self.party_id.data or None, Progress(self.progress.data))


class ReportDayForm(Form):
    """By which day the report is there, and why that day moves."""

    report_due_on = DayField(
        _l("By which day is the report there?"),
        description=_l("All who carry this pilot are reminded 30 and 7 days before, and when it is late."),
    )
    reason = text(
        _l("Why does the day move?"), longest=1000, description=_l("All who carry this pilot read it.")
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good: bool = super().validate(*args, **kwargs)
        if self.report_due_on.data is None and not self.report_due_on.errors:
            self.report_due_on.errors = [_("Choose the day by which the report is there.")]
            good = False
        return good


@bp.get("/partner/pilots/<ref>/plan/report-day")
@requires(P.pilot_edit)
def report_day(ref: str) -> str:
    found = seen_for(ref, P.pilot_edit)
    form = ReportDayForm(formdata=None)
    form.report_due_on.data, form.version.data = found.report_due_on, found.content_version
    return _report_day_page(found, form)


@bp.post("/partner/pilots/<ref>/plan/report-day")
@requires(P.pilot_edit)
def set_report_day(ref: str) -> Answer:
    form, target = ReportDayForm(), url_for("partner.pilot", ref=ref, _anchor="plan")
    if form.valid() and form.report_due_on.data is not None:
        with form.refusals(), unit_of_work(form.once(target)):
            planning.set_report_day(
                actor(), queries.for_step(ref, by=actor()), form.report_due_on.data,
                reason=form.reason.data or "", version=form.seen_version or -1,
            )  # fmt: skip
    if form.accepted:
        flash(_("The day of the report stands in the plan."), "well")
        return form.leads_to(target)
    again = queries.seen(ref, by=actor())
    form.version.data = again.content_version
    return _report_day_page(again, form), form.status


def _report_day_page(found: Pilot, form: ReportDayForm) -> str:
    held = formats.day(found.report_due_on) if found.report_due_on else _("not yet")
    if found.report_due_on is None:
        del form.reason
    return page(
        "partner/form.html", pilot=found, form=form, rows=3, words=words, entry=entry_of(),
        action=url_for("partner.set_report_day", ref=found.reference), short=("report_due_on",),
        now=[(form.report_due_on, held)] if form.status == 409 else [], title=_("Day of the report"),
        button=_("Save the day"), optional=("reason",) if found.state in WRITING else (),
    )  # fmt: skip


@bp.get("/partner/pilots/<ref>/plan/new")
@requires(P.pilot_edit)
def new_milestone(ref: str) -> str:
    found = seen_for(ref, P.pilot_edit)
    return _page(found, None, MilestoneForm(formdata=None).suit(found))


@bp.post("/partner/pilots/<ref>/plan/new")
@requires(P.pilot_edit)
def add_milestone(ref: str) -> Answer:
    form, target = MilestoneForm(), url_for("partner.pilot", ref=ref, _anchor="plan")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            planning.add_milestone(actor(), queries.for_step(ref, by=actor()), form.line())
    if form.accepted:
        flash(_("The milestone stands in the plan."), "well")
        return form.leads_to(target)
    found = queries.seen(ref, by=actor())
    return _page(found, None, form.suit(found)), form.status


@bp.get("/partner/pilots/<ref>/plan/<int(max=2147483647):number>")
@requires(P.pilot_edit)
def milestone(ref: str, number: int) -> str:
    found = seen_for(ref, P.pilot_edit)
    held = queries.milestone(found, number)
    form = MilestoneForm(formdata=None, obj=held).suit(found)
    form.progress.data, form.party_id.data = held.progress.value, held.party_id or 0
    form.version.data = held.version
    return _page(found, held, form)


@bp.post("/partner/pilots/<ref>/plan/<int(max=2147483647):number>")
@requires(P.pilot_edit)
def change_milestone(ref: str, number: int) -> Answer:
    form, target = MilestoneForm(), url_for("partner.pilot", ref=ref, _anchor="plan")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor())
            held = queries.milestone(found, number)
            planning.change_milestone(actor(), found, held, form.line(), version=form.seen_version or -1)
    if form.accepted:
        flash(_("The milestone is changed."), "well")
        return form.leads_to(target)
    again = queries.seen(ref, by=actor())
    held = queries.milestone(again, number)
    form.version.data = held.version
    return _page(again, held, form.suit(again)), form.status


def _page(found: Pilot, held: Milestone | None, form: MilestoneForm) -> str:
    owners = {each.id: each.group.name for each in found.parties}
    now = [] if held is None else [
        (form.title, held.title), (form.due_on, formats.day(held.due_on)),
        (form.party_id, owners.get(held.party_id or 0, _("Nobody yet"))),
        (form.progress, words.PROGRESS[held.progress]),
    ]  # fmt: skip
    ref = found.reference
    action = url_for("partner.change_milestone", ref=ref, number=held.id) if held else url_for(
        "partner.add_milestone", ref=ref
    )  # fmt: skip
    return page(
        "partner/form.html", pilot=found, form=form, action=action, now=now if form.status == 409 else [],
        title=_("Change a milestone") if held else _("Add a milestone"), rows=3, words=words,
        button=_("Save the milestone"), entry=entry_of(), short=("due_on",),
    )  # fmt: skip
