"""Pages for jurors: declaration, pile and score sheets."""

from flask import Blueprint, Flask

bp = Blueprint("jury", __name__)

from callflow.web.jury import reading, scoring  # noqa: E402, F401 - they hang their pages on bp


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    app.register_blueprint(bp)
