"""The form of an application: its task list, its sections, checking all answers, and submitting."""

from typing import Any

from flask import flash, redirect, url_for
from wtforms import HiddenField

from callflow.applications import actions
from callflow.applications.models import Application
from callflow.applications.rules import form_of, in_short, revisable, written_until
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P, may
from callflow.desk.applicant import writing
from callflow.desk.applicant.own import offers, own, own_for_step
from callflow.desk.applicant.status import submitters
from callflow.dossiers.states import State
from callflow.lifecycle import process
from callflow.lifecycle.values import Submitting
from callflow.web.applicant import bp, filling, telling
from callflow.web.applicant.filling import Writing
from callflow.web.asking import Form, reasons
from callflow.web.pages import page

Answer = Any


class SubmitForm(Form):
    """``content`` is the version of the text that the person checked."""

    content = HiddenField()

    @property
    def checked(self) -> int:
        """A number that is none is a version that never was."""
        text = str(self.content.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def is_frozen(application: Application) -> bool:
    """Whether the form shows no more inputs."""
    return application.shown_state not in (State.draft, State.invited) and not revisable(application)


def step_of(application: Application) -> str:
    """The step that hands this text in: in short, for the first time, or a better version."""
    if in_short(application):
        return "preapply"
    return "submit" if application.shown_state in (State.draft, State.invited) else "revise"


FORM = Writing(
    permission=P.application_edit,
    sheet=lambda ref: filling.heard(writing.draft(own(ref, actor()))),
    form=form_of,
    closed=is_frozen,
    save=lambda application, texts, versions: actions.save_answers(
        actor(), application, texts, versions=versions, language=filling.spoken()
    ),
    attach=lambda application, name, file: actions.attach(actor(), application, name, file),
    remove=lambda application, number: actions.remove_file(actor(), application, number),
    section="applicant.section",
    overview="applicant.tasks",
    check="applicant.check",
)


@bp.get("/applications/<ref>/form")
@requires(P.dossier_view)
def tasks(ref: str) -> Answer:
    sheet = FORM.sheet(ref)
    if is_frozen(sheet.application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    edits = may(actor(), P.application_edit, sheet.application)
    return page(
        "applicant/tasks.html", sheet=sheet, application=sheet.application, edits=edits,
        items=telling.tasks(FORM, sheet, edits), trigger=step_of(sheet.application),
        until=written_until(sheet.application), entry="applicant.home",
    )  # fmt: skip


@bp.get("/applications/<ref>/form/<section>")
@requires(P.application_edit)
def section(ref: str, section: str) -> Answer:
    return filling.show(FORM, ref, section)


@bp.post("/applications/<ref>/form/<section>")
@requires(P.application_edit)
def save_section(ref: str, section: str) -> Answer:
    return filling.receive(FORM, ref, section)


@bp.post("/applications/<ref>/form/<section>/autosave")
@requires(P.application_edit)
def autosave(ref: str, section: str) -> Answer:
    return filling.keep(FORM, ref, section)


@bp.get("/applications/<ref>/check")
@requires(P.dossier_view)
def check(ref: str) -> Answer:
    sheet = FORM.sheet(ref)
    if is_frozen(sheet.application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    return _check_page(sheet, SubmitForm(formdata=None, content=sheet.version))


def _check_page(sheet: writing.Sheet, form: SubmitForm) -> str:
    found = offers(sheet.application, actor(), unanswered=sheet.open)
    return page(
        "applicant/check.html",
        sheet=sheet,
        application=sheet.application,
        form=form,
        trigger=step_of(sheet.application),
        offered=step_of(sheet.application) in found,
        blocked=reasons(found.get(step_of(sheet.application), [])),
        edits=may(actor(), P.application_edit, sheet.application),
        submitters=submitters(sheet.application),
        readers=telling.readers(sheet.application),
        entry="applicant.home",
    )


@bp.post("/applications/<ref>/submit")
@requires(P.application_submit)
def submit(ref: str) -> Answer:
    form, target = SubmitForm(), _after(ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            trigger = step_of(application)
            process.take(application, trigger, actor=actor(), values=Submitting(form.checked))
    if form.accepted:
        if target.endswith("#coaching"):
            flash(_("The better version is handed in. Your coach and the jury read this one."), "well")
        return form.leads_to(target)
    sheet = FORM.sheet(ref)
    again = SubmitForm(formdata=None, content=sheet.version)
    again.problems, again.status = form.problems, form.status
    if is_frozen(sheet.application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    return _check_page(sheet, again), again.status


def _after(ref: str) -> str:
    """A first version leads to the page that says so, a better one back to the coaching."""
    if step_of(own(ref, actor())) in ("preapply", "submit"):
        return url_for("applicant.sent", ref=ref)
    return url_for("applicant.application", ref=ref, _anchor="coaching")


@bp.get("/applications/<ref>/sent")
@requires(P.dossier_view)
def sent(ref: str) -> Answer:
    application = own(ref, actor())
    if application.submitted_at is None:
        return redirect(url_for("applicant.tasks", ref=ref), 303)
    return page("applicant/sent.html", application=application, entry="applicant.home")
