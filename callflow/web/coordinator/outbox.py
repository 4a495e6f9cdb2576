"""The outbox: what goes out, what waits for somebody, and what one may do with a single mail."""

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from callflow.core import outbox
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.outbox import MailState
from callflow.core.permissions import P
from callflow.desk import outbox as desk
from callflow.desk import scope
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.letters import actions
from callflow.letters import queries as letters
from callflow.web import letter_words as words
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import text
from callflow.web.inputs import bare
from callflow.web.pages import page, page_asked

Answer = Any
DEEDS: dict[str, tuple[Callable[..., None], Any, Any]] = {
    "release": (actions.release, _l("Release this mail"), _l("The mail is released.")),
    "retry": (actions.send_again, _l("Send it again now"), _l("The mail is sent again.")),
    "arrived": (
        lambda *who: actions.settle(*who, arrived=True), _l("It arrived"), _l("Noted: the mail arrived."),
    ),
    "lost": (
        lambda *who: actions.settle(*who, arrived=False), _l("It did not arrive: send it again"),
        _l("The mail is sent again."),
    ),
    "hold": (actions.hold, _l("Hold this mail back"), _l("The mail is held back.")),
    "cancel": (actions.cancel, _l("Cancel this mail"), _l("The mail is cancelled.")),
}  # fmt: skip
"""What a button does, what it says, and what is said afterwards."""


class MailForm(Form):
    """Address and words of a mail."""

    recipient = StringField(
        _l("Mail address"), [DataRequired(_l("Fill in a mail address.")), Length(max=254)], filters=[bare]
    )
    subject = StringField(
        _l("Subject"), [DataRequired(_l("Fill in a subject.")), Length(max=250)], filters=[bare]
    )
    body = text(_l("Text"), needed=_l("Write what the mail says."), longest=20_000)


@bp.get("/coordinator/outbox", endpoint="outbox")
@requires(P.mail_manage)
def list_mails() -> str:
    calls = scope.calls_of(actor())
    call, asked = scope.chosen(calls, request.args.get("call")), _asked()
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.outbox")
    found = desk.listing(actor(), call, asked)
    return page(
        "coordinator/outbox.html", calls=calls, call=call, asked=asked, listing=found, words=words,
        lists=_lists(call.reference, found, asked),
        state_choices=[
            (state.value, words.MAIL_STATES[state][1]) for state in MailState if found.counts.get(state)
        ],
    )  # fmt: skip


def _asked() -> desk.Asked:
    wanted = request.args.get("state", "")
    state = next((each for each in MailState if each.value == wanted), None)
    return desk.Asked(
        state,
        wanted == "stuck",
        bare(request.args.get("q", ""))[:200],
        page_asked(),
    )


def _lists(reference: str, found: desk.Listing, asked: desk.Asked) -> list[dict[str, Any]]:
    """The two lists that people come for, with how many each holds."""
    return [
        {
            "words": _("All mails"), "count": sum(found.counts.values()),
            "current": not (asked.state or asked.stuck),
            "address": url_for("coordinator.outbox", call=reference),
        },
        {
            "words": _("Waiting for somebody"), "count": found.stuck, "current": asked.stuck,
            "address": url_for("coordinator.outbox", call=reference, state="stuck"),
        },
    ]  # fmt: skip


@bp.get("/coordinator/outbox/<int(max=2147483647):mail_id>")
@requires(P.mail_manage)
def mail(mail_id: int) -> str:
    return _mail_page(mail_id, Form(formdata=None))


def _mail_page(mail_id: int, form: Form) -> str:
    found = desk.opened(actor(), mail_id)
    form.version.data = found.mail.version
    return page(
        "coordinator/outbox_mail.html", it=found, form=form, words=words, entry="coordinator.outbox",
        deeds=[(deed, DEEDS[deed][1]) for deed in outbox.offered(found.mail) if deed in DEEDS],
        editable="edit" in outbox.offered(found.mail),
    )  # fmt: skip


@bp.post("/coordinator/outbox/<int(max=2147483647):mail_id>/<deed>")
@requires(P.mail_manage)
def mail_deed(mail_id: int, deed: str) -> Answer:
    if deed not in DEEDS:
        raise NotFound
    form, target = Form(), url_for("coordinator.mail", mail_id=mail_id)
    act, _button, said = DEEDS[deed]
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            act(actor(), *desk.for_deed(actor(), mail_id))
    if form.accepted:
        flash(str(said), "well")
        return form.leads_to(target)
    return _mail_page(mail_id, form), form.status


@bp.get("/coordinator/outbox/<int(max=2147483647):mail_id>/edit")
@requires(P.mail_manage)
def edit_mail(mail_id: int) -> str:
    found = desk.opened(actor(), mail_id)
    form = MailForm(formdata=None, obj=found.mail)
    form.version.data = found.mail.version
    return page("coordinator/outbox_edit.html", it=found, form=form, entry="coordinator.outbox")


@bp.post("/coordinator/outbox/<int(max=2147483647):mail_id>/edit", endpoint="save_mail")
@requires(P.mail_manage)
def save_mail(mail_id: int) -> Answer:
    form, target = MailForm(), url_for("coordinator.mail", mail_id=mail_id)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            about, found = desk.for_deed(actor(), mail_id)
            actions.edit(
                actor(), about, found, version=form.seen_version or 0, recipient=str(form.recipient.data),
                subject=str(form.subject.data), body=str(form.body.data),
            )  # fmt: skip
    if form.accepted:
        flash(_("The mail is changed."), "well")
        return form.leads_to(target)
    shown = desk.opened(actor(), mail_id)
    return page("coordinator/outbox_edit.html", it=shown, form=form, entry="coordinator.outbox"), form.status


@bp.post("/coordinator/dossiers/<ref>/letters/<code>/retry")
@requires(P.mail_manage)
def retry_letter(ref: str, code: str) -> Answer:
    """Try to make a letter again whose cause of failure was mended."""
    form, target = Form(), url_for("coordinator.dossier", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            dossier: Dossier = dossiers.for_step(ref, by=actor())
            actions.retry(actor(), dossier, letters.of(dossier, code, lock=True))
    if form.accepted:
        flash(_("The letter is tried again."), "well")
    else:
        flash(_("The letter has moved on meanwhile."), "waits")
    return form.leads_to(target)
