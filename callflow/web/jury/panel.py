"""The jury at work, for coordinator and chair: progress, what counts, habits, and how firm the order is."""

from typing import Any

from flask import flash, request, url_for
from wtforms import RadioField, SelectChoice

from callflow.calls.models import Call
from callflow.calls.states import Counting
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk import panel as desk
from callflow.desk import scope, todo
from callflow.desk.panel import Panel
from callflow.desk.scope import CallLine
from callflow.jury import actions
from callflow.web.asking import Form
from callflow.web.jury import bp
from callflow.web.pages import page
from callflow.web.todo import told
from callflow.web.words import say

Answer = Any


class CountingForm(Form):
    """What the scores add up to."""

    counting = RadioField(_l("What do the scores add up to?"))

    def offer(self) -> "CountingForm":
        """Every way of counting, with a line on each."""
        self.counting.choices = [
            SelectChoice(each.value, f"{say(f'counting_{each.value}')}. {say(f'why_counting_{each.value}')}")
            for each in Counting
        ]
        return self


@bp.get("/jury/panels")
@requires(P.jury_panel)
def panels() -> Answer:
    return _page(request.args.get("call"), request.args.get("page", 1, type=int))


def _page(reference: str | None, number: int = 1, **forms: Form) -> str:
    found = desk.panel(actor(), reference, number)
    if found is None:
        return page("jury/no_panel.html", entry="jury.panels")
    chosen = CountingForm(formdata=None, counting=found.count.counting.value).offer()
    habits = Form(formdata=None)
    habits.version.data = found.count.frozen.version if found.count.frozen else 0
    given = {"counting": chosen, "habits": habits, "reminder": Form(formdata=None), **forms}
    waiting = told(todo.for_chair(actor(), found))
    return page("jury/panel.html", it=found, todo=waiting, ends=_ends(found), entry="jury.panels", **given)


def _ends(found: Panel) -> dict[str, tuple[float, float]]:
    """From where to where the charts run: both intervals of jurors and of projects fit."""
    members = [each for member in found.members for each in (member.offset, member.low, member.high)]
    wide = max((abs(each) for each in members if each is not None), default=1.0) or 1.0
    return {"members": (-wide, wide), "projects": found.figures.reach}


def _line(reference: str) -> CallLine:
    found = [call for call in scope.calls_of(actor(), *desk.WATCHING) if call.reference == reference]
    if not found:
        raise NotFound
    return found[0]


@bp.post("/jury/calls/<reference>/counting")
@requires(P.jury_close)
def choose_counting(reference: str) -> Answer:
    form, line = CountingForm().offer(), _line(reference)
    target = url_for("jury.panels", call=reference)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, line.id)
            actions.choose_counting(actor(), call, counting=Counting(form.counting.data))
    if form.accepted:
        flash(_("Noted what the scores add up to. It stands once a score sheet is handed in."), "well")
        return form.leads_to(target)
    return _page(reference, counting=form), form.status


@bp.post("/jury/calls/<reference>/habits")
@requires(P.jury_close)
def freeze_habits(reference: str) -> Answer:
    form, line = Form(), _line(reference)
    target = url_for("jury.panels", call=reference)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, line.id)
            actions.freeze_habits(actor(), call, version=form.seen_version or 0)
    if form.accepted:
        flash(_("The habits are frozen and the totals written."), "well")
        return form.leads_to(target)
    return _page(reference, habits=form), form.status


@bp.post("/jury/calls/<reference>/reminders")
@requires(P.jury_panel)
def remind(reference: str) -> Answer:
    form, line = Form(), _line(reference)
    target = url_for("jury.panels", call=reference)
    chosen = request.form.getlist("juror", type=int)
    names: list[str] = []
    if not chosen:
        form.refuse("nobody_ticked")
    if not form.problems and form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, line.id)
            names = actions.remind(actor(), call, juror_ids=chosen, where=line.title)
    if form.accepted:
        if not form.repeated:
            flash(_("A reminder goes to %(names)s.", names=", ".join(names)), "well")
        return form.leads_to(target)
    return _page(reference, reminder=form), form.status
