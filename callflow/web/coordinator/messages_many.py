"""One text to many groups: written in each language, looked at with its numbers, then sent."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from wtforms import HiddenField

from callflow.core.actor import Role
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk import recipients as desk
from callflow.desk import scope
from callflow.desk.dossiers import asked_for
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.messages import actions, queries
from callflow.messages.rules import SUBJECT, TEXT
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.listing import asked_of_request, query_again
from callflow.web.figures import line, text
from callflow.web.messaging import COUNTED
from callflow.web.pages import LANGUAGE_NAMES, page, page_asked
from callflow.web.words import say

MOST, SIZE = 5000, 50
TICKED = 200
"""Dossiers that an address can name; a list that is longer is asked for by its filters."""
LANGUAGES = ("nl", "fr")


class ManyForm(Form):
    """The text in both languages; ``seen`` is the digest of the list that the look before sending showed."""

    subject_nl = line(_l("Subject in Dutch"), longest=SUBJECT)
    text_nl = text(_l("Message in Dutch"), longest=TEXT, render_kw=COUNTED)
    subject_fr = line(_l("Subject in French"), longest=SUBJECT)
    text_fr = text(_l("Message in French"), longest=TEXT, render_kw=COUNTED)
    seen = HiddenField()

    def words(self, part: str) -> dict[str, str]:
        """Subject or text, by the languages in which anything was written."""
        given = {code: str(self[f"{part}_{code}"].data or "") for code in LANGUAGES}
        written = [code for code in LANGUAGES if self[f"subject_{code}"].data or self[f"text_{code}"].data]
        return {code: given[code] for code in written}

    def asks(self, languages: Sequence[str]) -> None:
        """Refuse what is missing in a language that one of the groups reads, or half written."""
        for code in LANGUAGES:
            for part in ("subject", "text"):
                if (code in languages or code in self.words(part)) and not self[f"{part}_{code}"].data:
                    self.refuse(f"message_{part}_missing", field=f"{part}_{code}")


@bp.post("/coordinator/messages/chosen")
@requires(P.message_office)
def chosen_for_message() -> Any:
    """From the list: to the page that writes to those that were ticked there, or to all that it finds."""
    if not Form().valid():
        return redirect(url_for("coordinator.dossiers", **query_again()), 303)
    if request.form.get("all"):
        return redirect(url_for("coordinator.message_to_many", **{**query_again(), "page": None}), 303)
    chosen = request.form.getlist("ref")
    if len(chosen) > TICKED:
        flash(say("too_many_at_once", {"most": TICKED}), "stops")
        return redirect(url_for("coordinator.dossiers", **query_again()), 303)
    if not chosen:
        flash(_("Tick the dossiers that you write to."), "stops")
        return redirect(url_for("coordinator.dossiers", **query_again()), 303)
    call = request.args.get("call")
    return redirect(url_for("coordinator.message_to_many", call=call, ref=chosen), 303)


@bp.get("/coordinator/messages/many")
@requires(P.message_office)
def message_to_many() -> Any:
    call, named = _call(), request.args.getlist("ref")
    found = desk.recipients(actor(), call, asked_of_request(), named)
    return _page(call, found, ManyForm(formdata=None))


@bp.post("/coordinator/messages/many")
@requires(P.message_office)
def send_to_many() -> Any:
    """First the look at what goes to whom; the second time, when nothing changed meanwhile, it is sent."""
    form, call = ManyForm(), _call()
    found = _chosen(call)
    numbers = desk.of_all(found)
    if form.valid():
        form.asks([code for code in numbers.languages if code in LANGUAGES] or ["nl"])
        _fits(form, found)
    if form.problems or request.form.get("send") != "yes":
        looked = not form.problems and request.form.get("send") == "look"
        form.seen.data = desk.digest_of(found)
        people = desk.mailed(found) if looked else 0
        return _page(call, numbers, form, looked=looked, people=people), form.status
    target = url_for("coordinator.dossiers", call=call.reference)
    once = form.once(target)
    with form.refusals(), unit_of_work(once):
        taken = dossiers.for_many([each.reference for each in found], by=actor(), permission=P.message_office)
        made = actions.write_to_many(
            actor(), taken, call_id=call.id, subject=form.words("subject"), text=form.words("text")
        )
        target = url_for("coordinator.sent_to_many", sending_id=made.id)
        once.lead_to(target)
    return form.leads_to(target) if form.accepted else (_page(call, numbers, form), form.status)


@bp.get("/coordinator/messages/sent/<int:sending_id>")
@requires(P.message_office)
def sent_to_many(sending_id: int) -> str:
    """What became of it: to whom it went, who read it, who wrote back, and who was left out."""
    found = queries.sending(sending_id)
    call = next(
        (each for each in scope.calls_of(actor(), Role.coordinator) if each.id == found.call_id), None
    )
    if call is None:
        raise NotFound
    number = page_asked()
    lines, total = queries.sent_to(found, by=actor(), most=SIZE, start=(number - 1) * SIZE)
    return page(
        "coordinator/messages_sent.html", call=call, sending=found, lines=lines, total=total,
        names=LANGUAGE_NAMES, number=number, last=max(1, -(-total // SIZE)), refused=_refused(found),
        entry="coordinator.dossiers",
    )  # fmt: skip


def _refused(sending: Any) -> list[list[str]]:
    """Those left out, as far as this person sees them."""
    named = [each[0] for each in sending.refused]
    seen = {each.reference for each in desk.addressed(actor(), [Dossier.reference.in_(named)])}
    return [each for each in sending.refused if each[0] in seen]


def _call() -> CallLine:
    found = scope.chosen(scope.calls_of(actor(), Role.coordinator), request.args.get("call"))
    if found is None:
        raise NotFound
    return found


def _chosen(call: CallLine) -> list[desk.Addressed]:
    """Those named in the address, else all that its filters leave."""
    named = request.args.getlist("ref")
    if named:
        return desk.addressed(actor(), [Dossier.call_id == call.id, Dossier.reference.in_(named)])
    return desk.addressed(actor(), asked_for(actor(), call.id, asked_of_request()))


def _fits(form: ManyForm, found: Sequence[desk.Addressed]) -> None:
    number = sum(each.open for each in found)
    if not number:
        form.refuse("recipients_none")
    if len(found) > MOST:
        form.refuse("recipients_many", count=len(found), limit=MOST)
    if request.form.get("send") == "yes" and form.seen.data != desk.digest_of(found):
        form.refuse("recipients_changed", status=409)


def _page(
    call: CallLine, found: desk.Recipients, form: ManyForm, *, looked: bool = False, people: int = 0
) -> str:
    return page(
        "coordinator/messages_many.html", call=call, form=form, looked=looked, it=found, limit=TEXT,
        people=people, query=query_again(), names=LANGUAGE_NAMES, entry="coordinator.dossiers",
    )  # fmt: skip
