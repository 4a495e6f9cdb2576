"""What a coordinator does about the coaching of one dossier: fewer sessions for a reason, notes for staff."""

from typing import Any

from flask import flash, url_for

from callflow.applications.models import Application
from callflow.coaching import actions
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.desk.coaching import report as reports
from callflow.dossiers import queries
from callflow.web import documents
from callflow.web.coaching_forms import NoteForm
from callflow.web.coordinator import bp
from callflow.web.coordinator.coaching_forms import WaiverForm
from callflow.web.coordinator.dossier import dossier_page

Answer = Any


@bp.post("/coordinator/dossiers/<ref>/waiver")
@requires(P.coaching_waive)
def waive_sessions(ref: str) -> Answer:
    form, target = WaiverForm(), url_for("coordinator.dossier", ref=ref, _anchor="coaching")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            actions.waive_sessions(actor(), found, reason=form.reason.data or "")
    if form.accepted:
        flash(_("The missing sessions are waived. The coaching can be closed."), "well")
        return form.leads_to(target)
    return dossier_page(ref, waiver_form=form), form.status


@bp.post("/coordinator/dossiers/<ref>/coaching-notes")
@requires(P.coaching_waive)
def coaching_note(ref: str) -> Answer:
    form, target = NoteForm(), url_for("coordinator.dossier", ref=ref, _anchor="notes")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            actions.write_note(actor(), found, text=form.note.data or "")
    if form.accepted:
        flash(_("The note is kept. The group does not read it."), "well")
        return form.leads_to(target)
    return dossier_page(ref, note_form=form), form.status


@bp.route("/coordinator/dossiers/<ref>/coaching.pdf", methods=documents.BOTH)
@requires(P.coaching_waive)
def project_report(ref: str) -> Answer:
    """Sessions, hours, advice and what became of it; without notes for staff."""
    found = reports.project_report(ref, by=actor(), permission=P.coaching_waive)
    return documents.coaching(
        "coaching_project.html", f"{ref}-coaching", url_for("coordinator.dossier", ref=ref), it=found
    )
