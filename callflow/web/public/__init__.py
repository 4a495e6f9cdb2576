"""Pages for everyone: landing page, calls, checking a letter, accessibility, privacy and contact."""

from flask import Blueprint, Flask

bp = Blueprint("public", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.public import (  # slow import: views register themselves on the blueprint
        about,
        calls,
        home,
    )

    del about, calls, home
    app.register_blueprint(bp)
