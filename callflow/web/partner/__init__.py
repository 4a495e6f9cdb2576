"""Pages for all who carry a pilot together: local governments, guiding partners, and the staff."""

from flask import Blueprint, Flask

from callflow.web.audience import hang_pages

bp = Blueprint("partner", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    hang_pages(__name__)
    app.register_blueprint(bp)
