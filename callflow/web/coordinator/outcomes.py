"""What the staff does about bent outcomes beside the engine's steps: conditions looked at, the list for the
body, the extract of its minutes.
"""

from pathlib import Path
from typing import Any

from flask import Response, current_app, flash, render_template, request, url_for
from wtforms import FileField

from callflow.applications.files import Examined, examined
from callflow.applications.models import Application
from callflow.calls import queries as calls
from callflow.core import clock, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.storage import storage
from callflow.core.twin import said
from callflow.decisions import actions, queries
from callflow.desk import decisions as desk
from callflow.desk.agenda import agenda_of
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import proving
from callflow.web import documents
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.dossier import dossier_page
from callflow.web.figures import text
from callflow.web.pages import page
from config import ROOT

Answer = Any
REMARK = 2000
SHEET: Path = ROOT / "templates" / "documents" / "document.css"


@bp.post("/coordinator/dossiers/<ref>/conditions/<int(max=2147483647):number>")
@requires(P.dossier_decide)
def judge_condition(ref: str, number: int) -> Answer:
    """What was found of one condition: met, or not and why."""
    form = Form()
    target = url_for("coordinator.dossier", ref=ref, _anchor="conditions")
    verdict, remark = request.form.get("verdict", ""), request.form.get("remark", "")
    if verdict not in ("met", "unmet"):
        form.refuse("verdict_missing")
    if len(remark) > REMARK:
        form.refuse("reason_long", limit=REMARK)
    if not form.problems and form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = dossiers.for_step(ref, by=actor(), kind=Application)
            condition = queries.condition(found, number)
            if request.form.get("seen") != str(condition.fulfilment):
                raise Changed("condition_changed")
            proving.judge(actor(), found, condition, met=verdict == "met", remark=remark)
    if form.accepted:
        flash(_("The condition is noted."), "well")
        return form.leads_to(target)
    return dossier_page(ref, step_form=form, typed={f"remark-{number}": remark}), form.status


@bp.route("/coordinator/calls/<reference>/agenda/<lot>", methods=documents.BOTH)
@requires(P.scores_view)
def agenda(reference: str, lot: str) -> Answer:
    """What is prepared, as the list that goes to the body, in the language of the authority."""
    found = agenda_of(actor(), reference, lot)
    with i18n.speaking(found.lot.authority.language):
        html = render_template("documents/agenda.html", it=found, today=clock.today())
    back = url_for("coordinator.decisions_of_lot", reference=reference, lot=lot)
    body = said(found.lot.authority.body, i18n.language())
    title = _("Decisions proposed to: %(body)s", body=body)
    return documents.given(html, sheet=SHEET, name=f"{reference}-{lot}", title=title, back=back, inline=True)


class ExtractForm(Form):
    """The extract of the minutes: typed, or its page as a PDF."""

    extract = text(_l("Extract, as it stands in the minutes"), longest=20_000)
    file = FileField(_l("Or its page (pdf)"))


@bp.get("/coordinator/calls/<reference>/decisions/<lot>/extracts/<int(max=2147483647):number>")
@requires(P.scores_view)
def extract(reference: str, lot: str, number: int) -> Answer:
    form = ExtractForm(formdata=None)
    form.extract.data = desk.resolution_of(actor(), reference, lot, number).extract
    return _extract_page(reference, lot, number, form)


def _extract_page(reference: str, lot: str, number: int, form: ExtractForm) -> str:
    found = desk.lot_of(actor(), reference, lot)
    resolution = desk.resolution_of(actor(), reference, lot, number)
    return page(
        "coordinator/extract.html", lot=found, resolution=resolution, form=form, entry="coordinator.decisions"
    )


@bp.post("/coordinator/calls/<reference>/decisions/<lot>/extracts/<int(max=2147483647):number>")
@requires(P.decision_record)
def keep_extract(reference: str, lot: str, number: int) -> Answer:
    form = ExtractForm()
    target = url_for("coordinator.decisions_of_lot", reference=reference, lot=lot, _anchor="resolutions")
    upload = _upload(form)
    if not form.problems and form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            resolution = desk.resolution_of(actor(), reference, lot, number, lock=True)
            call = calls.whole(reference, lock=True)
            if call is None:
                raise NotFound
            words = str(form.extract.data or "")
            actions.keep_extract(actor(), call, resolution, text=words, file=upload)
    if form.accepted:
        flash(_("The extract is kept."), "well")
        return form.leads_to(target)
    return _extract_page(reference, lot, number, form), form.status


def _upload(form: ExtractForm) -> Examined | None:
    """The file that was sent, looked into before the transaction; what may not be kept becomes a refusal."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    limit = current_app.config["SETTINGS"].upload_limit
    content = sent.stream.read(limit + 1)
    try:
        return examined(str(sent.filename), content, limit=limit, allowed=frozenset({"pdf"}))
    except Refused as refused:
        form.refuse(refused.code, field="file", **refused.parameters)
        return None


@bp.get("/coordinator/calls/<reference>/decisions/<lot>/extracts/<int(max=2147483647):number>/file")
@requires(P.scores_view)
def extract_file(reference: str, lot: str, number: int) -> Response:
    """The page of the minutes that was uploaded."""
    found = desk.resolution_of(actor(), reference, lot, number)
    if found.extract_sha256 is None:
        raise NotFound
    answer = Response(storage().get(found.extract_sha256), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=found.extract_name or "extract.pdf")
    return answer
