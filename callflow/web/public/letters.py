"""Anybody may check a letter by the code printed on it; its PDF is for the group and for staff."""

from io import BytesIO
from typing import Any

from flask import redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from callflow.core.errors import NotFound
from callflow.core.gate import actor, public, requires
from callflow.core.permissions import P
from callflow.letters import queries
from callflow.web.inputs import bare
from callflow.web.letter_words import kind_words
from callflow.web.pages import page
from callflow.web.public import bp


@bp.get("/c")
@public
def check_letter() -> Any:
    """Where a code is typed; spaces and capitals do not matter."""
    typed = request.args.get("code", "").strip()
    if not typed:
        return page("public/letter.html", letter=None, code="", entry="public.home")
    try:
        return redirect(url_for("public.checked_letter", code=queries.plain(typed)), 303)
    except NotFound:
        return _unknown(typed)


def _unknown(code: str) -> Any:
    shown = page("public/letter.html", letter=None, code=bare(code)[:40], entry="public.home")
    return shown, 404, {"X-Robots-Tag": "noindex"}


@bp.get("/c/<code>")
@public
def checked_letter(code: str) -> Any:
    """What is certain about the letter with this code. One indexed look-up, and nothing about anybody."""
    try:
        letter = queries.checked(code)
    except NotFound:
        return _unknown(code)
    shown = page(
        "public/letter.html", letter=letter, code=letter.code, kind_words=kind_words, entry="public.home"
    )
    return shown, 200, {"X-Robots-Tag": "noindex"}


@bp.get("/letters/<code>.pdf")
@requires(P.letter_view)
def letter_pdf(code: str) -> Response:
    """The PDF of a letter to the group it was written to, and to the staff of its call."""
    name, content = queries.document(code, by=actor(), signed=request.args.get("signed") != "no")
    response: Response = send_file(BytesIO(content), mimetype="application/pdf", download_name=name)
    response.headers["Cache-Control"] = "no-store, private"
    return response
