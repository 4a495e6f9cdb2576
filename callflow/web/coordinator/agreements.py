"""The project agreement as the staff see it: preparing, reading, offering, taking back, who is paid."""

from typing import Any

from flask import flash, url_for
from markupsafe import Markup

from callflow.agreements import actions
from callflow.applications.models import Application
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, may
from callflow.desk.agreement import AgreementPage, agreement_page
from callflow.dossiers import queries as dossiers
from callflow.letters import render
from callflow.lifecycle import agreeing, agreement_text
from callflow.web.agreement_forms import PayeeForm, RefuseForm, UntilForm, WhyForm, let_go
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import DayField, text
from callflow.web.letter_screen import on_screen
from callflow.web.pages import page

Answer = Any


class PrepareForm(Form):
    """Until when the group accepts, and what is agreed with it alone."""

    due_on = DayField(_l("The group accepts by"), description=_l("It is reminded a week and a day before."))
    terms = text(
        _l("What is agreed with this group alone"), longest=4000,
        description=_l("In the language of the authority. It stands last among the articles."),
    )  # fmt: skip


class OfferForm(Form):
    """Only a button, and the version that was read."""


@bp.get("/coordinator/dossiers/<ref>/agreement")
@requires(P.scores_view)
def agreement(ref: str) -> str:
    return agreement_as_sent(ref)


def agreement_as_sent(ref: str, **sent: Form) -> str:
    """The whole page; a form that came back stands in the place of its empty one."""
    found = dossiers.seen(ref, by=actor(), kind=Application, permission=P.scores_view)
    shown = agreement_page(found, actor())
    forms: dict[str, Any] = {
        "prepare": PrepareForm(formdata=None), "offer": OfferForm(formdata=None),
        "back": WhyForm(formdata=None), "payee": PayeeForm(formdata=None), "grant": UntilForm(formdata=None),
        "refuse": RefuseForm(formdata=None), **sent,
    }  # fmt: skip
    if "prepare" not in sent:
        begun = shown.agreement
        forms["prepare"].due_on.data = begun.due_on if begun else clock.today() + agreement_text.READING
        forms["prepare"].terms.data = begun.terms if begun else ""
    for each in ("prepare", "offer", "back"):
        forms[each].version.data = shown.agreement.version if shown.agreement else 0
    for each in ("grant", "refuse"):
        forms[each].version.data = shown.change.version if shown.change else 0
    if "grant" not in sent:
        forms["grant"].due_on.data = clock.today() + agreement_text.READING
    forms["payee"].offer(found)
    prepares, pays = may(actor(), P.agreement_prepare, found), may(actor(), P.agreement_payee, found)
    let_go(
        (forms["prepare"], shown.open and prepares), (forms["back"], "take_back" in shown.offers),
        (forms["payee"], pays and shown.payable), (forms["grant"], "grant" in shown.change_offers),
        (forms["refuse"], "refuse" in shown.change_offers),
    )  # fmt: skip
    return page(
        "coordinator/agreement.html", dossier=found, it=shown, text=_text(shown),
        changed_text=_changed(shown),
        needed=Procedure.of(found.call.procedure).signatures,
        prepares=prepares, pays=pays, entry="coordinator.dossiers", **forms,
    )  # fmt: skip


def _text(shown: AgreementPage) -> Markup | None:
    """What was offered; before that, what an offer would freeze now."""
    if shown.shown is not None and not shown.open:
        return on_screen(render.as_html(shown.shown))
    if shown.agreement is None or not shown.open or agreement_text.obstacles(shown.dossier):
        return None
    return on_screen(render.as_html(agreement_text.preview(shown.dossier, shown.agreement)))


def _changed(shown: AgreementPage) -> Markup | None:
    """The text that a change offers; before that, what granting it would freeze now."""
    if shown.changed is not None:
        return on_screen(render.as_html(shown.changed))
    if shown.agreement is None or shown.change is None or agreement_text.obstacles(shown.dossier):
        return None
    return on_screen(render.as_html(agreement_text.preview(shown.dossier, shown.agreement, shown.change)))


@bp.post("/coordinator/dossiers/<ref>/agreement")
@requires(P.agreement_prepare)
def prepare_agreement(ref: str) -> Answer:
    form, target = PrepareForm(), url_for("coordinator.agreement", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            if form.due_on.data is None:
                raise Refused("day_missing", field="due_on")
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            agreement_page(found, actor())
            actions.prepare(
                actor(), found, due_on=form.due_on.data, terms=str(form.terms.data or ""),
                signatures=Procedure.of(found.call.procedure).signatures, version=form.seen_version or None,
            )  # fmt: skip
    if form.accepted:
        flash(_("The agreement is prepared. Read it, then offer it."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, prepare=form), form.status


@bp.post("/coordinator/dossiers/<ref>/agreement/offer")
@requires(P.agreement_prepare)
def offer_agreement(ref: str) -> Answer:
    form, target = OfferForm(), url_for("coordinator.agreement", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            agreeing.take(actor(), found, "offer", version=form.seen_version or -1)
    if form.accepted:
        flash(_("The agreement is offered. The group gets it by mail."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, offer=form), form.status


@bp.post("/coordinator/dossiers/<ref>/agreement/back")
@requires(P.agreement_prepare)
def take_agreement_back(ref: str) -> Answer:
    form, target = WhyForm(), url_for("coordinator.agreement", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            seen = form.seen_version or -1
            agreeing.take(actor(), found, "take_back", version=seen, why=str(form.why.data or ""))
    if form.accepted:
        flash(_("The offer is taken back. The group is told why."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, back=form), form.status


@bp.post("/coordinator/dossiers/<ref>/agreement/payee")
@requires(P.agreement_payee)
def note_payee(ref: str) -> Answer:
    form, target = PayeeForm(), url_for("coordinator.agreement", ref=ref, _anchor="payee")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            agreement_page(found, actor())
            actions.name_payee(
                actor(), found, name=str(form.name.data), relation=form.chosen, iban=str(form.iban.data)
            )
    if form.accepted:
        flash(_("It is noted who receives the money."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, payee=form), form.status
