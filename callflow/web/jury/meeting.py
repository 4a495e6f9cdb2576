"""The jury meets: the agenda with who leaves the room, what is settled, and the minutes."""

from datetime import date
from typing import Any, cast

from flask import flash, render_template, request, url_for

from callflow.applications.models import Application
from callflow.calls.models import Call
from callflow.core import clock, formats, i18n
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk import meeting as desk
from callflow.desk import scope
from callflow.desk.meeting import MeetingPage
from callflow.desk.panel import WATCHING
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.jury.actions import meeting as actions
from callflow.lifecycle import process
from callflow.web import documents
from callflow.web.asking import Form
from callflow.web.figures import DayField, WholeField, line
from callflow.web.jury import bp
from callflow.web.pages import page
from callflow.web.settling import SettleForm
from config import ROOT

Answer = Any
SHEET = ROOT / "templates" / "minutes" / "minutes.css"


class MeetingForm(Form):
    """A new meeting."""

    held_on = DayField(_l("Day of the meeting"))
    place = line(_l("Place"), longest=200)
    quorum = WholeField(_l("How many must be in the room for a project?"), limits={"least": 1, "most": 100})


@bp.get("/jury/meetings")
@requires(P.jury_meet)
def meetings() -> Answer:
    return _page(request.args.get("call"))


def _page(reference: str | None, *, settling: tuple[str, SettleForm] | None = None, **forms: Form) -> str:
    found = desk.meeting_page(actor(), reference)
    if found is None:
        return page("jury/no_meeting.html", entry="jury.panels")
    fresh = MeetingForm(formdata=None, held_on=clock.today(), quorum=max(1, -(-len(found.members) // 2)))
    state = Form(formdata=None)
    state.version.data = found.meeting.version if found.meeting else 0
    settle = _settling(found, settling)
    given = {"form": fresh, "presence": state, "ending": state, **forms}
    return page("jury/meeting.html", it=found, settle=settle, entry="jury.panels", **given)


def _settling(found: MeetingPage, typed: tuple[str, SettleForm] | None) -> dict[str, SettleForm]:
    """A form for each project; the one that came back in the place of its own."""
    forms = {}
    for each in found.agenda:
        ref = each.dossier.reference
        if typed and typed[0] == ref:
            forms[ref] = typed[1]
        else:
            forms[ref] = SettleForm(
                formdata=None, agreed=each.item.agreed, motivation=each.item.reason, remarks=each.item.note
            )
            _named(forms[ref], ref)
        forms[ref].shows(each.dossier.version, still=each.open)
    if typed and typed[0] not in forms:
        typed[1].gone()  # the meeting is over, or this project is no longer on its agenda
        forms[typed[0]] = typed[1]
    return forms


def _named(form: SettleForm, ref: str) -> SettleForm:
    """Each project has inputs of its own on the page."""
    for name in ("agreed", "motivation", "remarks"):
        form[name].id = f"{name}-{ref}"
    return form


def _line(reference: str) -> CallLine:
    found = [call for call in scope.calls_of(actor(), *WATCHING) if call.reference == reference]
    if not found or not found[0].procedure.meeting:
        raise NotFound
    return found[0]


@bp.post("/jury/calls/<reference>/meetings")
@requires(P.jury_meet)
def open_meeting(reference: str) -> Answer:
    form, line_of_call = MeetingForm(), _line(reference)
    target = url_for("jury.meetings", call=reference)
    if form.valid() and form.held_on.data is None:
        form.refuse("meeting_day_missing", field="held_on")
    if form.accepted:
        with form.refusals(), unit_of_work(form.once(target)):
            actions.open_meeting(
                actor(), db.session.get_one(Call, line_of_call.id), held_on=cast("date", form.held_on.data),
                place=str(form.place.data or ""), quorum=int(form.quorum.data or 0), refs=_ordered(),
            )  # fmt: skip
    if form.accepted:
        flash(_("The meeting is open. Note who sits there."), "well")
        return form.leads_to(target)
    return _page(reference, form=form), form.status


def _ordered() -> list[str]:
    """The projects that were ticked, in the order of the numbers beside them."""
    chosen = request.form.getlist("ref")[: desk.MOST]
    numbers = {ref: request.form.get(f"place-{ref}", type=int) for ref in chosen}
    return sorted(chosen, key=lambda ref: (numbers[ref] is None, numbers[ref] or 0, chosen.index(ref)))


@bp.post("/jury/calls/<reference>/meetings/<int(max=2147483647):meeting_id>/presence")
@requires(P.jury_meet)
def note_presence(reference: str, meeting_id: int) -> Answer:
    form, line_of_call = Form(), _line(reference)
    target = url_for("jury.meetings", call=reference)
    if form.valid():
        known = desk.members_of(line_of_call)
        present = [each for each in request.form.getlist("present", type=int) if each in known]
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, line_of_call.id)
            actions.note_presence(actor(), call, meeting_id, version=form.seen_version or 0, present=present)
    if form.accepted:
        flash(_("Noted who sits in the meeting."), "well")
        return form.leads_to(target)
    return _page(reference, presence=form), form.status


@bp.post("/jury/calls/<reference>/meetings/<int(max=2147483647):meeting_id>/items/<item>")
@requires(P.jury_meet)
def settle(reference: str, meeting_id: int, item: str) -> Answer:
    """Settle one project, by its reference; a second chair who settles it at once is told."""
    del meeting_id  # the step finds the open meeting; the number only makes the address readable
    form, _found = _named(SettleForm(), item), _line(reference)
    target = url_for("jury.meetings", call=reference, _anchor=f"item-{item}")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = dossiers.for_step(item, by=actor(), kind=Application, permission=P.jury_meet)
            seen = form.seen_version if form.seen_version is not None else -1
            process.take(found, "settle", actor=actor(), version=seen, values=form.values())
    if form.accepted:
        flash(_("Settled."), "well")
        return form.leads_to(target)
    return _page(reference, settling=(item, form)), form.status


@bp.post("/jury/calls/<reference>/meetings/<int(max=2147483647):meeting_id>/close")
@requires(P.jury_meet)
def close_meeting(reference: str, meeting_id: int) -> Answer:
    form, line_of_call = Form(), _line(reference)
    target = url_for("jury.meetings", call=reference)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, line_of_call.id)
            actions.close_meeting(
                actor(), call, meeting_id, version=form.seen_version or 0,
                write=lambda meeting: desk.minutes_of(actor(), call, meeting, line_of_call),
            )  # fmt: skip
    if form.accepted:
        flash(_("The meeting is closed and its minutes are fixed."), "well")
        return form.leads_to(target)
    return _page(reference, ending=form), form.status


@bp.route("/jury/meetings/<int(max=2147483647):meeting_id>/minutes", methods=documents.BOTH)
@requires(P.jury_meet)
def minutes(meeting_id: int) -> Answer:
    """The minutes as PDF, in the language of the page; English pages get the Dutch ones."""
    found = desk.closed_meeting(actor(), meeting_id)
    language = "fr" if i18n.language() == "fr" else "nl"
    with i18n.speaking(language):
        html = render_template(
            "minutes/minutes.html", it=found.minutes, digest=found.minutes_sha256, language=language
        )
        name = _("minutes %(day)s", day=formats.iso(found.held_on)).replace(" ", "-")
    title = _("Minutes of the jury, %(day)s", day=formats.day(found.held_on))
    return documents.given(html, sheet=SHEET, name=name, title=title, back=url_for("jury.meetings"))
