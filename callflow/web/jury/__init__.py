"""Pages for jurors: declaration, pile and score sheets."""

from flask import Blueprint, Flask

bp = Blueprint("jury", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    app.register_blueprint(bp)
