"""One change by hand on a selection board: what it would cost is shown before it is kept."""

from decimal import Decimal
from typing import Any

from flask import flash, request, url_for
from wtforms import HiddenField

from callflow.calls.fields.numbers import read_money
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import language
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.decisions import actions
from callflow.desk import board as desk
from callflow.desk import board_page as pages
from callflow.desk import kept
from callflow.desk.board_kept import KIND
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.board_words import current, number_of
from callflow.web.figures import text
from callflow.web.pages import page
from callflow.web.words import say

Answer = Any


class ChangeForm(Form):
    """One change and why, on the board with this number and version; ``lot`` and ``page`` say where in the
    lists it was asked for.
    """

    lot = HiddenField()
    page = HiddenField()
    number = HiddenField()
    dossier = HiddenField()
    choice = HiddenField()
    amount = HiddenField()
    reason = text(
        _l("Reason"), needed=_l("Write why: the body reads it beside the proposal."), longest=1000,
        description=_l("It stays in the history of the call and stands beside the project on this board."),
    )  # fmt: skip


@bp.get("/coordinator/calls/<reference>/board/change", endpoint="board_change")
@requires(P.dossier_decide)
def try_change(reference: str) -> str:
    """What a change would do; nothing is kept."""
    form = ChangeForm(formdata=None)
    typed = request.args.get("amount", "")[:40]
    reading = read_money({}, typed, language())
    flaw = "" if not reading.flaws else " ".join(say(each.code, each.parameters) for each in reading.flaws)
    amount = None if reading.flaws or reading.value is None else _cents(Decimal(reading.value))
    found = pages.change_page(
        actor(), reference, request.args.get("dossier", "")[:30], choice=request.args.get("choice", ""),
        amount=amount,
    )  # fmt: skip
    form.number.data, form.version.data = found.board.number, found.board.version
    form.lot.data, form.page.data = (request.args.get(name, "")[:40] for name in ("lot", "page"))
    form.dossier.data, form.choice.data = found.project.reference, found.choice
    form.amount.data = "" if amount is None else str(amount)
    return _shown(found, form, typed, flaw)


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _shown(found: pages.ChangePage, form: ChangeForm, typed: str, flaw: str = "") -> str:
    return page(
        "coordinator/board_change.html", it=found, form=form, typed=typed, flaw=flaw,
        entry="coordinator.decisions",
    )  # fmt: skip


def _place(reference: str, form: ChangeForm) -> str:
    """Where the project stands in its list; on the page where the change was asked for."""
    lot, number = str(form.lot.data or "")[:40], number_of(form.page.data)
    where: Answer = {"lot": lot, "page": number} if lot and number > 0 else {}
    return url_for("coordinator.board", reference=reference, _anchor=str(form.dossier.data)[:30], **where)


@bp.post("/coordinator/calls/<reference>/board/change")
@requires(P.dossier_decide)
def keep_change(reference: str) -> Answer:
    form = ChangeForm()
    target = _place(reference, form)
    ref, choice = str(form.dossier.data)[:30], str(form.choice.data)
    amount = (
        int(form.amount.data) if str(form.amount.data).isdecimal() and len(form.amount.data) < 13 else None
    )
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = desk.call_of(actor(), reference, lock=True)
            held = current(call.id, form.number.data, form.seen_version)
            found = pages.change_page(actor(), reference, ref, choice=choice, amount=amount, whole=True)
            if found.choice != choice:
                raise NotFound
            if found.effect.against:
                raise Refused(found.effect.against[0])
            wanted = {"ref": ref, "choice": choice, "amount": amount if choice == "selected" else None}
            actions.change_board(
                actor(), call, held, version=form.seen_version,
                change={**wanted, "reason": str(form.reason.data)},
            )  # fmt: skip
            kept.renew(KIND, actor(), call.id)
    if form.accepted:
        flash(_("The change is kept. Nothing is decided."), "well")
        return form.leads_to(target)
    found = pages.change_page(actor(), reference, ref, choice=choice, amount=amount)
    form.number.data, form.version.data = found.board.number, found.board.version
    return _shown(found, form, "" if amount is None else str(found.cost)), form.status
