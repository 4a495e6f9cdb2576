"""The score sheet beside the application: saved by itself, handed in, taken back; standing aside."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, jsonify, redirect, request, url_for

from callflow.applications.models import Application
from callflow.calls.models import Criterion
from callflow.calls.procedure import Procedure
from callflow.core import clock, formats, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import pile
from callflow.dossiers import queries as dossiers
from callflow.jury import actions
from callflow.jury import queries as jury
from callflow.jury.rules import Gap, Given, gaps
from callflow.web import ui
from callflow.web.asking import Form, Problem
from callflow.web.figures import plain, text
from callflow.web.jury import bp
from callflow.web.pages import page
from callflow.web.words import say

Answer = Any
NOT_APPLICABLE = "na"


class AsideForm(Form):
    """Standing aside: for a conflict of interest, or without one."""

    reason = text(_l("What is the conflict?"), longest=400)
    abstain_reason = text(_l("Why do you abstain?"), longest=400)


@bp.get("/jury/dossiers/<ref>")
@requires(P.jury_score)
def score(ref: str) -> Answer:
    try:
        found = pile.score_page(ref, by=actor(), language=i18n.language())
    except NotFound as missing:
        if missing.code != "declaration_first":
            raise
        return redirect(url_for("jury.home"), 303)
    form = Form(formdata=None)
    form.version.data = found.version
    return _page(found, form)


def _page(
    found: pile.ScorePage, form: Form, *, given: Mapping[str, Given] | None = None, aside: Form | None = None
) -> str:
    aside = aside or AsideForm(formdata=None)
    aside.version.data = found.version
    levels = {each.key: [said(level, i18n.language()) for level in each.levels] for each in found.criteria}
    return page(
        "jury/score.html", it=found, form=form, levels=levels, given=found.given if given is None else given,
        wrong={problem.field: say(problem.code, problem.parameters) for problem in form.problems},
        aside=aside, sofar=_so_far(found.percent, found.given, found.criteria), entry="jury.home",
        who_reads=_who_reads(found),
    )  # fmt: skip


def _who_reads(found: pile.ScorePage) -> str:
    """What a juror must know before writing: whom the words and figures reach."""
    if Procedure.of(found.dossier.call.procedure).own_scores:
        return _(
            "The group reads the scores and reasons after the decision, without names. The other jurors read "
            "them at the meeting."
        )
    return _(
        "The group reads your reasons after the decision, without your name. The other jurors read them at "
        "the meeting."
    )


def _so_far(percent: float | None, given: Mapping[str, Given], criteria: Sequence[Criterion]) -> str:
    """What the sheet comes to, in words."""
    if percent is None:
        return _("No criterion has a score yet.")
    done = sum(1 for each in given.values() if each.settled)
    figures = {"percent": formats.percent(percent), "done": done, "of": len(criteria)}
    return _("So far %(percent)s, with %(done)d of %(of)d criteria.", **figures)


def _typed(criteria: Sequence[Criterion]) -> dict[str, Given]:
    """What the page sent for each criterion; a figure that is none counts as off the scale."""
    sent = {}
    for criterion in criteria:
        figure, reason = request.form.get(criterion.key), request.form.get(f"{criterion.key}-reason")
        if figure is None and reason is None:
            continue
        sent[criterion.key] = Given(_figure(figure), figure == NOT_APPLICABLE, plain(reason or ""))
    return sent


def _figure(typed: str | None) -> Decimal | None:
    if not typed or typed == NOT_APPLICABLE:
        return None
    try:
        value = Decimal(typed)
    except InvalidOperation:
        return Decimal(-1)
    return value if value.is_finite() else Decimal(-1)


def _do(form: Form, ref: str, target: str, action: Callable[[Application], None]) -> None:
    """One action on the dossier, locked, by a juror who signed the declaration."""
    with form.refusals(), unit_of_work(form.once(target)):
        action(_sworn(ref))


def _sworn(ref: str) -> Application:
    """The dossier, locked for its juror who signed the declaration; for anybody else there is none."""
    found = dossiers.for_step(ref, by=actor(), kind=Application, permission=P.jury_score)
    if found.call_id not in jury.declared_for(actor()):
        raise NotFound("declaration_first")
    return found


@bp.post("/jury/dossiers/<ref>/scores")
@requires(P.jury_score)
def save(ref: str) -> Answer:
    """Save, and hand in when that button was pressed; what is missing comes back with all that was typed."""
    form = Form()
    before = pile.score_page(ref, by=actor(), language=i18n.language())
    given, handing_in = _typed(before.criteria), request.form.get("do") == "hand_in"
    here = url_for("jury.score", ref=ref)
    version = form.seen_version or 0
    if form.valid():
        _do(form, ref, here, lambda found: _save(found, version, given))
    if form.accepted and handing_in and form.repeated is None:
        _hand_in(form, ref)
    if not form.accepted:
        again = pile.score_page(ref, by=actor(), language=i18n.language())
        form.version.data = again.version
        return _page(again, form, given={**again.given, **given}), form.status
    if not handing_in:
        flash(_("Your scores are saved. They count once you hand them in."), "well")
        return form.leads_to(here)
    flash(_("You handed in your scores for %(title)s.", title=before.dossier.title), "well")
    following = pile.next_open(actor(), before.dossier.call_id)
    return form.leads_to(url_for("jury.score", ref=following) if following else url_for("jury.home"))


def _save(found: Application, version: int, given: Mapping[str, Given]) -> None:
    actions.save_scores(actor(), found, version=version, given=given)


def _hand_in(form: Form, ref: str) -> None:
    """After the saving, in a unit of work of its own: what is missing takes back nothing that was typed."""
    missing: list[Gap] = []
    with form.refusals(), unit_of_work():
        found = dossiers.for_step(ref, by=actor(), kind=Application)
        sheet = jury.sheet_of(actor(), found)
        criteria = jury.criteria_of(found.call_id)
        missing = gaps(criteria, jury.given_on(sheet, criteria)) if sheet else []
        actions.hand_in(actor(), found, version=sheet.version if sheet else 0)
    if missing and not form.accepted:
        form.problems = [
            Problem("words", {"words": _lacking(each, criteria)}, each.criterion) for each in missing
        ]


def _lacking(gap: Gap, criteria: Sequence[Criterion]) -> str:
    """Which criterion lacks what: the action stops at the first, the page names them all."""
    title = next(said(each.title, i18n.language()) for each in criteria if each.key == gap.criterion)
    return f"{title}{ui.colon()} {say(gap.code)}"


@bp.post("/jury/dossiers/<ref>/autosave")
@requires(P.jury_score)
def autosave(ref: str) -> Answer:
    """Save by itself what a script sends while somebody scores: JSON out, no page."""
    form = Form()
    if not form.validate():
        return jsonify(message=say("form_expired")), 400
    try:
        with unit_of_work():
            found = _sworn(ref)
            criteria = jury.criteria_of(found.call_id)
            sheet = actions.save_scores(
                actor(), found, version=form.seen_version or 0, given=_typed(criteria)
            )  # fmt: skip
            version, given = sheet.version, jury.given_on(sheet, criteria)
            percent = pile.percent_of(criteria, given, scale_max=found.call.scale_max)
            sofar = _so_far(percent, given, criteria)
    except (Refused, Changed) as refused:
        return jsonify(message=say(refused.code, refused.parameters)), refused.status
    message = _("Saved at %(hour)s", hour=formats.hour(clock.now()))
    return jsonify(message=message, version=version, sofar=sofar)


@bp.post("/jury/dossiers/<ref>/take-back")
@requires(P.jury_score)
def take_back(ref: str) -> Answer:
    form = Form()
    here = url_for("jury.score", ref=ref)
    if form.valid():
        _do(form, ref, here, lambda found: _ignore(actions.take_back(actor(), found)))
    if form.accepted:
        flash(_("Your scores are open again. Hand them in when you are ready."), "well")
        return form.leads_to(here)
    return _page(pile.score_page(ref, by=actor(), language=i18n.language()), form), form.status


@bp.post("/jury/dossiers/<ref>/aside")
@requires(P.jury_score)
def stand_aside(ref: str) -> Answer:
    """A conflict hides the dossier from now on; an abstention leaves it on the pile, without scores."""
    form, empty = AsideForm(), Form(formdata=None)
    conflict = request.form.get("do") == "conflict"
    target = url_for("jury.home")
    if form.valid():
        _do(form, ref, target, lambda found: _aside(found, form, conflict=conflict))
    if form.accepted:
        told = _("You stand aside. You will not see this application any more.")
        flash(told if conflict else _("You abstained from this application."), "well")
        return form.leads_to(target)
    found = pile.score_page(ref, by=actor(), language=i18n.language())
    empty.version.data = found.version
    empty.problems = form.problems
    return _page(found, empty, aside=form), form.status


def _aside(found: Application, form: AsideForm, *, conflict: bool) -> None:
    if conflict:
        actions.declare_conflict(actor(), found, reason=str(form.reason.data or ""))
    else:
        reason = str(form.abstain_reason.data or "")
        actions.abstain(actor(), found, version=form.seen_version or 0, reason=reason)


def _ignore(_made: Any) -> None:
    """An action whose result the page does not need."""
