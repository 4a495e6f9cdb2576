"""Pages for coordinators and signatories: inbox, dossiers, ranking, decisions and the outbox."""

from flask import Blueprint, Flask

bp = Blueprint("coordinator", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.coordinator import (  # slow import: views register on the blueprint
        decisions,
        dossier,
        listing,
        people,
        ranking,
    )

    del decisions, dossier, listing, people, ranking
    app.register_blueprint(bp)
