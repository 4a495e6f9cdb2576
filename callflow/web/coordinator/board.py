"""The selection board of a call: worked out, changed by hand, prepared for all in one go."""

from collections import Counter
from decimal import Decimal
from typing import Any

from flask import flash, redirect, request, url_for
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields import SelectChoice

from callflow.core.db import unit_of_work
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.core.permissions import P
from callflow.decisions import actions, changing, queries
from callflow.decisions.board import Asked, Table, digest, work_out
from callflow.decisions.models import Board
from callflow.decisions.portfolio import Contradiction, Unsolved
from callflow.decisions.selection import TooManyWays
from callflow.decisions.states import Method
from callflow.desk import board as desk
from callflow.desk import board_page as pages
from callflow.desk import decisions_kept, kept
from callflow.desk.board_kept import KIND
from callflow.lifecycle import selecting
from callflow.lifecycle.boards import same_again
from callflow.lifecycle.bulk import Result
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.board_words import current, demands, number_of
from callflow.web.figures import DayField, WholeField
from callflow.web.pages import page, page_asked
from callflow.web.staff_words import KINDS

Answer = Any


class WorkForm(Form):
    """How the board is to be worked out; ``seen`` is the number of the board that the person looked at."""

    seen = HiddenField()
    method = SelectField(
        _l("Rule"), choices=[SelectChoice(each.value, KINDS[f"rule_{each.value}"]) for each in Method]
    )
    minimum = WholeField(
        _l("Minimum score in percent, if above the threshold"), limits={"minimum": "0", "maximum": "100"}
    )
    keep = BooleanField(_l("Keep what was changed by hand"))


class ApplyForm(Form):
    """The board that the person saw, and until when places on the reserve list hold."""

    number = HiddenField()
    valid_until = DayField(_l("Places on the reserve list hold until"))


@bp.get("/coordinator/calls/<reference>/board", endpoint="board")
@requires(P.scores_view)
def show(reference: str) -> str:
    return _page(reference)


def _page(reference: str, *, results: list[Result] | None = None, **forms: Any) -> str:
    found = pages.page_of(actor(), reference, _wanted())
    work = forms.get("work") or WorkForm(formdata=None)
    apply = forms.get("apply") or ApplyForm(formdata=None)
    work.seen.data = apply.number.data = found.number
    if found.board:
        apply.version.data = found.board.version
        if not work.is_submitted():
            work.method.data, work.keep.data = found.board.method.value, bool(found.board.changes)
    elif not work.is_submitted():
        work.method.data = (
            Method.best.value
            if found.call.quotas or any(lot.joint for lot in found.lots)
            else Method.stop.value
        )
    return page(
        "coordinator/board.html", it=found, work=work, apply=apply,
        results=results or [], entry="coordinator.decisions",
    )  # fmt: skip


def _wanted() -> pages.Wanted:
    """What the address asks for; anything that makes no sense asks for nothing."""
    view = request.args.get("show", "")
    return pages.Wanted(request.args.get("lot", "")[:40], page_asked(), view if view in pages.VIEWS else "")


@bp.post("/coordinator/calls/<reference>/board/again")
@requires(P.scores_view)
def board_again(reference: str) -> Answer:
    """Work out the newest board once more from what went in, and say whether it comes out the same: nothing
    is written.
    """
    call = desk.call_of(actor(), reference)
    desk.refuse_conflict(actor(), call)
    held = queries.newest_board(call.id)
    if held is None:
        raise NotFound
    if same_again(held):
        flash(_("Worked out once more just now: the same result."), "well")
    else:
        flash(
            _("Worked out once more just now: another result. Tell whoever looks after this site."), "stops"
        )
    return redirect(url_for("coordinator.board", reference=reference, _anchor="prepare"), 303)


@bp.post("/coordinator/calls/<reference>/board")
@requires(P.dossier_decide)
def work_out_board(reference: str) -> Answer:
    form = WorkForm()
    target = url_for("coordinator.board", reference=reference)
    if form.valid():
        now = desk.live(actor(), reference)
        with form.refusals():
            held = queries.newest_board(now.call.id)
            changes = list(held.changes) if held and form.keep.data else []
            asked = _asked(form, changes)
            outcome = _worked_out(now, asked)
            with unit_of_work(form.once(target)):
                fresh = desk.live(actor(), reference, lock=True)
                if digest(fresh.table, asked) != digest(now.table, asked):
                    raise Changed("ranking_changed")
                actions.keep_board(
                    actor(), fresh.call, asked=asked, table=fresh.table, outcome=outcome,
                    seen=number_of(form.seen.data), changes=changes,
                )  # fmt: skip
                kept.renew(KIND, actor(), fresh.call.id)
    if form.accepted:
        return form.leads_to(target)
    return _page(reference, work=form), form.status


def _asked(form: WorkForm, changes: list[dict[str, Any]]) -> Asked:
    """The board takes part in what people chose: it works out the rest around it."""
    said_of = {each["ref"]: each for each in changes}
    return Asked(
        Method(form.method.data), int(Decimal(form.minimum.data or 0)) * 10_000,
        tuple(sorted(ref for ref, each in said_of.items() if each["choice"] == "selected")),
        tuple(sorted(ref for ref, each in said_of.items() if each["choice"] != "selected")),
        {ref: each["amount"] for ref, each in sorted(said_of.items()) if each["amount"] is not None},
    )  # fmt: skip


def _worked_out(now: desk.Live, asked: Asked) -> dict[str, Any]:
    """Outside any transaction: it can take a while. Raises Refused with what stands in the way, in words."""
    try:
        return work_out(now.table, asked)
    except Contradiction as contradiction:
        raise Refused("board_contradiction", demands=demands(now, contradiction)) from None
    except (TooManyWays, Unsolved):
        raise Refused("too_many_ways") from None


@bp.post("/coordinator/calls/<reference>/board/prepare")
@requires(P.dossier_decide)
def prepare_board(reference: str) -> Answer:
    """Prepare what the board says; refused when scores or money are not those it was worked out from."""
    form = ApplyForm()
    target = url_for("coordinator.board", reference=reference)
    results: list[Result] = []
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            now = desk.live(actor(), reference, lock=True)
            held = current(now.call.id, form.number.data, form.seen_version)
            if held.applied_at is not None:
                raise Refused("board_over")
            if changing.differences(Table.of(held.table), now.table):
                raise Changed("board_stale")
            results = _prepared(now, held, form)
            done = sum(result.done for result in results)
            if done:  # where nothing could be prepared the board waits as it is
                call = desk.call_of(actor(), reference)  # the steps loaded it anew, without its trail
                actions.note_applied(actor(), call, held, done=done, refused=len(results) - done)
                kept.renew(KIND, actor(), call.id)
                decisions_kept.renew(actor(), call.id)
    if form.accepted and all(result.done for result in results):
        done = len(results)
        if done:
            flash(ngettext("%(num)d decision is prepared.", "%(num)d decisions are prepared.", done), "well")
        return form.leads_to(target)
    return _page(reference, apply=form, results=results), 422 if results else form.status


def _prepared(now: desk.Live, held: Board, form: ApplyForm) -> list[Result]:
    stands = changing.stands(now.table, held.outcome, held.changes)
    reserves = now.call.procedure.get("reserve", True)
    waits = any(each.line.open and each.outcome == "reserve" for each in stands.values())
    if reserves and waits and form.valid_until.data is None:
        raise Refused("valid_until_missing", field="valid_until")
    places = {line.ref: place for place, line in desk.places(now.table)}
    taken = Counter(line.lot for line in now.table.lines if line.state == "reserve")
    return selecting.prepare(
        actor(), now.table, stands.values(), places=places, taken=taken,
        versions={ref: project.version for ref, project in now.projects.items()},
        reserve_until=form.valid_until.data if reserves else None,
    )  # fmt: skip
