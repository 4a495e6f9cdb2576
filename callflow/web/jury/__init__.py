"""Pages for jurors and who follows them: declaration, pile, score sheets, the jury at work."""

from flask import Blueprint, Flask

bp = Blueprint("jury", __name__)

from callflow.web.jury import panel, reading, scoring  # noqa: E402, F401 - they hang their pages on bp


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    app.register_blueprint(bp)
