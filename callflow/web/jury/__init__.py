"""Pages for jurors and who follows them: declaration, pile, score sheets, the jury at work."""

from flask import Blueprint, Flask

from callflow.web.audience import hang_pages

bp = Blueprint("jury", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    hang_pages(__name__)
    app.register_blueprint(bp)
