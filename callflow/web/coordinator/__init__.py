"""Pages for coordinators and signatories: inbox, dossiers, ranking, decisions and the outbox."""

from flask import Blueprint, Flask

bp = Blueprint("coordinator", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.coordinator import (
        board,
        board_changes,
        calls,
        coaching,
        completion,
        decisions,
        dossier,
        filed,
        jury,
        listing,
        notified,
        outbox,
        people,
        pilots,
        ranking,
        recusal,
        team,
        timed,
    )  # slow import: views register on the blueprint

    del board, board_changes, calls, coaching, completion, decisions, dossier, filed, jury
    del listing, notified, outbox, people, pilots, ranking, recusal, team, timed
    app.register_blueprint(bp)
