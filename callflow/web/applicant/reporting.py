"""The report of a project: its sections, checking it, and sending it."""

from typing import Any

from flask import redirect, url_for

from callflow.applications.models import Application
from callflow.applications.queries import places_of
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.permissions import P, may
from callflow.desk.applicant import writing
from callflow.desk.applicant.own import own, own_for_step
from callflow.desk.applicant.status import submitters
from callflow.lifecycle import process
from callflow.reports import actions, rules
from callflow.reports.queries import report_of
from callflow.web.applicant import bp, filling, telling
from callflow.web.applicant.drafting import SubmitForm
from callflow.web.applicant.filling import Writing
from callflow.web.pages import page

Answer = Any


def _sheet(ref: str) -> writing.Sheet:
    application = own(ref, actor())
    return filling.heard(writing.report(application, report_of(application)))


def is_frozen(application: Application) -> bool:
    """Whether the report shows no inputs: the project may not report yet, or has reported."""
    return application.shown_state not in rules.REPORTING


REPORT = Writing(
    permission=P.report_edit,
    sheet=_sheet,
    form=lambda application: application.call.report_form,
    closed=is_frozen,
    save=lambda application, texts, versions: actions.save_report(
        actor(), application, texts, versions=versions, language=filling.spoken()
    ),
    attach=lambda application, name, file: actions.attach(actor(), application, name, file),
    remove=lambda application, number: actions.remove_file(actor(), application, number),
    section="applicant.report_section",
    overview="applicant.report",
    check="applicant.report_check",
)


@bp.get("/applications/<ref>/report")
@requires(P.dossier_view)
def report(ref: str) -> Answer:
    sheet = _sheet(ref)
    if is_frozen(sheet.application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    edits = may(actor(), P.report_edit, sheet.application)
    return page(
        "applicant/report.html", sheet=sheet, application=sheet.application, edits=edits,
        items=telling.tasks(REPORT, sheet, edits), entry="applicant.home",
    )  # fmt: skip


@bp.get("/applications/<ref>/report-check")
@requires(P.dossier_view)
def report_check(ref: str) -> Answer:
    sheet = _sheet(ref)
    if is_frozen(sheet.application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    return _check_page(sheet, SubmitForm(formdata=None, content=sheet.version))


def _check_page(sheet: writing.Sheet, form: SubmitForm) -> str:
    return page(
        "applicant/report_check.html",
        sheet=sheet,
        application=sheet.application,
        form=form,
        submits=may(actor(), P.report_submit, sheet.application),
        edits=may(actor(), P.report_edit, sheet.application),
        submitters=submitters(sheet.application),
        entry="applicant.home",
    )


@bp.post("/applications/<ref>/report-check")
@requires(P.report_submit)
def send_report(ref: str) -> Answer:
    form, target = SubmitForm(), url_for("applicant.application", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            actions.send(actor(), application, version=form.checked)
            process.take(application, "report", actor=actor())
    if form.accepted:
        return form.leads_to(target)
    sheet = _sheet(ref)
    if is_frozen(sheet.application):
        return redirect(target, 303)
    again = SubmitForm(formdata=None, content=sheet.version)
    again.problems, again.status = form.problems, form.status
    return _check_page(sheet, again), again.status


@bp.get("/applications/<ref>/report-text")
@requires(P.dossier_view)
def report_text(ref: str) -> Answer:
    application = own(ref, actor())
    found = report_of(application)
    if found is None or found.submitted_at is None:
        raise NotFound
    return page(
        "applicant/text.html", application=application, sections=application.call.report_form,
        given=found.answers, places=places_of(application.call_id), number=None, sent_at=found.submitted_at,
        entry="applicant.home",
    )  # fmt: skip


@bp.get("/applications/<ref>/report/<section>")
@requires(P.report_edit)
def report_section(ref: str, section: str) -> Answer:
    return filling.show(REPORT, ref, section)


@bp.post("/applications/<ref>/report/<section>")
@requires(P.report_edit)
def save_report_section(ref: str, section: str) -> Answer:
    return filling.receive(REPORT, ref, section)


@bp.post("/applications/<ref>/report/<section>/autosave")
@requires(P.report_edit)
def autosave_report(ref: str, section: str) -> Answer:
    return filling.keep(REPORT, ref, section)
