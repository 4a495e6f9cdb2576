"""Pages for everyone: landing page, calls, checking a letter, accessibility, privacy and contact."""

from flask import Blueprint, Flask

bp = Blueprint("public", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.public import about, calls, home, letters, pilots  # slow import: views register on bp

    del about, calls, home, letters, pilots
    app.register_blueprint(bp)
