"""The project agreement as its group sees it: the text, accepting it, asking for a change, who is paid."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, url_for
from markupsafe import Markup

from callflow.agreements import actions
from callflow.agreements.models import Acceptance
from callflow.applications.models import Application
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P, may
from callflow.core.workflow import Reason
from callflow.desk.agreement import AgreementPage, agreement_page
from callflow.desk.applicant.own import own, own_for_step
from callflow.letters import render
from callflow.letters.context import LetterContext
from callflow.lifecycle import agreeing
from callflow.web.agreement_forms import AcceptForm, ChangeForm, PayeeForm, WhyForm, let_go
from callflow.web.applicant import bp
from callflow.web.asking import Form, reasons
from callflow.web.letter_screen import on_screen
from callflow.web.pages import page

Answer = Any


@bp.get("/applications/<ref>/agreement")
@requires(P.dossier_view)
def agreement(ref: str) -> str:
    return agreement_as_sent(ref)


def agreement_as_sent(ref: str, **sent: Form) -> str:
    """The whole page; a form that came back stands in the place of its empty one."""
    application = own(ref, actor())
    found = agreement_page(application, actor())
    forms, against = _forms(application, found, sent)
    return page(
        "applicant/agreement.html", application=application, it=found, against=reasons(against),
        submits="accept" in found.offers, names_payee=may(actor(), P.agreement_payee, application),
        text=_screen(found.shown), changed_text=_screen(found.changed), mine=_signed(found.signed),
        mine_again=_signed(found.signed_change), entry="applicant.home", **forms,
    )  # fmt: skip


def _screen(text: LetterContext | None) -> Markup | None:
    return on_screen(render.as_html(text)) if text else None


def _signed(by: Sequence[Acceptance]) -> bool:
    return any(each.person_id == actor().id for each in by)


def _forms(
    application: Application, found: AgreementPage, sent: dict[str, Form]
) -> tuple[dict[str, Any], list[Reason]]:
    """Every form of the page, let go where it is not shown; and what holds an acceptance back."""
    accept = sent.get("accept") or AcceptForm(formdata=None)
    back = sent.get("back") or WhyForm(formdata=None)
    payee = sent.get("payee") or PayeeForm(formdata=None)
    accept.sha256.data = found.letter.context_sha256 if found.letter else ""
    back.version.data = found.agreement.version if found.agreement else ""
    against = [each for each in found.offers.get("accept", ()) if each.code != "signatures_missing"]
    pays, submits = may(actor(), P.agreement_payee, application), "accept" in found.offers
    let_go(
        (accept, submits and not _signed(found.signed) and not against), (back, submits),
        (payee, pays and found.payable),
    )  # fmt: skip
    forms = {"accept": accept, "back": back, "payee": payee.offer(application)}
    return forms | _of_change(application, found, sent), against


def _of_change(application: Application, found: AgreementPage, sent: dict[str, Form]) -> dict[str, Any]:
    ask = sent.get("ask") or ChangeForm(formdata=None)
    again = sent.get("again") or AcceptForm(formdata=None)
    withdraw = sent.get("withdraw") or Form(formdata=None)
    ask.version.data = found.agreement.version if found.agreement else ""
    withdraw.version.data = found.change.version if found.change else ""
    letter = found.change.letter if found.change else None
    again.sha256.data = letter.context_sha256 if letter else ""
    may_ask = found.changeable and may(actor(), P.agreement_accept, application)
    let_go(
        (ask, may_ask), (again, "accept" in found.change_offers and not _signed(found.signed_change)),
        (withdraw, "withdraw" in found.change_offers),
    )  # fmt: skip
    return {"ask": ask.offer(application), "again": again, "withdraw": withdraw, "may_ask": may_ask}


@bp.post("/applications/<ref>/agreement")
@requires(P.agreement_accept)
def accept_agreement(ref: str) -> Answer:
    return accept_what_was_read(ref, "accept", agreeing.accept, _accepted)


def accept_what_was_read(
    ref: str, name: str, accept: Callable[..., bool], said: Callable[..., str]
) -> Answer:
    """A member accepts a text as it stood on the page. ``name`` is that of the form there, ``said`` tells
    whether all have accepted now.
    """
    form, target = AcceptForm(), url_for("applicant.agreement", ref=ref)
    concluded = False
    if form.valid() and not form.read.data:
        form.refuse("agreement_unread", field="read")
    elif form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            concluded = accept(actor(), own_for_step(ref, actor()), sha256=str(form.sha256.data))
    if form.accepted:
        if not form.repeated:
            flash(said(concluded=concluded), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, **{name: form}), form.status


def _accepted(*, concluded: bool) -> str:
    if concluded:
        return _("The agreement is concluded. You get a confirmation by mail.")
    return _("You accepted the agreement. Another member of your group has to accept it as well.")


@bp.post("/applications/<ref>/agreement/back")
@requires(P.agreement_accept)
def send_agreement_back(ref: str) -> Answer:
    form, target = WhyForm(), url_for("applicant.agreement", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            seen = form.seen_version or -1
            agreeing.take(actor(), application, "send_back", version=seen, why=str(form.why.data or ""))
    if form.accepted:
        if not form.repeated:
            flash(_("Your question is sent. We change the agreement or call you."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, back=form), form.status


@bp.post("/applications/<ref>/agreement/payee")
@requires(P.agreement_payee)
def name_payee(ref: str) -> Answer:
    form, target = PayeeForm(), url_for("applicant.agreement", ref=ref, _anchor="payee")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            agreement_page(application, actor())
            actions.name_payee(
                actor(), application, name=str(form.name.data), relation=form.chosen, iban=str(form.iban.data)
            )
    if form.accepted:
        flash(_("It is noted who receives the money."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, payee=form), form.status
