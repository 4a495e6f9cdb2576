"""One deed on many dossiers: those that are ticked, or all that a list finds; and what became of each."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for
from wtforms import HiddenField

from callflow.core.actor import Role
from callflow.core.db import unit_of_work
from callflow.core.errors import Changed, NotFound
from callflow.core.gate import actor, requires
from callflow.core.permissions import P
from callflow.desk import filing as desk
from callflow.desk import scope
from callflow.desk.scope import CallLine
from callflow.filing import queries
from callflow.filing.actions import keep_batch
from callflow.filing.rules import MOST_AT_ONCE
from callflow.lifecycle.bulk import Result, give_each, tag_each, take_each, with_unseen
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.listing import BULK, asked_of_request, kept_by_view, list_page, query_again
from callflow.web.filing_words import DEEDS, EVENTS
from callflow.web.numbers import record_number
from callflow.web.pages import page
from callflow.web.words import event_words, step_words

Answer = Any
VALUES = {"tag": "tag_id", "untag": "tag_id", "handler": "person_id"}
"""Deeds that are done with a tag or a person, and the input that names it."""
MISSING = {"tag": "tag_unchosen", "untag": "tag_unchosen", "handler": "nobody_chosen"}


class ManyForm(Form):
    """All that a list finds: ``seen`` is the digest of what the person was shown the number of."""

    seen = HiddenField()


def _call() -> CallLine:
    call = scope.chosen(scope.calls_of(actor()), request.args.get("call"))
    if call is None:
        raise NotFound
    return call


@bp.post("/coordinator/dossiers/steps")
@requires(P.dossier_screen)
def take_steps() -> Answer:
    """A deed on all that were ticked; asked for all that the list finds, the number is confirmed first."""
    form, deed = Form(), request.form.get("trigger", "")
    value, chosen = request.form.get(VALUES.get(deed, ""), ""), request.form.getlist("ref")
    _judge(form, deed, value)
    if request.form.get("all") and not form.problems and form.valid():
        asked = {**query_again(), "deed": deed, "value": value or None, "page": None}
        return redirect(url_for("coordinator.confirm_many", **asked), 303)
    if not chosen:
        form.refuse("no_dossier_chosen")
    elif len(chosen) > MOST_AT_ONCE:
        form.refuse("too_many_at_once", most=MOST_AT_ONCE)
    if not form.problems and form.valid() and (done := _do(form, deed, value, chosen)):
        return done
    return list_page(form, chosen=set(chosen)), form.status


def _judge(form: Form, deed: str, value: str) -> None:
    """Whether there is such a deed, with what it needs."""
    if deed not in (*BULK, *DEEDS):
        form.refuse("step_unknown")
    elif deed in MISSING and not _number(value):
        form.refuse(MISSING[deed])


def _number(value: str) -> int | None:
    try:
        return record_number(value)
    except ValueError:
        return None


@bp.get("/coordinator/dossiers/many")
@requires(P.dossier_screen)
def confirm_many() -> Answer:
    """How many dossiers a deed would be done on, before it is."""
    return _confirm_page(ManyForm(formdata=None))


@bp.post("/coordinator/dossiers/many")
@requires(P.dossier_screen)
def take_many() -> Answer:
    form, deed, value = ManyForm(), request.args.get("deed", ""), request.args.get("value", "")
    _judge(form, deed, value)
    if not form.problems and form.valid():
        found = desk.matching(actor(), _call(), asked_of_request(), most=MOST_AT_ONCE)
        if len(found.references) > MOST_AT_ONCE:
            form.refuse("too_many_at_once", most=MOST_AT_ONCE)
        elif done := _do(form, deed, value, found.references, seen=(form.seen.data, found.digest)):
            return done
    return _confirm_page(form), form.status


def _confirm_page(form: ManyForm) -> str:
    call, deed, value = _call(), request.args.get("deed", ""), request.args.get("value", "")
    if deed not in (*BULK, *DEEDS):
        raise NotFound
    found = desk.matching(actor(), call, asked_of_request(), most=MOST_AT_ONCE)
    form.seen.data = found.digest
    kept = kept_by_view()
    return page(
        "coordinator/many.html", form=form, call=call, number=len(found.references), most=MOST_AT_ONCE,
        words=deed_words(deed), about=_about(deed, value, call), query=query_again(),
        back=url_for("coordinator.dossiers", call=call.reference, view=request.args.get("view"), **kept),  # type: ignore[arg-type]  # lists of words
        entry="coordinator.dossiers",
    )  # fmt: skip


def _do(
    form: Form, deed: str, value: str, chosen: Sequence[str], *, seen: tuple[Any, Any] = ("", "")
) -> Answer:
    """The redirect to the page of its results; None when it was refused as a whole."""
    call, claim, target = _call(), form.once(), ""
    with form.refusals(), unit_of_work(claim):
        if seen[0] != seen[1]:
            raise Changed("many_changed")
        results = with_unseen(chosen, _each(deed, _number(value) or 0, chosen, call))
        lines = [
            [each.reference, [[reason.code, _plain(reason.parameters)] for reason in each.reasons]]
            for each in results
        ]
        kept = keep_batch(actor(), call.id, deed=deed, value=value, results=lines)
        target = url_for("coordinator.batch", batch_id=_id_of(kept))
        claim.lead_to(target)
    return form.leads_to(target) if form.accepted else None


def _id_of(kept: Any) -> int:
    number: int = kept.id  # known: the event of its trail was written after it
    return number


def _plain(parameters: Any) -> dict[str, Any]:
    """Parameters as JSON holds them; a moment or an amount reads the same from its text."""
    return {
        name: given if isinstance(given, int | float | bool) or given is None else str(given)
        for name, given in parameters.items()
    }


def _each(deed: str, number: int, chosen: Sequence[str], call: CallLine) -> list[Result]:
    if deed in BULK:
        return take_each(chosen, deed, actor=actor(), values=lambda _dossier: BULK[deed])
    if deed == "handler":
        return give_each(chosen, person_id=number, actor=actor())
    tag = queries.tag_for_change(number, call_ids=[call.id])
    return tag_each(chosen, tag, actor=actor(), on=deed == "tag")


@bp.get("/coordinator/dossiers/done/<int:batch_id>")
@requires(P.dossier_screen)
def batch(batch_id: int) -> str:
    found = desk.batch_page(actor(), batch_id)
    return page(
        "coordinator/batch.html", it=found, form=Form(formdata=None), words=deed_words(found.deed),
        happened=_happened(found.deed) if found.done else deed_words(found.deed),
        about=_about(found.deed, found.value, found.call), field_name=VALUES.get(found.deed),
        entry="coordinator.dossiers",
    )  # fmt: skip


def _happened(deed: str) -> str:
    return str(EVENTS[deed]) if deed in EVENTS else event_words(deed)


def deed_words(deed: str) -> str:
    """What the button of a deed says."""
    return str(DEEDS[deed]) if deed in DEEDS else step_words(deed)


def _about(deed: str, value: str, call: CallLine) -> str:
    """The name of the tag or the person that a deed is done with; nothing for a step."""
    number = _number(value)
    if deed == "handler":
        return scope.names(Role.coordinator, call).get(number or 0, "")
    if deed in VALUES:
        return next((each.name for each in queries.tags_of(call.id) if each.id == number), "")
    return ""
