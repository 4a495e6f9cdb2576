"""What a coach keeps of themselves: the profile in a call, and the hours for an invoice."""

from typing import Any

from flask import Response, flash, request, url_for

from callflow.applications.queries import places_of
from callflow.coaching import queries as coaching
from callflow.coaching.actions import keep_profile
from callflow.coaching.rules import CoachOf
from callflow.core import i18n
from callflow.core.actor import Role
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.desk import scope
from callflow.desk.coaching import hours
from callflow.desk.coaching import report as reports
from callflow.desk.scope import CallLine
from callflow.web import documents
from callflow.web.coach import bp
from callflow.web.coaching_forms import PeriodForm, ProfileForm
from callflow.web.pages import page
from callflow.web.tables import table_file

Answer = Any


def _call(reference: str) -> CallLine:
    """A call in which this person coaches. Raises NotFound."""
    found = scope.chosen(scope.calls_of(actor(), Role.coach), reference)
    if found is None:
        raise NotFound
    return found


@bp.get("/coach/calls/<reference>")
@requires(P.coaching_profile)
def own_call(reference: str) -> str:
    """What I can take on in this call, and my hours."""
    call = _call(reference)
    profile = coaching.profile_of(call.id, actor().id or 0)
    return _page(call, ProfileForm.showing(profile, actor().language))


@bp.post("/coach/calls/<reference>")
@requires(P.coaching_profile)
def keep_own_profile(reference: str) -> Answer:
    call = _call(reference)
    form, target = ProfileForm().within(places_of(call.id)), url_for("coach.home")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            keep_profile(actor(), CoachOf(call.id, next(iter(call.lots)), actor().id or 0), **form.told())
    if form.accepted:
        flash(_("Your profile is kept."), "well")
        return form.leads_to(target)
    if form.status == 409 and (now := coaching.profile_of(call.id, actor().id or 0)):
        form.version.data = now.version
    return _page(call, form), form.status


def _page(call: CallLine, form: ProfileForm) -> str:
    form.within(places_of(call.id))
    return page("coach/call.html", call=call, form=form, period=PeriodForm(formdata=None), entry="coach.home")


@bp.get("/coach/calls/<reference>/hours.<ending>")
@requires(P.coaching_profile)
def own_hours(reference: str, ending: str) -> Response:
    call, period = _call(reference), PeriodForm(request.args)
    period.validate()
    table = hours.rows(
        actor(), call, since=period.since.data, until=period.until.data, language=i18n.language(), own=True
    )
    return table_file(table, ending, f"{call.reference}-hours")


@bp.route("/coach/dossiers/<ref>/coaching.pdf", methods=documents.BOTH)
@requires(P.coaching_log)
def project_report(ref: str) -> Answer:
    """Sessions, hours, advice and what became of it, to hand on; without notes for staff."""
    found = reports.project_report(ref, by=actor(), permission=P.coaching_log)
    return documents.coaching(
        "coaching_project.html", f"{ref}-coaching", url_for("coach.dossier", ref=ref), it=found
    )
