"""Pages for all who carry a pilot together: local governments, guiding partners, and the staff."""

from flask import Blueprint, Flask

bp = Blueprint("partner", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.partner import (
        carrying,
        findings,
        pilot,
        planning,
        proposing,
        reporting,
    )  # slow import: views register on the blueprint

    del carrying, findings, pilot, planning, proposing, reporting
    app.register_blueprint(bp)
