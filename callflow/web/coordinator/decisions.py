"""Decisions: what is prepared, what the body decided, and the release by a second pair of eyes."""

from http import HTTPStatus
from typing import Any

from flask import flash, request, url_for
from markupsafe import Markup
from wtforms import BooleanField, HiddenField

from callflow.applications.models import Application
from callflow.calls import queries as calls
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.decisions import actions, queries
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.desk import decisions as desk
from callflow.desk import todo
from callflow.desk.decisions_kept import digest_of, renew
from callflow.dossiers import queries as dossiers
from callflow.letters import render
from callflow.lifecycle import decision as deciding
from callflow.lifecycle import letter as letters
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import DayField, line, text
from callflow.web.letter_screen import on_screen
from callflow.web.numbers import record_number
from callflow.web.pages import page
from callflow.web.todo import told
from callflow.web.words import say

Answer = Any


class ChosenForm(Form):
    """Decisions that were ticked, as the person saw them; ``shown`` are those of the page where there are
    others on another. ``every`` stands for all of them: then ``whole`` says what was there.
    """

    digest = HiddenField()
    shown = HiddenField()
    whole = HiddenField()
    every = BooleanField()


class ResolutionForm(ChosenForm):
    """What the body decided: which body, when, and the number in its minutes."""

    body = line(_l("Body that decided"), needed=_l("Fill in which body decided."))
    decided_on = DayField(_l("Day of the decision"))
    number = line(
        _l("Number in the minutes"),
        needed=_l("Fill in the number of the decision in the minutes."),
        longest=60,
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """The day is asked for together with all else."""
        good: bool = super().validate(*args, **kwargs)
        if self.decided_on.data is None and not self.decided_on.errors:
            self.decided_on.errors = [say("day_missing")]
        return good and not self.decided_on.errors


@bp.get("/coordinator/decisions")
@requires(P.scores_view)
def decisions() -> str:
    lots = desk.lots_of(actor())
    return page("coordinator/decisions.html", lots=lots, todo=told(todo.for_signatory(actor(), lots)))


@bp.get("/coordinator/calls/<reference>/decisions/<lot>")
@requires(P.scores_view)
def decisions_of_lot(reference: str, lot: str) -> str:
    return _page(reference, lot)


def _page(reference: str, lot: str, **forms: Any) -> str:
    asked = {state: request.args.get(state.value, 1, type=record_number) for state in DecisionState}
    waiting = request.args.get("waiting", 1, type=record_number)
    found = desk.decisions_page(actor(), reference, lot, asked, waiting)
    resolution = forms.get("resolution") or ResolutionForm(formdata=None)
    release = forms.get("release") or ChosenForm(formdata=None)
    if resolution.body.data is None:
        resolution.body.data = said(found.lot.authority.body, found.lot.authority.language)
    for form, leaf in ((resolution, found.prepared), (release, found.decided)):
        form.digest.data, form.shown.data, form.whole.data = leaf.digest, leaf.shown, leaf.whole
    chosen = set(request.form.getlist("id", type=record_number))
    return page(
        "coordinator/decisions_of_lot.html", it=found, resolution=resolution, release=release, chosen=chosen,
        entry="coordinator.decisions",
    )  # fmt: skip


def _chosen(lot_id: int, state: DecisionState, form: ChosenForm) -> list[Decision]:
    """The ticked decisions, or all of them, locked; Changed when one of what the person saw is not as it
    was: what they saw is this page, or all there is where it has no other.
    """
    found = queries.of_lot(lot_id, by=actor(), states=[state], lock=True)
    shown, chosen = set(str(form.shown.data or "").split()), set(request.form.getlist("id"))
    seen = [each for each in found if not shown or form.every.data or str(each.id) in shown]
    if digest_of(seen) != (form.whole.data if form.every.data else form.digest.data):
        raise Changed("decisions_changed")
    return [each for each in seen if form.every.data or str(each.id) in chosen]


def _renewed(form: ChosenForm, reference: str, lot: str) -> None:
    """Who was told that decisions changed meanwhile sees them at once, also where they are kept."""
    if form.status == HTTPStatus.CONFLICT:
        with unit_of_work():
            renew(actor(), desk.lot_of(actor(), reference, lot).call_id)


@bp.post("/coordinator/calls/<reference>/decisions/<lot>/resolution")
@requires(P.decision_record)
def record_resolution(reference: str, lot: str) -> Answer:
    form = ResolutionForm()
    target = url_for("coordinator.decisions_of_lot", reference=reference, lot=lot)
    done = 0
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = desk.lot_of(actor(), reference, lot, lock=True)
            chosen = _chosen(found.id, DecisionState.prepared, form)
            if form.decided_on.data is None:
                raise Refused("day_missing", field="decided_on")
            deciding.decide(
                actor(), found, chosen, body=str(form.body.data), decided_on=form.decided_on.data,
                number=str(form.number.data),
            )  # fmt: skip
            renew(actor(), found.call_id)
            done = len(chosen)
    if form.accepted:
        if done:
            flash(ngettext("%(num)d decision is noted.", "%(num)d decisions are noted.", done), "well")
        return form.leads_to(target)
    _renewed(form, reference, lot)
    return _page(reference, lot, resolution=form), form.status


@bp.post("/coordinator/calls/<reference>/decisions/<lot>/release")
@requires(P.decision_release)
def release(reference: str, lot: str) -> Answer:
    """Tell all the groups at once; nothing leaves when one letter is not ready."""
    form = ChosenForm()
    target = url_for("coordinator.decisions_of_lot", reference=reference, lot=lot)
    done = 0
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = desk.lot_of(actor(), reference, lot, lock=True)
            chosen = _chosen(found.id, DecisionState.decided, form)
            tied = deciding.tied_in(queries.of_lot(found.id, by=actor()))
            if form.every.data:
                chosen = desk.ready_among(actor(), chosen, tied)
            if not chosen:
                raise Refused("nothing_to_release")
            deciding.release(actor(), chosen, tied=tied)
            renew(actor(), found.call_id)
            done = len(chosen)
    if form.accepted:
        if done:
            flash(ngettext("%(num)d letter is released.", "%(num)d letters are released.", done), "well")
        return form.leads_to(target)
    _renewed(form, reference, lot)
    return _page(reference, lot, release=form), form.status


@bp.get("/coordinator/dossiers/<ref>/letter")
@requires(P.scores_view)
def letter(ref: str) -> str:
    """The letter as its release would write it, or what still keeps it back."""
    found = dossiers.seen(ref, by=actor(), kind=Application, permission=P.scores_view)
    decision = queries.of_dossier(found.id)
    if decision is None or decision.state is DecisionState.released:
        raise NotFound
    missing = letters.obstacles(found, decision)
    body = Markup() if missing else on_screen(render.as_html(letters.preview(found, decision)))
    return page(
        "coordinator/letter.html", dossier=found, decision=decision, missing=missing, body=body,
        entry="coordinator.decisions",
    )  # fmt: skip


class ReasonsForm(Form):
    """The words of a letter: the reasons per criterion stand beside it in the page. The day is asked for an
    offer.
    """

    answer_by = DayField(
        _l("The group answers by"),
        description=_l("Without an answer by this day the offer lapses by itself."),
    )
    motivation = text(_l("Words of the decision, beside the reasons per criterion"), longest=4000)


@bp.get("/coordinator/dossiers/<ref>/reasons")
@requires(P.dossier_decide)
def reasons(ref: str) -> str:
    return _reasons_page(ref, ReasonsForm(formdata=None))


@bp.post("/coordinator/dossiers/<ref>/reasons")
@requires(P.dossier_decide)
def save_reasons(ref: str) -> Answer:
    form = ReasonsForm()
    target = url_for("coordinator.dossier", ref=ref, _anchor="decision")
    typed = {name.removeprefix("reason-"): words for name, words in request.form.items() if "reason-" in name}
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            decision = queries.of_dossier(found.id)
            if decision is None:
                raise Refused("reasons_over")
            if form.seen_version != found.version:
                raise Changed("dossier_changed")
            if any(len(words) > 4000 for words in typed.values()):
                raise Refused("reason_long", limit=4000)
            if decision.answer_by and form.answer_by.data is None:
                raise Refused("answer_day_missing", field="answer_by")
            actions.revise(
                actor(), found, decision, texts=typed, motivation=str(form.motivation.data or ""),
                answer_by=form.answer_by.data,
            )  # fmt: skip
    if form.accepted:
        flash(str(_l("The reasons are saved.")), "well")
        return form.leads_to(target)
    return _reasons_page(ref, form, typed), form.status


def _reasons_page(ref: str, form: ReasonsForm, typed: dict[str, str] | None = None) -> str:
    found = dossiers.seen(ref, by=actor(), kind=Application, permission=P.scores_view)
    decision = queries.of_dossier(found.id)
    if decision is None and not form.is_submitted():
        raise NotFound
    if decision is None:
        call = calls.whole(found.call.reference)
        titles = {each.key: said(each.title, i18n.language()) for each in (call.criteria if call else ())}
        form.gone(*((titles.get(key, key), words) for key, words in (typed or {}).items()))
    elif not form.is_submitted():
        form.motivation.data, form.answer_by.data = decision.motivation, decision.answer_by
    form.version.data = found.version
    return page(
        "coordinator/reasons.html", dossier=found, decision=decision, form=form, typed=typed or {},
        entry="coordinator.decisions",
    )  # fmt: skip
