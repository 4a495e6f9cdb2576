"""What a group settles after a decision: proofs of its conditions, its answer to an offer, its comments."""

from typing import Any

from flask import current_app, flash, request, url_for
from wtforms import FileField, TextAreaField
from wtforms.validators import Length

from callflow.applications.files import Examined, examined
from callflow.applications.models import Application
from callflow.calls.fields import visible
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, may, require
from callflow.decisions import actions, queries
from callflow.desk.applicant.own import offers, own, own_for_step
from callflow.desk.outcome import Outcome, outcome_of
from callflow.lifecycle import process, values
from callflow.web.applicant import bp
from callflow.web.asking import Form, reasons
from callflow.web.pages import page

Answer = Any


def words(label: Any, **more: Any) -> TextAreaField:
    """Some lines, without signs that nobody sees."""
    return TextAreaField(
        label,
        [Length(max=4000, message=_l("Use at most %(max)d characters."))],
        filters=[lambda text: visible(text) if text else text],
        **more,
    )


class ProofForm(Form):
    """One file that proves a condition."""

    file = FileField(_l("Choose a file"))


class DeclineForm(Form):
    """Why the group leaves the offer to another project."""

    text = words(_l("Why do you decline it?"), description=_l("You need not say why."))


class CommentForm(Form):
    """What the group answers to the invitation to comment."""

    text = words(_l("Your comments"), description=_l("You can send them once. The decision quotes them."))


def _settled(ref: str) -> tuple[Application, Outcome]:
    application = own(ref, actor())
    return application, outcome_of(application.id, told=True)


@bp.get("/applications/<ref>/conditions")
@requires(P.dossier_view)
def conditions(ref: str) -> Answer:
    return _conditions_page(ref, ProofForm(formdata=None), None)


def _conditions_page(ref: str, form: ProofForm, number: int | None) -> str:
    """``number``: the condition whose file came back."""
    application, outcome = _settled(ref)
    if not outcome.demands:
        raise NotFound
    return page(
        "applicant/conditions.html", application=application, outcome=outcome, form=form, number=number,
        edits=may(actor(), P.report_edit, application), entry="applicant.home",
    )  # fmt: skip


@bp.post("/applications/<ref>/conditions/<int(max=2147483647):number>")
@requires(P.report_edit)
def add_proof(ref: str, number: int) -> Answer:
    form, target = ProofForm(), url_for("applicant.conditions", ref=ref)
    form.file.id = f"file-{number}"
    proof = _sent(form)
    if proof is not None and form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            require(actor(), P.report_edit, application)
            condition = queries.condition(application, number)
            demands = outcome_of(application.id, told=True).demands
            kept = next((len(each.proofs) for each in demands if each.condition.id == number), 0)
            actions.add_proof(actor(), application, condition, proof, kept=kept)
    if form.accepted:
        if not form.repeated:
            flash(_("The proof is sent. We look at it and write to you."), "well")
        return form.leads_to(target)
    return _conditions_page(ref, form, number), form.status


def _sent(form: ProofForm) -> Examined | None:
    """The file, looked into before the transaction; none, or one that may not be kept, is a refusal."""
    upload = request.files.get("file")
    limit = current_app.config["SETTINGS"].upload_limit
    try:
        if upload is None or not upload.filename:
            raise Refused("proof_missing")
        return examined(str(upload.filename), upload.stream.read(limit + 1), limit=limit)
    except Refused as refused:
        form.refuse(refused.code, field="file", **refused.parameters)
        return None


@bp.get("/applications/<ref>/offer")
@requires(P.dossier_view)
def offer(ref: str) -> Answer:
    return _offer_page(ref, DeclineForm(formdata=None))


def _offer_page(ref: str, form: DeclineForm) -> str:
    application, outcome = _settled(ref)
    if outcome.standing is None or outcome.standing.answer_by is None:
        raise NotFound
    found = offers(application, actor())
    return page(
        "applicant/offer.html", application=application, decision=outcome.standing, form=form,
        open="accept_offer" in found, blocked=reasons(found.get("accept_offer", [])), entry="applicant.home",
    )  # fmt: skip


@bp.post("/applications/<ref>/offer")
@requires(P.application_submit)
def accept_offer(ref: str) -> Answer:
    return _answer(ref, "accept_offer", None, _("You have accepted the offer."))


@bp.post("/applications/<ref>/offer/decline")
@requires(P.application_withdraw)
def decline_offer(ref: str) -> Answer:
    why = values.Reason(str(request.form.get("text") or "")[:4000])
    return _answer(ref, "decline_offer", why, _("You have declined the offer. It goes to another project."))


def _answer(ref: str, trigger: str, given: Any, done: str) -> Answer:
    form, target = DeclineForm(), url_for("applicant.application", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            require(actor(), P.application_submit, application)
            process.take(application, trigger, actor=actor(), values=given)
    if form.accepted:
        if not form.repeated:
            flash(done, "well")
        return form.leads_to(target)
    return _offer_page(ref, form), form.status


@bp.get("/applications/<ref>/hearing")
@requires(P.dossier_view)
def hearing(ref: str) -> Answer:
    return _hearing_page(ref, CommentForm(formdata=None))


def _hearing_page(ref: str, form: CommentForm) -> str:
    application, outcome = _settled(ref)
    if outcome.hearing is None:
        raise NotFound
    return page(
        "applicant/hearing.html", application=application, hearing=outcome.hearing, form=form,
        open=outcome.heard is not None and not outcome.hearing.remarks,
        submits=may(actor(), P.application_submit, application), entry="applicant.home",
    )  # fmt: skip


@bp.post("/applications/<ref>/hearing")
@requires(P.application_submit)
def comment(ref: str) -> Answer:
    form, target = CommentForm(), url_for("applicant.application", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            actions.remark(actor(), application, text=str(form.text.data or ""))
    if form.accepted:
        if not form.repeated:
            flash(_("Your comments are sent."), "well")
        return form.leads_to(target)
    return _hearing_page(ref, form), form.status
