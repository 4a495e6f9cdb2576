"""Pages for coaches: whom they see, the dossier to read, and the log of sessions."""

from flask import Blueprint, Flask

bp = Blueprint("coach", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.coach import logging, own, pages  # slow import: views register on the blueprint

    del logging, own, pages
    app.register_blueprint(bp)
