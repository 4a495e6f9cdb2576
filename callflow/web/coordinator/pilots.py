"""The staff's list of pilots, on the page and as a file, and what was promised."""

from typing import Any

from flask import Response, flash, request, url_for

from callflow.calls import queries as calls
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import pilot_lists as desk
from callflow.desk import scope
from callflow.desk.pilot_lists import COLUMNS, Asked
from callflow.desk.scope import CallLine
from callflow.dossiers.states import State
from callflow.lifecycle import pilot as lifecycle
from callflow.pilots import queries
from callflow.pilots.actions.proposals import promise
from callflow.web import pilot_words as words
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import DayField, WholeField
from callflow.web.pages import page
from callflow.web.pilot_words import pilot_state_words
from callflow.web.tables import table_file

Answer = Any
NEWEST = "-since"


class PromiseForm(Form):
    """How many pilots there will be at least, and until when they can be proposed."""

    promised = WholeField(_l("At least how many pilots?"), limits={"minimum": "1", "maximum": "500"})
    closes_on = DayField(
        _l("Last day for proposals"), description=_l("Leave empty to take proposals at any time.")
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good: bool = super().validate(*args, **kwargs)
        if self.promised.data is None and not self.promised.errors:
            self.promised.errors = [_("Fill in a number, for example 4.")]
            good = False
        return good


@bp.get("/coordinator/pilots")
@requires(P.scores_view)
def pilots() -> str:
    found = scope.calls_of(actor())
    call, asked = scope.chosen(found, request.args.get("call")), _asked()
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.dossiers")
    states = [State(name) for name in lifecycle.workflow().states]
    listing = desk.listing(actor(), call, asked)
    return page(
        "coordinator/pilots.html", calls=found, call=call, asked=asked, listing=listing, words=words,
        state_choices=[(each.value, pilot_state_words(each)) for each in states],
        lot_choices=[(lot_id, said(name, i18n.language())) for lot_id, name in call.lots.items()],
        query={name: request.args.getlist(name) for name in request.args}, entry="coordinator.dossiers",
    )  # fmt: skip


def _asked() -> Asked:
    """What the address asks for; anything that makes no sense asks for nothing."""
    given, sort = request.args, request.args.get("sort", NEWEST)
    state = given.get("state", "")
    return Asked(
        q=given.get("q", "")[:200].replace("\0", "").strip(),
        state=State(state) if state in State.__members__ else None,
        lot=given.get("lot", type=int),
        sort=sort if sort.removeprefix("-") in COLUMNS else NEWEST,
        page=max(1, given.get("page", 1, type=int)),
    )


@bp.get("/coordinator/pilots.<any(csv, xlsx):ending>")
@requires(P.call_export)
def pilots_file(ending: str) -> Response:
    call = scope.chosen(scope.calls_of(actor()), request.args.get("call"))
    if call is None:
        raise NotFound
    lots = {lot_id: said(name, i18n.language()) for lot_id, name in call.lots.items()}
    return table_file(desk.rows(actor(), call, _asked(), lots=lots), ending, f"{call.reference}-pilots")


@bp.get("/coordinator/pilots/promise/<reference>")
@requires(P.pilot_manage)
def promised(reference: str) -> str:
    call = scope.chosen(scope.calls_of(actor()), reference)
    track = queries.track_of(call.id) if call else None
    form = PromiseForm(formdata=None, obj=track)
    form.version.data = track.version if track else 0
    return _promise_page(call, form)


@bp.post("/coordinator/pilots/promise/<reference>")
@requires(P.pilot_manage)
def set_promise(reference: str) -> Answer:
    call = scope.chosen(scope.calls_of(actor()), reference)
    form, target = PromiseForm(), url_for("coordinator.pilots", call=reference)
    if form.valid() and form.promised.data is not None:
        with form.refusals(), unit_of_work(form.once(target)):
            record = calls.whole(reference, lock=True)
            if record is None:
                raise NotFound
            promise(
                actor(), record, queries.track_of(record.id, lock=True), promised=form.promised.data,
                closes_on=form.closes_on.data, version=-1 if form.seen_version is None else form.seen_version,
            )  # fmt: skip
    if form.accepted:
        flash(_("The promise is saved."), "well")
        return form.leads_to(target)
    track = queries.track_of(call.id) if call else None
    form.version.data = track.version if track else 0
    return _promise_page(call, form), form.status


def _promise_page(call: CallLine | None, form: PromiseForm) -> str:
    if call is None:
        raise NotFound
    return page("coordinator/pilot_promise.html", call=call, form=form, entry="coordinator.dossiers")
