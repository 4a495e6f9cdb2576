"""Pages for coaches: their dossiers and session log."""

from flask import Blueprint, Flask

bp = Blueprint("coach", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    app.register_blueprint(bp)
