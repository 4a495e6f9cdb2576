"""The coordinator's home and the list of dossiers, on the page and as a file."""

from collections.abc import Iterator
from typing import Any

from flask import Response, request, stream_with_context, url_for

from callflow.core import i18n
from callflow.core.actor import Role
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import export, inbox, reserve, scope
from callflow.desk.dossiers import COLUMNS, GROUPED, NOBODY, Asked, listing
from callflow.desk.scope import CallLine
from callflow.dossiers.states import State
from callflow.messages import queries as messages
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.numbers import record_number
from callflow.web.pages import page, page_asked
from callflow.web.words import state_words

BULK = ("screen", "finish_coaching", "close_scoring")
"""Steps that the list takes for many at once: they ask nothing of their own."""
QUESTIONS = 5
"""Messages without an answer on the home, the oldest."""


@bp.get("/coordinator")
@requires(P.scores_view)
def home() -> str:
    calls = scope.calls_of(actor())
    call = scope.chosen(calls, request.args.get("call"))
    found = inbox.inbox(actor(), call) if call else None
    lists = reserve.offers_in(actor(), call.id) if call and call.procedure.reserve else []
    questions = messages.waiting(actor(), call.id, mine=True, most=QUESTIONS + 1) if call else []
    return page(
        "coordinator/home.html", calls=calls, call=call, inbox=found, lists=lists, questions=questions,
        shown=QUESTIONS,
    )  # fmt: skip


@bp.get("/coordinator/dossiers")
@requires(P.scores_view)
def dossiers() -> str:
    return list_page(Form(formdata=None))


@bp.get("/coordinator/dossiers.csv")
@requires(P.call_export)
def dossiers_csv() -> Response:
    call, asked = _chosen_call(), asked_of_request()
    if call is None:
        return Response("", mimetype="text/csv")
    lots = {lot_id: said(name, i18n.language()) for lot_id, name in call.lots.items()}
    table = export.rows(actor(), call, asked, lots=lots, handlers=scope.names(Role.coordinator, call))
    for_excel = request.args.get("for") == "excel"
    text: Iterator[str] = export.written(table, delimiter=";" if for_excel else ",", mark=for_excel)
    answer = Response(stream_with_context(text), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{call.reference}.csv"'
    return answer


def list_page(form: Form, **more: Any) -> str:
    """The list as the address asks for it; ``form`` is that of the steps for many."""
    calls = scope.calls_of(actor())
    call, asked = scope.chosen(calls, request.args.get("call")), asked_of_request()
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.dossiers")
    handlers = scope.names(Role.coordinator, call)
    found = listing(actor(), call, asked, handlers=list(handlers))
    return page(
        "coordinator/dossiers.html", calls=calls, call=call, asked=asked, listing=found, handlers=handlers,
        form=form, bulk=BULK, lists=_lists(call, found.counts, asked), query=query_again(),
        lot_choices=[(lot_id, said(name, i18n.language())) for lot_id, name in call.lots.items()],
        state_choices=[(each.value, state_words(each)) for each in State if found.counts.by(1)[each]],
        handler_choices=[(NOBODY, _("Nobody")), *handlers.items()],
        drawn={line.state for line in found.lines}, entry="coordinator.dossiers", **more,
    )  # fmt: skip


def query_again() -> dict[str, Any]:
    """What the address asked for, to ask for it once more."""
    return {name: request.args.getlist(name) for name in request.args}


def asked_of_request() -> Asked:
    """What the address asks for; anything that makes no sense asks for nothing."""
    given = request.args
    sort = given.get("sort", "-submitted")
    handler, numbered = given.get("handler", ""), given.get("handler", type=record_number)
    return Asked(
        q=given.get("q", "")[:200].replace("\0", "").strip(),
        lot=given.get("lot", type=record_number),
        states=tuple(State(each) for each in given.getlist("state") if each in State.__members__),
        handler=handler if handler == NOBODY or numbered is not None else "",
        sort=sort if sort.removeprefix("-") in {*COLUMNS, *GROUPED} else "-submitted",
        page=page_asked(),
    )


def _chosen_call() -> CallLine | None:
    return scope.chosen(scope.calls_of(actor()), request.args.get("call"))


def _lists(call: CallLine, counts: Any, asked: Asked) -> list[dict[str, Any]]:
    """The saved lists above the table: all, each state that has dossiers, and those without a handler."""
    by_state = counts.by(1)
    items: list[dict[str, Any]] = [{"words": _("All"), "count": counts.total()}]
    items += [
        {"words": state_words(each), "state": each, "count": by_state[each]}
        for each in State
        if by_state[each]
    ]
    if unhandled := counts.total(handlers=frozenset({None})):
        items.append({"words": _("Without case handler"), "handler": NOBODY, "count": unhandled})
    for item in items:
        state, handler = item.get("state"), item.get("handler")
        item["address"] = url_for("coordinator.dossiers", call=call.reference, state=state, handler=handler)
        chosen = ((state,) if state else (), handler or "")
        item["current"] = not asked.q and asked.lot is None and (asked.states, asked.handler) == chosen
    return items
