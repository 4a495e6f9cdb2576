"""Pages for everyone: landing page, calls, checking a letter."""

from flask import Blueprint, Flask

bp = Blueprint("public", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    app.register_blueprint(bp)
