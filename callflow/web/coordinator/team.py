"""The coaching of a call: who coaches what, who is proposed, what each can take on, days and hours."""

from typing import Any

from flask import Response, flash, redirect, request, url_for

from callflow.applications.models import Application
from callflow.applications.queries import places_of
from callflow.coaching import queries as coaching
from callflow.coaching.actions import assign_proposed, keep_profile
from callflow.coaching.rules import CoachOf
from callflow.core import i18n, ids
from callflow.core.actor import Role
from callflow.core.db import savepoint, unit_of_work
from callflow.core.errors import DomainError, NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import ngettext
from callflow.core.permissions import P
from callflow.core.workflow import Reason
from callflow.desk import kept, scope
from callflow.desk.coaching import hours, proposal
from callflow.desk.coaching import report as reports
from callflow.desk.coaching import team as overview
from callflow.desk.coaching.coaches import Coaching, coaches_of
from callflow.desk.coaching.team import team
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.lifecycle.bulk import Result
from callflow.web import documents
from callflow.web.asking import Form
from callflow.web.coaching_forms import PeriodForm, ProfileForm
from callflow.web.coaching_words import grounds
from callflow.web.coordinator import bp
from callflow.web.numbers import record_number
from callflow.web.options import Options
from callflow.web.pages import MOST_PAGES, page, page_asked
from callflow.web.tables import table_file

Answer = Any


def _call() -> tuple[list[CallLine], CallLine | None]:
    calls = scope.calls_of(actor(), Role.coordinator)
    return calls, scope.chosen(calls, request.args.get("call"))


@bp.get("/coordinator/coaching")
@requires(P.coaching_waive)
def coaching_of_call() -> str:
    calls, call = _call()
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.people")
    found = team(
        actor(), call, page=page_asked(), coaches_page=request.args.get("coaches", 1, type=record_number)
    )
    return page(
        "coordinator/coaching.html", calls=calls, it=found, period=PeriodForm(formdata=None),
        places={place.code: place.name for place in places_of(call.id)},
        parts=reports.parts_of(found.reading) if found.reading else 1, size=reports.SIZE,
        entry="coordinator.people",
    )  # fmt: skip


@bp.get("/coordinator/coaching/proposal")
@requires(P.coaching_waive)
def coaches_proposed() -> str:
    return _proposal(Form(formdata=None))


@bp.post("/coordinator/coaching/proposal")
@requires(P.dossier_assign)
def assign_coaches() -> Answer:
    """One confirmation for a whole page: each project gets the coach that stands beside it, if it still has
    none. Where there are more pages the next projects follow.
    """
    form, (_calls, call) = Form(), _call()
    if call is None:
        raise NotFound
    chosen = {
        name.removeprefix("coach-"): int(value)
        for name, value in request.form.items()
        if name.startswith("coach-") and value.isascii() and value.isdecimal() and len(value) < 10
    }
    if not chosen:
        form.refuse("nobody_chosen")
    results: list[Result] = []
    leads = "coordinator.coaches_proposed" if request.form.get("more") else "coordinator.coaching_of_call"
    target = url_for(leads, call=call.reference)
    if not form.problems and form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            dossiers.lock(list(chosen))
            results = [_assign(ref, person_id) for ref, person_id in sorted(chosen.items())]
            for kind in (proposal.KIND, overview.KIND):
                kept.renew(kind, actor(), call.id, lots=call.lots)
    if form.accepted and all(result.done for result in results):
        flash(ngettext("%(num)d project has a coach.", "%(num)d projects have a coach.", len(chosen)), "well")
        return form.leads_to(target)
    form.token.data = ids.secret()  # what was done is done: the page that comes back is a new form
    return _proposal(form, results=results), 409 if results else form.status


def _assign(ref: str, person_id: int) -> Result:
    title = ""
    try:
        with savepoint():
            dossier = dossiers.for_step(ref, by=actor(), kind=Application)
            title = dossier.title
            assign_proposed(actor(), dossier, person_id=person_id)
    except DomainError as refused:
        return Result(ref, title, (Reason(refused.code, refused.parameters),))
    return Result(ref, title)


def _proposal(form: Form, **more: Any) -> str:
    _calls, call = _call()
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.people")
    return page(
        "coordinator/coaches_proposed.html",
        it=proposal.proposal(actor(), call, page=page_asked()),
        form=form,
        grounds=grounds,
        options=Options(),
        entry="coordinator.people",
        **more,
    )


@bp.get("/coordinator/coaching/coaches/<int(max=2147483647):user_id>")
@requires(P.coaching_waive)
def coach_profile(user_id: int) -> str:
    coach, call = _coach(user_id)
    return _profile(
        coach, call, ProfileForm.showing(coaching.profile_of(call.id, user_id), coach.languages[0])
    )


@bp.post("/coordinator/coaching/coaches/<int(max=2147483647):user_id>")
@requires(P.coaching_waive)
def keep_coach_profile(user_id: int) -> Answer:
    coach, call = _coach(user_id)
    form = ProfileForm().within(places_of(call.id))
    target = url_for("coordinator.coaching_of_call", call=call.reference)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            keep_profile(actor(), CoachOf(call.id, next(iter(call.lots)), user_id), **form.told())
    if form.accepted:
        flash(_("The profile of %(name)s is kept.", name=coach.name), "well")
        return form.leads_to(target)
    if form.status == 409 and (now := coaching.profile_of(call.id, user_id)):
        form.version.data = now.version
    return _profile(coach, call, form), form.status


def _coach(user_id: int) -> tuple[Coaching, CallLine]:
    """The coach of the call asked for. Raises NotFound for somebody who coaches nothing in reach."""
    _calls, call = _call()
    coach = next((each for each in coaches_of(call) if each.id == user_id), None) if call else None
    if coach is None or call is None:
        raise NotFound
    return coach, call


def _profile(coach: Coaching, call: CallLine, form: ProfileForm) -> str:
    form.within(places_of(call.id))
    return page(
        "coordinator/coach_profile.html", coach=coach, call=call, form=form, entry="coordinator.people"
    )


@bp.get("/coordinator/coaching/hours.<ending>")
@requires(P.call_export)
def coaching_hours(ending: str) -> Response:
    call, period = _call()[1], PeriodForm(request.args)
    if call is None:
        raise NotFound
    period.validate()
    table = hours.rows(
        actor(), call, since=period.since.data, until=period.until.data, language=i18n.language(), own=False
    )
    return table_file(table, ending, f"{call.reference}-coaching")


@bp.route("/coordinator/coaching/report.pdf", methods=documents.BOTH)
@requires(P.coaching_waive)
def coaching_report() -> Answer:
    """The whole call: coaches, projects, days, advice and what became of it; of very many projects a part."""
    call = _call()[1]
    if call is None:
        raise NotFound
    part = min(max(request.args.get("part", 1, type=record_number), 1), MOST_PAGES)
    found = reports.call_report(actor(), call, part=part)
    if found is None:  # that page says that it is being worked out
        return redirect(url_for("coordinator.coaching_of_call", call=call.reference))
    name = f"{call.reference}-coaching{f'-{found.part}' if found.parts > 1 else ''}"
    back = url_for("coordinator.coaching_of_call", call=call.reference)
    return documents.coaching("coaching_call.html", name, back, it=found)
