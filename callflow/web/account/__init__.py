"""Signing in and out, by a link in a mail or by password, and what people keep about themselves."""

from flask import Blueprint, Flask

bp = Blueprint("account", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.account import entering, own  # slow import: views register on the blueprint

    del entering, own
    app.register_blueprint(bp)
