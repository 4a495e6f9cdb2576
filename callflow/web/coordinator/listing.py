"""The coordinator's home and the list of dossiers, on the page and as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, redirect, request, url_for
from markupsafe import Markup
from wtforms import BooleanField

from callflow.core import i18n
from callflow.core.actor import Role
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import export, inbox, reserve, scope
from callflow.desk.dossiers import COLUMNS, GROUPED, MINE, NOBODY, Asked, listing
from callflow.desk.filing import CountedTag, loads_of, tags_of
from callflow.desk.scope import CallLine
from callflow.dossiers.states import State
from callflow.filing import queries as filing
from callflow.filing.queries import TagLine, ViewLine
from callflow.filing.rules import KEPT, cleaned
from callflow.lifecycle import process
from callflow.lifecycle.values import InvitingToApply
from callflow.messages import queries as messages
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.filing_words import COLUMNS as HEADINGS
from callflow.web.filing_words import DEEDS, USUAL
from callflow.web.inputs import short_text
from callflow.web.numbers import record_number
from callflow.web.pages import page, page_asked
from callflow.web.tables import table_file
from callflow.web.words import state_words

BULK: dict[str, Any] = {
    "invite": InvitingToApply(), "screen": None, "finish_coaching": None, "close_scoring": None,
}  # fmt: skip
"""Steps that the list takes for many at once, and with what: they ask nothing of their own."""
QUESTIONS = 5
"""Messages without an answer on the home, the oldest."""
WHOLE = "all"
"""Instead of the number of a view: the whole list, also for who has a view to begin with."""


class ViewForm(Form):
    """A name for what the list shows."""

    name = short_text(_l("Name of the list"), _l("Give the list a name."), longest=60)
    shared = BooleanField(_l("Colleagues of this call see it too"))


@dataclass(frozen=True)
class Beside:
    """What stands around the list: tags, views and case handlers of the call."""

    tags: Sequence[CountedTag]
    views: Sequence[ViewLine]
    handlers: Mapping[int, str]

    @property
    def first(self) -> ViewLine | None:
        """The view that one's list begins with."""
        return next((each for each in self.views if each.default), None)


@bp.get("/coordinator")
@requires(P.scores_view)
def home() -> str:
    calls = scope.calls_of(actor())
    call = scope.chosen(calls, request.args.get("call"))
    found = inbox.inbox(actor(), call) if call else None
    moving = reserve.moving_in(actor(), call.id) if call and call.procedure.reserve else reserve.Moving()
    questions = messages.waiting(actor(), call.id, mine=True, most=QUESTIONS + 1) if call else []
    return page(
        "coordinator/home.html", calls=calls, call=call, inbox=found, moving=moving,
        questions=questions, shown=QUESTIONS,
    )  # fmt: skip


@bp.get("/coordinator/dossiers")
@requires(P.scores_view)
def dossiers() -> Any:
    return list_page(Form(formdata=None))


@bp.get("/coordinator/dossiers.<any(csv, xlsx):ending>")
@requires(P.call_export)
def dossiers_file(ending: str) -> Response:
    call, asked = _chosen_call(), asked_of_request()
    if call is None:
        raise NotFound
    lots = {lot_id: said(name, i18n.language()) for lot_id, name in call.lots.items()}
    table = export.records(actor(), call, asked, lots=lots, handlers=scope.names(Role.coordinator, call))
    return table_file(table, ending, call.reference)


def list_page(form: Form, **more: Any) -> Any:
    """The list as the address asks for it; ``form`` is that of the steps for many.

    An address that asks for nothing leads to the view that this person's list begins with.
    """
    calls = scope.calls_of(actor())
    call, asked = scope.chosen(calls, request.args.get("call")), asked_of_request()
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.dossiers")
    beside = _beside(call)
    if beside.first and request.method == "GET" and not set(request.args) - {"call", "lang"}:
        return redirect(address_of_view(call, beside.first), 303)
    found = listing(actor(), call, asked, handlers=list(beside.handlers))
    more.setdefault("view_form", ViewForm(formdata=None, prefix="view-"))
    g.list_shown = "coordinator.dossiers"
    return page(
        "coordinator/dossiers.html", calls=calls, call=call, asked=asked, listing=found, beside=beside,
        form=form, bulk=_bulk_of(call), deeds=DEEDS, lists=_lists(call, found.counts, asked),
        query=query_again(), saved=_saved(call, beside.views), columns=columns_asked(),
        headings=HEADINGS, me=actor().id,
        loads=loads_of(found.counts), tag_looks={each.id: _chip(each) for each in beside.tags},
        **_choices(call, found.counts, beside), kept=kept_by_view(),
        drawn={line.state for line in found.lines}, entry="coordinator.dossiers", **more,
    )  # fmt: skip


def _bulk_of(call: CallLine) -> list[str]:
    """Those that the procedure of the call has."""
    return [each for each in BULK if each in process.workflow(call.procedure).events]


def _beside(call: CallLine) -> Beside:
    return Beside(
        tags_of(actor(), call.id),
        filing.views_of(call.id, by=actor()),
        scope.names(Role.coordinator, call),
    )


def _chip(tag: TagLine) -> Markup:
    """Drawn once, not once a line."""
    return Markup('<span class="sticker {}">{}</span>').format(tag.colour.value, tag.name)


def _choices(call: CallLine, counts: Any, beside: Beside) -> dict[str, Any]:
    """What the filters offer."""
    by_state, by_handler = counts.by(1), counts.by(3)
    handlers = [(each, f"{name} ({by_handler[each]})") for each, name in beside.handlers.items()]
    special = [(MINE, _("Mine")), (NOBODY, _("Nobody"))]
    return {
        "lot_choices": [(lot_id, said(name, i18n.language())) for lot_id, name in call.lots.items()],
        "state_choices": [
            (each.value, f"{state_words(each)} ({by_state[each]})") for each in State if by_state[each]
        ],
        "handler_choices": [*special, *handlers],
        "tag_choices": [(each.id, f"{each.name} ({each.number})") for each in beside.tags],
    }


def query_again() -> dict[str, Any]:
    """What the address asked for, to ask for it once more."""
    return {name: request.args.getlist(name) for name in request.args}


def kept_by_view() -> dict[str, list[str]]:
    """What of the address a saved view keeps."""
    return cleaned({name: request.args.getlist(name) for name in KEPT})


def asked_of_request() -> Asked:
    """What the address asks for; anything that makes no sense asks for nothing."""
    given = request.args
    sort = given.get("sort", "-submitted")
    handler, numbered = given.get("handler", ""), given.get("handler", type=record_number)
    return Asked(
        q=given.get("q", "")[:200].replace("\0", "").strip(),
        lot=given.get("lot", type=record_number),
        states=tuple(State(each) for each in given.getlist("state") if each in State.__members__),
        handler=handler if handler in (NOBODY, MINE) or numbered is not None else "",
        tag=given.get("tag", type=record_number),
        sort=sort if sort.removeprefix("-") in {*COLUMNS, *GROUPED} else "-submitted",
        page=page_asked(),
    )


def columns_asked() -> list[str]:
    """The columns that the address asks for, in their order; without any that are known, the usual ones."""
    wanted = set(request.args.getlist("col"))
    return [name for name in HEADINGS if name in wanted] or list(USUAL)


def address_of_view(call: CallLine, view: ViewLine) -> str:
    """The list as a view keeps it."""
    kept: dict[str, Any] = cleaned(view.asked)
    return url_for("coordinator.dossiers", call=call.reference, view=view.id, **kept)


def _saved(call: CallLine, views: Sequence[ViewLine]) -> list[dict[str, Any]]:
    """The views under their names; the one that is open is the current one, unless more was asked since."""
    opened = request.args.get("view", type=record_number)
    return [
        {
            "words": _named(each),
            "address": address_of_view(call, each),
            "current": each.id == opened and kept_by_view() == cleaned(each.asked),
        }
        for each in views
    ]


def _named(view: ViewLine) -> str:
    return view.name if view.mine else _("%(name)s, of %(owner)s", name=view.name, owner=view.owner)


def _chosen_call() -> CallLine | None:
    return scope.chosen(scope.calls_of(actor()), request.args.get("call"))


def _lists(call: CallLine, counts: Any, asked: Asked) -> list[dict[str, Any]]:
    """The lists above the table: all, each state with dossiers, one's own, and those without a handler."""
    by_state, by_handler = counts.by(1), counts.by(3)
    items: list[dict[str, Any]] = [{"words": _("All"), "count": counts.total(), "view": WHOLE}]
    items += [
        {"words": state_words(each), "state": each, "count": by_state[each]}
        for each in State
        if by_state[each]
    ]
    if own := by_handler[actor().id]:
        items.append({"words": _("Mine"), "handler": MINE, "count": own})
    if unhandled := by_handler[None]:
        items.append({"words": _("Without case handler"), "handler": NOBODY, "count": unhandled})
    plain = not asked.q and asked.lot is None and asked.tag is None
    for item in items:
        state, handler = item.get("state"), item.get("handler")
        item["address"] = url_for(
            "coordinator.dossiers", call=call.reference, state=state, handler=handler, view=item.get("view")
        )
        chosen = ((state,) if state else (), handler or "")
        item["current"] = plain and (asked.states, asked.handler) == chosen
    return items
