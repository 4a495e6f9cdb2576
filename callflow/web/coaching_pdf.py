"""Reports of coaching as tagged PDF, in the language of whoever opens them."""

from typing import Any

from flask import Response, render_template

from callflow.core import clock, i18n, pdf
from config import ROOT

SHEET = ROOT / "templates" / "documents" / "coaching.css"


def report(template: str, name: str, **context: Any) -> Response:
    """The document; what the fonts lack is replaced, never a gap."""
    html = render_template(f"documents/{template}", spoken=i18n.language(), today=clock.today(), **context)
    answer = Response(pdf.make(pdf.substitute(html), sheet=SHEET), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.pdf")
    return answer
