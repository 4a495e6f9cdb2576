"""Completing an application: what is asked, the copy of these answers, checking it, and handing it in."""

from typing import Any

from flask import flash, redirect, url_for
from wtforms import TextAreaField
from wtforms.validators import Length

from callflow.applications.models import Application
from callflow.calls.fields import visible
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, may, require
from callflow.desk.applicant import completing
from callflow.desk.applicant.own import offers, own, own_for_step
from callflow.desk.applicant.status import submitters
from callflow.desk.applicant.writing import Sheet
from callflow.lifecycle import process, values
from callflow.screening import actions
from callflow.web.applicant import bp, filling, telling
from callflow.web.applicant.drafting import SubmitForm
from callflow.web.applicant.filling import Writing
from callflow.web.asking import reasons
from callflow.web.pages import page
from callflow.web.words import say

Answer = Any


class HandInForm(SubmitForm):
    """The version of the copy that was checked, and what the group wants to say with it."""

    text = TextAreaField(
        _l("What else should the coordinator know?"),
        [Length(max=2000, message=_l("Use at most %(max)d characters."))],
        filters=[lambda text: visible(text) if text else text],
        description=_l("For example where something could not be had. The jury does not read this."),
    )


def _sheet(ref: str) -> Sheet:
    return filling.heard(completing.copy_of(own(ref, actor())).sheet)


def is_closed(application: Application) -> bool:
    """Whether nothing is asked of the group any more."""
    return not completing.is_open(application)


def takes_nothing(application: Application) -> bool:
    """Whether the copy shows no more inputs: nothing is asked any more, or it is too late."""
    return is_closed(application) or completing.copy_of(application).late


COMPLETION = Writing(
    permission=P.application_edit,
    sheet=_sheet,
    form=lambda application: completing.copy_of(application).request.form,
    closed=takes_nothing,
    save=lambda application, texts, versions: actions.save_completion(
        actor(), application, texts, versions=versions, language=filling.spoken()
    ),
    attach=lambda application, name, file: actions.attach(actor(), application, name, file),
    remove=lambda application, number: actions.remove_file(actor(), application, number),
    section="applicant.completion_section",
    overview="applicant.completion",
    check="applicant.completion_check",
)


@bp.get("/applications/<ref>/completion")
@requires(P.dossier_view)
def completion(ref: str) -> Answer:
    application = own(ref, actor())
    if is_closed(application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    copy = completing.copy_of(application)
    edits = may(actor(), P.application_edit, application) and not copy.late
    return page(
        "applicant/completion.html", copy=copy, sheet=filling.heard(copy.sheet), application=application,
        edits=edits, items=telling.tasks(COMPLETION, copy.sheet, edits), contact=telling.contact(application),
        entry="applicant.home",
    )  # fmt: skip


@bp.get("/applications/<ref>/completion-check")
@requires(P.dossier_view)
def completion_check(ref: str) -> Answer:
    application = own(ref, actor())
    if is_closed(application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    copy = completing.copy_of(application)
    return _check_page(copy, HandInForm(formdata=None, content=copy.request.version))


def _check_page(copy: completing.Copy, form: HandInForm) -> str:
    application = copy.sheet.application
    found = offers(application, actor(), unanswered=copy.sheet.open)
    return page(
        "applicant/completion_check.html",
        copy=copy,
        sheet=filling.heard(copy.sheet),
        application=application,
        changes=completing.changed_in(copy, language=i18n.language()),
        form=form,
        offered="complete" in found,
        blocked=reasons(found.get("complete", [])),
        edits=may(actor(), P.application_edit, application) and not copy.late,
        submitters=submitters(application),
        entry="applicant.home",
    )


@bp.post("/applications/<ref>/completion-check")
@requires(P.application_submit)
def hand_in_completion(ref: str) -> Answer:
    form, target = HandInForm(), url_for("applicant.application", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            require(actor(), P.application_submit, application)
            given = values.Completing(form.checked, str(form.text.data or ""))
            process.take(application, "complete", actor=actor(), values=given)
    if form.accepted:
        return form.leads_to(target)
    application = own(ref, actor())
    if is_closed(application):
        for problem in form.problems:
            flash(say(problem.code, problem.parameters), "waits")
        return redirect(target, 303)
    copy = completing.copy_of(application)
    form.content.data = copy.request.version
    return _check_page(copy, form), form.status


@bp.get("/applications/<ref>/completion/<section>")
@requires(P.application_edit)
def completion_section(ref: str, section: str) -> Answer:
    return filling.show(COMPLETION, ref, section)


@bp.post("/applications/<ref>/completion/<section>")
@requires(P.application_edit)
def save_completion_section(ref: str, section: str) -> Answer:
    return filling.receive(COMPLETION, ref, section)


@bp.post("/applications/<ref>/completion/<section>/autosave")
@requires(P.application_edit)
def autosave_completion(ref: str, section: str) -> Answer:
    return filling.keep(COMPLETION, ref, section)
