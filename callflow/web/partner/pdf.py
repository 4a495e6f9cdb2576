"""The report of a pilot as a tagged PDF, in the language of whoever opens it."""

from flask import render_template

from callflow.core import i18n, pdf
from callflow.pilots import queries
from callflow.pilots.models import Pilot, PilotReport
from callflow.web import pilot_words as words
from config import ROOT

SHEET = ROOT / "templates" / "partner" / "report.css"


def report_pdf(pilot: Pilot, report: PilotReport) -> bytes:
    """The frozen report with partners, plan and findings. What the fonts lack is replaced, never a gap."""
    html = render_template(
        "partner/report.html", pilot=pilot, report=report, plan=queries.plan_of(pilot),
        findings=queries.findings_of(pilot), words=words, spoken=i18n.language(),
    )  # fmt: skip
    return pdf.make(pdf.substitute(html), sheet=SHEET)
