"""Pages for groups: their applications, members and reports."""

from flask import Blueprint, Flask

bp = Blueprint("applicant", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.applicant import groups  # slow import: views register on the blueprint

    del groups
    app.register_blueprint(bp)
