"""Pages for coordinators and signatories: inbox, dossiers, ranking, decisions and the outbox."""

from flask import Blueprint, Flask

from callflow.web.audience import hang_pages

bp = Blueprint("coordinator", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    hang_pages(__name__)
    app.register_blueprint(bp)
