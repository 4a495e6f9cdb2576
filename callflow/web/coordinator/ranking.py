"""The ranking of a lot, and what the plain rule proposes prepared for all in one go."""

from typing import Any

from flask import flash, request, url_for
from wtforms import HiddenField

from callflow.core.db import unit_of_work
from callflow.core.errors import Changed, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.core.permissions import P
from callflow.decisions.selection import Outcome, Rule, TooManyWays
from callflow.desk import decisions_kept
from callflow.desk.ranking import Ranked, Ranking, ranking
from callflow.desk.ranking_page import ranking_page, renew
from callflow.lifecycle import values
from callflow.lifecycle.bulk import Result, take_each
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import DayField
from callflow.web.pages import page, page_asked

Answer = Any


class PrepareForm(Form):
    """The proposal that the person saw, and until when places on the reserve list hold."""

    rule = HiddenField()
    digest = HiddenField()
    valid_until = DayField(_l("Places on the reserve list hold until"))


@bp.get("/coordinator/calls/<reference>/ranking/<lot>", endpoint="ranking")
@requires(P.scores_view)
def show(reference: str, lot: str) -> str:
    return _page(reference, lot, PrepareForm(formdata=None))


@bp.post("/coordinator/calls/<reference>/ranking/<lot>")
@requires(P.dossier_decide)
def prepare_all(reference: str, lot: str) -> Answer:
    form = PrepareForm()
    target = url_for("coordinator.decisions_of_lot", reference=reference, lot=lot)
    results: list[Result] = []
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = _now(reference, lot, _rule(form.rule.data))
            if found.digest != form.digest.data:
                raise Changed("ranking_changed")
            results = _prepare(found, form)
            renew(actor(), found.call.id, found.rule)
            decisions_kept.renew(actor(), found.call.id)
    if form.accepted and results and all(result.done for result in results):
        done = len(results)
        flash(ngettext("%(num)d decision is prepared.", "%(num)d decisions are prepared.", done), "well")
    if form.accepted and all(result.done for result in results):
        return form.leads_to(target)
    return _page(reference, lot, form, results), 422 if results else form.status


def _now(reference: str, lot: str, rule: Rule) -> Ranking:
    try:
        return ranking(actor(), reference, lot, rule=rule)
    except TooManyWays:
        raise Refused("too_many_ways") from None


def _rule(word: Any) -> Rule:
    return Rule(word) if word in Rule.__members__ else Rule.stop


def _page(reference: str, lot: str, form: PrepareForm, results: list[Result] | None = None) -> str:
    rule = _rule(request.values.get("rule"))
    number = page_asked() if "page" in request.args else None
    try:
        found = ranking_page(actor(), reference, lot, rule=rule, page=number)
    except TooManyWays:
        raise Refused("too_many_ways") from None
    form.rule.data, form.digest.data = rule.value, found.figures.digest if found.figures else ""
    return page(
        "coordinator/ranking.html", it=found, form=form, rules=[(each.value, each) for each in Rule],
        results=results or [], entry="coordinator.decisions",
    )  # fmt: skip


def _prepare(found: Ranking, form: PrepareForm) -> list[Result]:
    """Prepare what the rule says of every project that nothing is prepared for yet; ties are left open."""
    open_lines = [line for line in found.lines if line.open]
    reserve = found.call.procedure.get("reserve", True)
    reserved = [line for line in open_lines if line.outcome is Outcome.reserve] if reserve else []
    selected = [line for line in open_lines if line.outcome is Outcome.selected]
    kept = {line.reference for line in (*reserved, *selected)}
    declined = [
        line for line in open_lines if line.outcome is not Outcome.undecided and line.reference not in kept
    ]
    if not (reserved or selected or declined):
        raise Refused("nothing_to_prepare")
    if reserved and form.valid_until.data is None:
        raise Refused("valid_until_missing", field="valid_until")
    return [
        *_take("select", selected, {line.reference: _granted(line, found) for line in selected}),
        *_take("reserve", reserved, _places(reserved, found, form.valid_until.data)),
        *_take("decline", declined, {line.reference: values.Declining() for line in declined}),
    ]


def _take(trigger: str, lines: list[Ranked], given: dict[str, Any]) -> list[Result]:
    versions = {line.reference: line.version for line in lines}
    return take_each(
        list(versions), trigger, actor=actor(), values=given, versions=versions, money=trigger != "decline"
    )


def _granted(line: Ranked, found: Ranking) -> values.Selecting:
    return values.Selecting(line.cost if found.in_money else None, found.lot.coaching_days_each)


def _places(lines: list[Ranked], found: Ranking, until: Any) -> dict[str, values.Reserving]:
    """Places on the reserve list after those that are prepared already; equals share one."""
    taken = sum(1 for line in found.lines if line.state.value == "reserve")
    order = [line.place for line in lines]
    return {
        line.reference: values.Reserving(taken + order.index(line.place) + 1, until)
        for line in lines
    }  # fmt: skip
