"""Pages for everyone: landing page, calls, checking a letter, accessibility, privacy and contact."""

from flask import Blueprint, Flask

from callflow.web.audience import hang_pages

bp = Blueprint("public", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    hang_pages(__name__)
    app.register_blueprint(bp)
