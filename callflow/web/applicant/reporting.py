"""The reports of a project, halfway and at the end: their sections, checking them, and sending them."""

from typing import Any

from flask import redirect, url_for

from callflow.applications.models import Application
from callflow.applications.queries import places_of
from callflow.calls.procedure import Procedure
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
from callflow.reports.states import ReportKind
from callflow.web.applicant import bp, filling, telling
from callflow.web.applicant.drafting import SubmitForm
from callflow.web.applicant.filling import Writing
from callflow.web.pages import page

Answer = Any
HALFWAY, LAST = {"kind": "interim"}, {"kind": "final"}


def is_frozen(application: Application, kind: ReportKind) -> bool:
    """Whether the report shows no inputs: it is not its time yet, or it was sent."""
    return application.shown_state not in rules.reporting(Procedure.of(application.call.procedure), kind)


def _writing(kind: ReportKind) -> Writing:
    """The form of one of the reports."""

    def sheet(ref: str) -> writing.Sheet:
        application = own(ref, actor())
        return filling.heard(writing.report(application, report_of(application, kind), kind))

    return Writing(
        permission=P.report_edit,
        sheet=sheet,
        form=lambda application: rules.form_of(application.call, kind),
        closed=lambda application: is_frozen(application, kind),
        save=lambda application, texts, versions: actions.save_report(
            actor(), application, texts, kind=kind, versions=versions, language=filling.spoken()
        ),
        attach=lambda application, name, file: actions.attach(actor(), application, name, file, kind=kind),
        remove=lambda application, number: actions.remove_file(actor(), application, number, kind=kind),
        section="applicant.report_section",
        overview="applicant.report",
        check="applicant.report_check",
        which={"kind": kind.value},
    )


WRITINGS = {kind: _writing(kind) for kind in ReportKind}


@bp.get("/applications/<ref>/report", defaults=LAST)
@bp.get("/applications/<ref>/interim-report", defaults=HALFWAY)
@requires(P.dossier_view)
def report(ref: str, kind: str) -> Answer:
    which = ReportKind(kind)
    sheet = WRITINGS[which].sheet(ref)
    if is_frozen(sheet.application, which):
        return redirect(url_for("applicant.application", ref=ref), 303)
    edits = may(actor(), P.report_edit, sheet.application)
    return page(
        "applicant/report.html", sheet=sheet, application=sheet.application, edits=edits, kind=kind,
        items=telling.tasks(WRITINGS[which], sheet, edits), begun=report_of(sheet.application, which),
        due=sheet.application.call.calendar.get(telling.DUE[which]), entry="applicant.home",
    )  # fmt: skip


@bp.get("/applications/<ref>/report-check", defaults=LAST)
@bp.get("/applications/<ref>/interim-report-check", defaults=HALFWAY)
@requires(P.dossier_view)
def report_check(ref: str, kind: str) -> Answer:
    which = ReportKind(kind)
    sheet = WRITINGS[which].sheet(ref)
    if is_frozen(sheet.application, which):
        return redirect(url_for("applicant.application", ref=ref), 303)
    return _check_page(sheet, SubmitForm(formdata=None, content=sheet.version), which)


def _check_page(sheet: writing.Sheet, form: SubmitForm, kind: ReportKind) -> str:
    return page(
        "applicant/report_check.html",
        sheet=sheet,
        application=sheet.application,
        form=form,
        kind=kind.value,
        trigger=rules.STEPS[kind],
        submits=may(actor(), P.report_submit, sheet.application),
        edits=may(actor(), P.report_edit, sheet.application),
        submitters=submitters(sheet.application),
        entry="applicant.home",
    )


@bp.post("/applications/<ref>/report-check", defaults=LAST)
@bp.post("/applications/<ref>/interim-report-check", defaults=HALFWAY)
@requires(P.report_submit)
def send_report(ref: str, kind: str) -> Answer:
    form, target, which = SubmitForm(), url_for("applicant.application", ref=ref), ReportKind(kind)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            actions.send(actor(), application, version=form.checked, kind=which)
            process.take(application, rules.STEPS[which], actor=actor())
    if form.accepted:
        return form.leads_to(target)
    sheet = WRITINGS[which].sheet(ref)
    if is_frozen(sheet.application, which):
        return redirect(target, 303)
    again = SubmitForm(formdata=None, content=sheet.version)
    again.problems, again.status = form.problems, form.status
    return _check_page(sheet, again, which), again.status


@bp.get("/applications/<ref>/report-text", defaults=LAST)
@bp.get("/applications/<ref>/interim-report-text", defaults=HALFWAY)
@requires(P.dossier_view)
def report_text(ref: str, kind: str) -> Answer:
    application, which = own(ref, actor()), ReportKind(kind)
    found = report_of(application, which)
    if found is None or found.submitted_at is None:
        raise NotFound
    return page(
        "applicant/text.html", application=application, sections=rules.form_of(application.call, which),
        given=found.answers, places=places_of(application.call_id), number=None, sent_at=found.submitted_at,
        entry="applicant.home",
    )  # fmt: skip


@bp.get("/applications/<ref>/report/<section>", defaults=LAST)
@bp.get("/applications/<ref>/interim-report/<section>", defaults=HALFWAY)
@requires(P.report_edit)
def report_section(ref: str, section: str, kind: str) -> Answer:
    return filling.show(WRITINGS[ReportKind(kind)], ref, section)


@bp.post("/applications/<ref>/report/<section>", defaults=LAST)
@bp.post("/applications/<ref>/interim-report/<section>", defaults=HALFWAY)
@requires(P.report_edit)
def save_report_section(ref: str, section: str, kind: str) -> Answer:
    return filling.receive(WRITINGS[ReportKind(kind)], ref, section)


@bp.post("/applications/<ref>/report/<section>/autosave", defaults=LAST)
@bp.post("/applications/<ref>/interim-report/<section>/autosave", defaults=HALFWAY)
@requires(P.report_edit)
def autosave_report(ref: str, section: str, kind: str) -> Answer:
    return filling.keep(WRITINGS[ReportKind(kind)], ref, section)
