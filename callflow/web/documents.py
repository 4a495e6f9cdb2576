"""Documents that are asked for on a page: the PDF once the worker has drawn it, until then how far it is."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Response, redirect, render_template, request

from callflow.core import clock, documents, i18n
from callflow.core.db import db, unit_of_work
from callflow.core.i18n import gettext as _
from callflow.web import ui
from callflow.web.pages import page
from config import ROOT

Answer = Any
BOTH = ["GET", "POST"]
"""A document is asked for by sending, because reading writes nothing, and fetched at the same address."""
COACHING: Path = ROOT / "templates" / "documents" / "coaching.css"
PATIENCE = 3.0
"""Seconds that an answer waits for its document: most are there by then, and nobody sees the wait."""
LOOKS = 0.1
SLOW = timedelta(minutes=1)
"""After so long in the queue something seems to be wrong with whoever draws."""


def given(html: str, *, sheet: Path, name: str, title: str, back: str, inline: bool = False) -> Answer:
    """The PDF of ``html``, or a page that offers it or says how far it is.

    The view has asked who may read it. ``name`` is the file's, ``back`` is where the document was offered;
    ``inline`` opens it in the browser instead of keeping it.
    """
    wanted = documents.wanted(html, sheet)
    if request.method == "POST":
        with unit_of_work():
            documents.ask(wanted)
        return redirect(ui.here(), 303)
    stand = _awaited(wanted.digest)
    content = None if stand is None or stand.open else documents.content(wanted.digest)
    if content is None:
        slow = stand is not None and stand.open and clock.now() - stand.asked_at > SLOW
        return page("waiting/document.html", stand=stand, slow=slow, title=title, back=back, here=ui.here())
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=f"{name}.pdf")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def coaching(template: str, name: str, back: str, **context: Any) -> Answer:
    """A report of coaching, in the language of whoever asks for it."""
    told = {"spoken": i18n.language(), "today": clock.today(), **context}
    html = render_template(f"documents/{template}", **told)
    return given(html, sheet=COACHING, name=name, title=_("Report of the coaching"), back=back)


def _awaited(digest: str) -> documents.Stand | None:
    """How far the document is, after a short wait for one that is on its way."""
    end = time.monotonic() + PATIENCE
    while True:
        stand = documents.stand(digest)
        if stand is None or not stand.open or time.monotonic() >= end:
            return stand
        db.session.rollback()  # what the worker writes meanwhile is seen by the next look only
        time.sleep(LOOKS)
