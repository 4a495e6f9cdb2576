"""The report of a pilot: its form, approving it, and the report as a PDF."""

from pathlib import Path
from typing import Any

from flask import flash, render_template, request, url_for

from callflow.core import formats, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.pilots import queries
from callflow.pilots.actions import reporting
from callflow.pilots.actions.reporting import Said
from callflow.pilots.models import Pilot, PilotReport
from callflow.web import documents
from callflow.web import pilot_words as words
from callflow.web.asking import Form
from callflow.web.figures import MoneyField, WholeField, text
from callflow.web.pages import page
from callflow.web.partner import bp
from callflow.web.partner.pilot import entry_of, seen_for
from config import ROOT

Answer = Any
SHEET: Path = ROOT / "templates" / "partner" / "report.css"
MANY = {"minimum": "0", "maximum": "1000000"}


class ReportForm(Form):
    """What was tried, with whom, in numbers, and what was learnt."""

    tried = text(_l("What did you try?"), longest=8000)
    with_whom = text(_l("With whom?"), longest=8000)
    participants = WholeField(_l("How many people took part?"), limits=MANY)
    gatherings = WholeField(_l("How many times did people come together?"), limits=MANY)
    costs = MoneyField(_l("What did it cost? (euro)"), description=_l("Leave empty when you do not know."))
    lessons = text(
        _l("What did you learn from it?"),
        longest=8000,
        description=_l(
            "For others who want to try it. Methods and single lessons stand on the page of the pilot."
        ),
    )

    def said(self) -> Said:
        """The report as the actions take it."""
        return Said(
            self.tried.data or "", self.with_whom.data or "", self.lessons.data or "",
            self.participants.data, self.gatherings.data, self.costs.data,
        )  # fmt: skip


@bp.get("/partner/pilots/<ref>/report")
@requires(P.pilot_edit)
def report(ref: str) -> str:
    found = seen_for(ref, P.pilot_edit)
    held = queries.report_of(found)
    form = ReportForm(formdata=None, obj=held)
    form.version.data = held.version if held else 0
    return _page(found, held, form)


@bp.post("/partner/pilots/<ref>/report")
@requires(P.pilot_edit)
def save_report(ref: str) -> Answer:
    form, target = ReportForm(), url_for("partner.pilot", ref=ref, _anchor="report")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor())
            seen = -1 if form.seen_version is None else form.seen_version
            reporting.save_report(actor(), found, form.said(), version=seen, language=i18n.language())
    if form.accepted:
        flash(_("The report is saved. Send it when it is complete."), "well")
        return form.leads_to(target)
    again = queries.seen(ref, by=actor())
    held = queries.report_of(again)
    form.version.data = held.version if held else 0
    return _page(again, held, form), form.status


def _page(found: Pilot, held: PilotReport | None, form: ReportForm) -> str:
    now: list[Any] = []
    if held is not None and form.status == 409:
        now = [(form.tried, held.tried), (form.with_whom, held.with_whom)]
        now += [(form.participants, formats.number(held.participants))]
        now += [(form.gatherings, formats.number(held.gatherings)), (form.costs, formats.euro(held.costs))]
        now += [(form.lessons, held.lessons)]
    return page(
        "partner/form.html", pilot=found, form=form, action=request.path, now=now, rows=6, words=words,
        title=_("Report of the pilot"), button=_("Save the report"), entry=entry_of(),
        short=("participants", "gatherings", "costs"),
    )  # fmt: skip


@bp.post("/partner/pilots/<ref>/report/approval")
@requires(P.pilot_manage)
def approve(ref: str) -> Answer:
    form, target = Form(), url_for("partner.pilot", ref=ref, _anchor="report")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor())
            reporting.approve_report(actor(), found, version=form.seen_version or -1)
    if form.accepted:
        flash(_("The report is approved. The pilot can be closed."), "well")
        return form.leads_to(target)
    again = queries.seen(ref, by=actor())
    return page("partner/refused.html", pilot=again, form=form, words=words, entry=entry_of()), form.status


@bp.route("/partner/pilots/<ref>/report.pdf", methods=documents.BOTH)
@requires(P.pilot_view)
def report_file(ref: str) -> Answer:
    """The frozen report with partners, plan and findings, in the language of whoever asks for it."""
    found = queries.seen(ref, by=actor())
    held = queries.report_of(found)
    if held is None or held.submitted_at is None:
        raise NotFound
    html = render_template(
        "partner/report.html", pilot=found, report=held, plan=queries.plan_of(found),
        findings=queries.findings_of(found), words=words, spoken=i18n.language(),
    )  # fmt: skip
    back = url_for("partner.pilot", ref=ref, _anchor="report")
    title = _("Report of the pilot project")
    return documents.given(html, sheet=SHEET, name=found.reference, title=title, back=back, inline=True)
