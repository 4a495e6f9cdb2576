"""Pages for coaches: whom they see, the dossier to read, and the log of sessions."""

from flask import Blueprint, Flask

from callflow.web.audience import hang_pages

bp = Blueprint("coach", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    hang_pages(__name__)
    app.register_blueprint(bp)
