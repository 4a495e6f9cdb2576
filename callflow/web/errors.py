"""The one table that turns errors into pages, in the language of the person."""

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from callflow.core.db import db
from callflow.core.errors import DomainError
from callflow.core.gate import actor
from callflow.core.i18n import gettext as _
from callflow.core.workflow import Blocked, NotAllowed, NotOffered
from callflow.web.pages import page
from callflow.web.words import HTTP, say

Answer = tuple[str, int]


def _page(status: int, *sentences: str) -> Answer:
    """The page for this status: what it means, what in particular was wrong, and where to go from here."""
    db.session.rollback()
    heading, meaning = HTTP.get(status) or HTTP[400 if status < 500 else 500]
    explained = str(meaning) % {"megabytes": current_app.config["SETTINGS"].upload_limit // (1024 * 1024)}
    told = list(dict.fromkeys(sentences)) or [explained]
    return page(
        "errors/error.html", status=status, title=str(heading), sentences=told, ways=_ways(status)
    ), status


def _ways(status: int) -> list[tuple[str, str]]:
    """Where a person can go on: back to the page they came from on this site, to sign in, to the calls."""
    ways = []
    if request.method == "POST" and request.referrer and request.referrer.startswith(request.host_url):
        ways.append((_("Back to the page you came from"), request.referrer))
    if status in (400, 403, 404) and actor().id is None:
        ways.append((_("Sign in"), url_for("account.sign_in")))
    return [*ways, (_("To the calls"), url_for("public.home"))]


def _domain(error: DomainError) -> Answer:
    return _page(error.status, say(error.code, error.parameters))


def _not_allowed(_error: NotAllowed) -> Answer:
    return _page(403)


def _not_offered(error: NotOffered) -> Answer:
    return _page(409, say("not_offered", {"state": error.state.value}))


def _blocked(error: Blocked) -> Answer:
    return _page(422, *(say(reason.code, reason.parameters) for reason in error.reasons))


def _forged(_error: CSRFError) -> Answer:
    return _page(400, say("form_expired"))


def _http(error: HTTPException) -> Any:
    return _page(error.code or 500) if error.code is None or error.code >= 400 else error


def _broken(_error: Exception) -> Answer:
    return _page(500)


def install(app: Flask) -> None:
    """Register the handlers; a programming mistake stays loud in the log and ends as a page with a way on."""
    table = (
        (DomainError, _domain), (NotAllowed, _not_allowed), (NotOffered, _not_offered), (Blocked, _blocked),
        (CSRFError, _forged), (HTTPException, _http), (500, _broken),
    )  # fmt: skip
    for kind, answer in table:
        app.register_error_handler(kind, answer)
