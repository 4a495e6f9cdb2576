"""Conflicts of interest on one dossier: noting one that somebody told of, lifting one that was found,
deciding on scores given before one.
"""

from typing import Any

from flask import flash, request, url_for

from callflow.applications.models import Application
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.dossiers import queries
from callflow.dossiers.states import ConflictKind
from callflow.jury import actions
from callflow.lifecycle import conflicts
from callflow.web.coordinator import bp
from callflow.web.coordinator.dossier import TaskForm, dossier_page
from callflow.web.numbers import record_number

Answer = Any
REPORTED = "reported"
"""The name of the input for the reason, on the page."""


@bp.post("/coordinator/dossiers/<ref>/conflict")
@requires(P.dossier_assign)
def report_conflict(ref: str) -> Answer:
    """One that somebody told of: the juror on the telephone, a neighbour, the group itself."""
    form, target = _form(REPORTED), url_for("coordinator.dossier", ref=ref, _anchor="people")
    person_id = form.chosen = request.form.get("person_id", type=record_number)
    if person_id is None:
        form.refuse("nobody_chosen", field=None)
    if not form.problems and form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            reason = form.reason.data or ""
            conflicts.report(actor(), found, person_id=person_id or 0, reason=reason)
    if form.accepted:
        flash(_("The conflict is noted. This person does not see the dossier any more."), "well")
        return form.leads_to(target)
    return dossier_page(ref, task_form=form), form.status


@bp.post("/coordinator/dossiers/<ref>/conflicts/<int(max=2147483647):user_id>/<kind>")
@requires(P.dossier_assign)
def lift_conflict(ref: str, user_id: int, kind: str) -> Answer:
    if kind not in ConflictKind.__members__:
        raise NotFound
    form, target = _form(f"lift-{user_id}-{kind}"), url_for("coordinator.dossier", ref=ref, _anchor="people")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            conflicts.lift(
                actor(), found, person_id=user_id, kind=ConflictKind(kind), reason=form.reason.data or ""
            )
    if form.accepted:
        flash(_("The conflict is lifted. The reason stays in the history."), "well")
        return form.leads_to(target)
    return dossier_page(ref, task_form=form), form.status


@bp.post("/coordinator/dossiers/<ref>/recusals/<int(max=2147483647):user_id>")
@requires(P.dossier_assign)
def decide_recusal(ref: str, user_id: int) -> Answer:
    """Whether scores count that were given before the conflict came to light."""
    form, target = _form(f"recusal-{user_id}"), url_for("coordinator.dossier", ref=ref, _anchor="people")
    keep = request.form.get("do") == "keep"
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            actions.decide_recusal(actor(), found, juror_id=user_id, keep=keep, reason=form.reason.data or "")
    if form.accepted:
        flash(_("The scores count.") if keep else _("The scores are left out."), "well")
        return form.leads_to(target)
    return dossier_page(ref, task_form=form), form.status


def _form(name: str) -> TaskForm:
    """Each juror and conflict has an input of its own on the page."""
    form = TaskForm()
    form.reason.id = name
    return form
