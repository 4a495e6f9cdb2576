"""Another payee than the one agreed upon: its group asks for it, withdraws that, accepts the new text."""

from typing import Any

from flask import flash, url_for

from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.desk.applicant.own import own_for_step
from callflow.lifecycle import amending
from callflow.web.agreement_forms import ChangeForm
from callflow.web.applicant import bp
from callflow.web.applicant.agreeing import accept_what_was_read, agreement_as_sent
from callflow.web.asking import Form

Answer = Any


@bp.post("/applications/<ref>/agreement/change")
@requires(P.agreement_accept)
def ask_change(ref: str) -> Answer:
    form, target = ChangeForm(), url_for("applicant.agreement", ref=ref, _anchor="change")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            amending.ask(
                actor(), own_for_step(ref, actor()), version=form.seen_version or -1,
                name=str(form.name.data), relation=form.chosen, iban=str(form.iban.data),
                why=str(form.why.data),
            )  # fmt: skip
    if form.accepted:
        if not form.repeated:
            flash(_("Your question is sent. Until it is settled the agreement holds as it is."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, ask=form), form.status


@bp.post("/applications/<ref>/agreement/change/withdrawal")
@requires(P.agreement_accept)
def withdraw_change(ref: str) -> Answer:
    form, target = Form(), url_for("applicant.agreement", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = own_for_step(ref, actor())
            amending.take(actor(), found, "withdraw", version=form.seen_version or -1)
    if form.accepted:
        if not form.repeated:
            flash(_("Your question is withdrawn. The agreement holds as it is."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, withdraw=form), form.status


@bp.post("/applications/<ref>/agreement/change/acceptance")
@requires(P.agreement_accept)
def accept_change(ref: str) -> Answer:
    return accept_what_was_read(ref, "again", amending.accept, _accepted)


def _accepted(*, concluded: bool) -> str:
    if concluded:
        return _("The changed agreement holds from now on. You get a confirmation by mail.")
    return _("You accepted the changed agreement. Another member of your group has to accept it as well.")
