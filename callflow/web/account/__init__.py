"""Signing in and out, by a link in a mail or by password, and what people keep about themselves."""

from flask import Blueprint, Flask

from callflow.web.audience import hang_pages

bp = Blueprint("account", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    hang_pages(__name__)
    app.register_blueprint(bp)
