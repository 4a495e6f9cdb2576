"""The one table that turns errors into pages, in the language of the person."""

from typing import Any

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from callflow.core.db import db
from callflow.core.errors import DomainError
from callflow.core.workflow import Blocked, NotAllowed, NotOffered

STATUS: dict[type[Exception], int] = {NotAllowed: 403, NotOffered: 409, Blocked: 422}


def _page(status: int, code: str, parameters: dict[str, Any] | None = None) -> tuple[str, int]:
    db.session.rollback()
    return render_template("errors/error.html", status=status, code=code, parameters=parameters or {}), status


def install(app: Flask) -> None:
    """Register the handlers; programming mistakes stay loud in the log and end as a page that says what to do."""

    @app.errorhandler(DomainError)
    def domain(error: DomainError) -> Any:
        return _page(error.status, error.code, error.parameters)

    for kind, status in STATUS.items():
        app.register_error_handler(kind, lambda error, status=status: _page(status, type(error).__name__))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Any:
        return _page(400, "form_expired")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code is not None and error.code < 400:
            return error
        return _page(error.code or 500, f"http_{error.code}")

    @app.errorhandler(500)
    def broken(_error: Exception) -> Any:
        return _page(500, "http_500")
