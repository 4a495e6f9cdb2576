"""Pages for coordinators and signatories: inbox, dossier, decisions, letters, outbox."""

from flask import Blueprint, Flask

bp = Blueprint("coordinator", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    app.register_blueprint(bp)
