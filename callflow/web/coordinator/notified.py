"""How a letter reached its addressees: noted with its proof; the signed scan; the file that proves it."""

from io import BytesIO
from typing import Any

from flask import Response, current_app, flash, request, send_file, url_for
from wtforms import FileField, SelectChoice, SelectField

from callflow.applications.files import Examined, examined
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.storage import storage
from callflow.desk.notified import notified_page, scan_page
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.letters import actions, queries
from callflow.letters.states import NotifiedBy
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import DayField, line
from callflow.web.letter_words import WAYS, kind_words
from callflow.web.pages import page, page_asked

Answer = Any
PROOFS = frozenset({"pdf", "png", "jpg"})
ADDRESS = "/coordinator/dossiers/<ref>/letters/<code>/notified"
SCAN = ADDRESS + "/signed/<int(max=2147483647):number>"


class NotifyForm(Form):
    """To whom, how, when, and the proof."""

    addressee = SelectField(_l("To whom"), validate_choice=False)
    way = SelectField(_l("How"), choices=[SelectChoice(way.value, words) for way, words in WAYS.items()])
    notified_on = DayField(
        _l("On which day"),
        description=_l("The day on which it reached them: of the receipt, of handing over, of opening."),
    )
    remark = line(_l("Where the proof lies, or another remark"), longest=500)
    proof = FileField(
        _l("Proof"), description=_l("The receipt or the signed note, as PDF or picture; if you have it.")
    )


class ScanForm(Form):
    """The letter as signed on paper, scanned."""

    scan = FileField(_l("Scan of the signed letter (PDF)"))


class StrikeScanForm(Form):
    """Why a scan is struck."""

    why = line(
        _l("Why is this scan wrong?"), longest=500,
        needed=_l("Write why this scan is wrong: the reason stays in the history."),
        description=_l(
            "For example: the letter of another group. Name nobody: whoever checks the history reads this."
        ),
    )  # fmt: skip


@bp.get(ADDRESS)
@requires(P.mail_manage)
def notified(ref: str, code: str) -> str:
    return _shown(ref, code)


@bp.post(ADDRESS)
@requires(P.mail_manage)
def notify(ref: str, code: str) -> Answer:
    form, target = NotifyForm(), url_for("coordinator.notified", ref=ref, code=code)
    if form.valid():
        with form.refusals():
            found = notified_page(ref, code, by=actor())
            proof = _examined("proof", PROOFS)
            if form.addressee.data not in found.addressees:
                raise Refused("addressee_unknown", field="addressee")
            if form.notified_on.data is None:
                raise Refused("arrival_day_missing", field="notified_on")
            with unit_of_work(form.once(target)):
                dossier: Dossier = dossiers.for_step(ref, by=actor())
                actions.notify(
                    actor(), dossier, queries.of(dossier, code), addressee=form.addressee.data,
                    way=NotifiedBy(form.way.data), notified_on=form.notified_on.data,
                    remark=form.remark.data or "", proof=proof,
                )  # fmt: skip
    if form.accepted:
        flash(_("It is noted that the letter arrived."), "well")
        return form.leads_to(target)
    return _shown(ref, code, notify=form), form.status


@bp.post(ADDRESS + "/<int(max=2147483647):notification_id>/take-back")
@requires(P.mail_manage)
def take_back_notification(ref: str, code: str, notification_id: int) -> Answer:
    form, target = Form(), url_for("coordinator.notified", ref=ref, code=code)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            dossier: Dossier = dossiers.for_step(ref, by=actor())
            letter = queries.of(dossier, code)
            actions.take_back_notification(actor(), dossier, letter, notification_id)
    if form.accepted:
        flash(_("The entry is struck. It stays readable."), "well")
        return form.leads_to(target)
    return _shown(ref, code, strike=form), form.status


@bp.post(ADDRESS + "/signed")
@requires(P.mail_manage)
def add_signed_copy(ref: str, code: str) -> Answer:
    form, target = ScanForm(), url_for("coordinator.notified", ref=ref, code=code)
    if form.valid():
        with form.refusals():
            notified_page(ref, code, by=actor())
            scan = _examined("scan", frozenset({"pdf"}))
            if scan is None:
                raise Refused("scan_missing", field="scan")
            with unit_of_work(form.once(target)):
                dossier: Dossier = dossiers.for_step(ref, by=actor())
                actions.add_signed_copy(actor(), dossier, queries.of(dossier, code), scan)
    if form.accepted:
        flash(_("The signed letter is kept. The group finds it in place of the unsigned one."), "well")
        return form.leads_to(target)
    return _shown(ref, code, scan=form), form.status


@bp.get(SCAN)
@requires(P.mail_manage)
def signed_copy(ref: str, code: str, number: int) -> Response:
    """A scan of the letter for staff, also an earlier one and one that was struck."""
    dossier: Dossier = dossiers.seen(ref, by=actor(), permission=P.scores_view)
    found = queries.signed_copy(dossier, code, number)
    name = f"{dossier.reference}-signed-{number}.pdf"
    answer = send_file(BytesIO(storage().get(found.sha256)), mimetype="application/pdf", download_name=name)
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@bp.get(SCAN + "/take-back")
@requires(P.mail_manage)
def strike_signed_copy(ref: str, code: str, number: int) -> str:
    return _striking(ref, code, number, StrikeScanForm(formdata=None))


@bp.post(SCAN + "/take-back")
@requires(P.mail_manage)
def take_back_signed_copy(ref: str, code: str, number: int) -> Answer:
    form, target = StrikeScanForm(), url_for("coordinator.notified", ref=ref, code=code)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            dossier: Dossier = dossiers.for_step(ref, by=actor(), permission=P.scores_view)
            letter, why = queries.of(dossier, code), str(form.why.data or "")
            actions.take_back_signed_copy(actor(), dossier, letter, number, why)
    if form.accepted:
        flash(_("The scan is struck. The group no longer finds it; here it stays readable."), "well")
        return form.leads_to(target)
    return _striking(ref, code, number, form), form.status


def _striking(ref: str, code: str, number: int, form: Form) -> str:
    found = scan_page(ref, code, number, by=actor())
    if found.scan.copy.taken_back_at is not None:
        form.gone()
    return page("coordinator/strike_scan.html", it=found, form=form, entry="coordinator.dossiers")


@bp.get(ADDRESS + "/<int(max=2147483647):notification_id>/proof")
@requires(P.mail_manage)
def proof_of_notification(ref: str, code: str, notification_id: int) -> Response:
    dossier: Dossier = dossiers.seen(ref, by=actor(), permission=P.scores_view)
    found = queries.proof(dossier, code, notification_id)
    answer = Response(storage().get(str(found.proof_sha256)), mimetype=found.proof_type)
    answer.headers.set("Content-Disposition", "attachment", filename=str(found.proof_name))
    return answer


def _examined(name: str, allowed: frozenset[str]) -> Examined | None:
    """The uploaded file, looked into before any transaction; None when none was sent."""
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        return None
    limit = current_app.config["SETTINGS"].upload_limit
    try:
        return examined(sent.filename, sent.read(limit + 1), limit=limit, allowed=allowed)
    except Refused as refused:
        raise Refused(refused.code, field=name, **refused.parameters) from refused


def _shown(
    ref: str, code: str, *, notify: Form | None = None, scan: Form | None = None, strike: Form | None = None
) -> str:
    found = notified_page(ref, code, by=actor(), page=page_asked())
    form = notify or NotifyForm(formdata=None)
    form["addressee"].choices = [SelectChoice(name, name) for name in found.addressees]
    return page(
        "coordinator/notified.html", it=found, form=form, scan_form=scan or ScanForm(formdata=None),
        strike_form=strike or Form(formdata=None), kind=kind_words(found.letter.kind), ways=WAYS,
        entry="coordinator.dossiers",
    )  # fmt: skip
