"""Messages for coordinators: those of a dossier, what waits for our answer, who of us gives it."""

from typing import Any

from flask import Response, flash, request, url_for

from callflow.applications.models import Application
from callflow.core.actor import Role
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk import scope
from callflow.messages import actions, queries
from callflow.messages.states import Settled, Side
from callflow.people import queries as people
from callflow.web import messaging
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.numbers import record_number
from callflow.web.pages import page, page_asked

SIZE = 50


def _beside(dossier: Application) -> dict[str, Any]:
    """Who of us can answer, and the forms of the office."""
    found = people.with_role(Role.coordinator, call_id=dossier.call_id, lot_id=dossier.lot_id)
    return {
        "colleagues": [(each.id, each.name) for each in found],
        "office_form": Form(formdata=None), "settle_form": Form(formdata=None),
    }  # fmt: skip


PLACE = messaging.Place(
    Side.office, "coordinator", "coordinator.dossiers", _l("Dossiers"), "coordinator.dossier", _beside
)


@bp.get("/coordinator/messages")
@requires(P.message_office)
def waiting() -> str:
    """What waits for our answer, the oldest first: mine and nobody's, or everybody's."""
    calls = scope.calls_of(actor(), Role.coordinator)
    call, everybody = scope.chosen(calls, request.args.get("call")), request.args.get("whose") == "all"
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.home")
    mine, total = (queries.waiting_count(actor(), call.id, mine=each) for each in (True, False))
    number = total if everybody else mine
    last = max(1, -(-number // SIZE))
    at = min(page_asked(), last)
    found = queries.waiting(
        actor(), call.id, mine=not everybody, most=SIZE, start=(at - 1) * SIZE
    )  # fmt: skip
    lists = [
        {"words": words, "count": count, "current": everybody is every,
         "address": url_for("coordinator.waiting", call=call.reference, whose="all" if every else None)}
        for words, count, every in ((_("Mine or nobody’s"), mine, False), (_("Everybody’s"), total, True))
    ]  # fmt: skip
    return page(
        "coordinator/messages.html", calls=calls, call=call, lists=lists, waiting=found, number=at, last=last,
        total=number, entry="coordinator.home",
    )  # fmt: skip


@bp.get("/coordinator/dossiers/<ref>/messages")
@requires(P.message_office)
def messages(ref: str) -> str:
    return messaging.list_page(PLACE, ref)


@bp.post("/coordinator/dossiers/<ref>/messages")
@requires(P.message_office)
def begin_thread(ref: str) -> Any:
    return messaging.begin_thread(PLACE, ref)


@bp.get("/coordinator/dossiers/<ref>/messages/<key>")
@requires(P.message_office)
def thread(ref: str, key: str) -> str:
    return messaging.thread_page(PLACE, ref, key)


@bp.post("/coordinator/dossiers/<ref>/messages/<key>")
@requires(P.message_office)
def answer(ref: str, key: str) -> Any:
    return messaging.answer(PLACE, ref, key)


@bp.get("/coordinator/dossiers/<ref>/messages/<key>/files/<int(max=2147483647):number>")
@requires(P.message_office)
def message_file(ref: str, key: str, number: int) -> Response:
    return messaging.message_file(PLACE, ref, key, number)


@bp.post("/coordinator/dossiers/<ref>/messages/<key>/read")
@requires(P.message_office)
def read_thread(ref: str, key: str) -> Any:
    return messaging.read_thread(PLACE, ref, key)


@bp.post("/coordinator/dossiers/<ref>/messages/<key>/settled/<how>")
@requires(P.message_office)
def settle(ref: str, key: str, how: str) -> Any:
    """It waits no more without an answer here; ``seen`` is the last message that the page showed."""
    if how not in Settled.__members__:
        raise NotFound
    form, target = Form(), PLACE.address("thread", ref, key)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found, thread = messaging.loaded(PLACE, ref, key)
            seen = messaging.message_number(request.form.get("seen"))
            actions.settle(actor(), found, thread, how=Settled(how), seen=seen)
    if form.accepted:
        flash(_("It no longer waits for an answer."), "well")
        return form.leads_to(target)
    return messaging.thread_page(PLACE, ref, key, office_form=form), form.status


@bp.post("/coordinator/dossiers/<ref>/messages/<key>/answerer")
@requires(P.message_office)
def choose_answerer(ref: str, key: str) -> Any:
    """Who of us answers; nobody leaves it to the case handler."""
    form, target = Form(), PLACE.address("thread", ref, key)
    person_id = request.form.get("person_id", type=record_number)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found, thread = messaging.loaded(PLACE, ref, key)
            actions.choose_answerer(actor(), found, thread, person_id=person_id)
    if form.accepted:
        flash(_("Noted who answers."), "well")
        return form.leads_to(target)
    return messaging.thread_page(PLACE, ref, key, office_form=form), form.status
