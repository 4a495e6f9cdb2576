"""Withdrawing an application, after a page that says what it means."""

from typing import Any

from flask import flash, url_for
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from callflow.calls.fields import visible
from callflow.core.db import unit_of_work
from callflow.core.errors import Changed
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, require
from callflow.desk.applicant.own import offers, own, own_for_step
from callflow.lifecycle import process, values
from callflow.web.applicant import bp
from callflow.web.asking import Form, reasons
from callflow.web.pages import page


class WithdrawForm(Form):
    """``seen`` is the state the page showed; the version of the dossier would betray what is prepared."""

    seen = HiddenField()
    text = TextAreaField(
        _l("Your reason"),
        [Length(max=2000, message=_l("Use at most %(max)d characters."))],
        filters=[lambda text: visible(text) if text else text],
        description=_l("You need not say why. What you write is read by the coordinator."),
    )


@bp.get("/applications/<ref>/withdraw")
@requires(P.dossier_view)
def withdraw(ref: str) -> str:
    application = own(ref, actor())
    return _page(ref, WithdrawForm(formdata=None, seen=str(application.shown_state)))


def _page(ref: str, form: WithdrawForm) -> str:
    application = own(ref, actor())
    found = offers(application, actor())
    return page(
        "applicant/withdraw.html", application=application, form=form, offered="withdraw" in found,
        blocked=reasons(found.get("withdraw", [])), entry="applicant.home",
    )  # fmt: skip


@bp.post("/applications/<ref>/withdraw")
@requires(P.application_withdraw)
def confirm_withdrawal(ref: str) -> Any:
    form, target = WithdrawForm(), url_for("applicant.application", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            require(actor(), P.application_withdraw, application)
            if form.seen.data != str(application.shown_state):
                raise Changed("state_moved_on")
            process.take(
                application, "withdraw", actor=actor(), values=values.Reason(str(form.text.data or ""))
            )
    if form.accepted:
        if not form.repeated:
            flash(_("The application is withdrawn."), "well")
        return form.leads_to(target)
    form.seen.data = str(own(ref, actor()).shown_state)
    return _page(ref, form), form.status
