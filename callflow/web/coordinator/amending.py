"""A group asks to be paid otherwise than agreed: the staff grants it with a new text, or refuses it."""

from typing import Any

from flask import flash, url_for

from callflow.applications.models import Application
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import amending
from callflow.lifecycle.values import Reason
from callflow.web.agreement_forms import RefuseForm, UntilForm
from callflow.web.coordinator import bp
from callflow.web.coordinator.agreements import agreement_as_sent

Answer = Any


@bp.post("/coordinator/dossiers/<ref>/agreement/change")
@requires(P.agreement_prepare)
def grant_change(ref: str) -> Answer:
    form, target = UntilForm(), url_for("coordinator.agreement", ref=ref, _anchor="change")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            if form.due_on.data is None:
                raise Refused("day_missing", field="due_on")
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            until = amending.Until(form.due_on.data)
            amending.take(actor(), found, "grant", version=form.seen_version or -1, values=until)
    if form.accepted:
        flash(_("The changed agreement is offered. The group gets it by mail."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, grant=form), form.status


@bp.post("/coordinator/dossiers/<ref>/agreement/change/refusal")
@requires(P.agreement_prepare)
def refuse_change(ref: str) -> Answer:
    form, target = RefuseForm(), url_for("coordinator.agreement", ref=ref, _anchor="change")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            why = Reason(str(form.why.data or ""))
            amending.take(actor(), found, "refuse", version=form.seen_version or -1, values=why)
    if form.accepted:
        flash(_("The change is refused. The group is told why."), "well")
        return form.leads_to(target)
    return agreement_as_sent(ref, refuse=form), form.status
