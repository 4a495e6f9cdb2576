"""Signing in and out, by a link in a mail or by password, and what people keep about themselves."""

from flask import Blueprint, Flask
from flask_login import UserMixin

from callflow.core.actor import Actor
from callflow.people import queries

bp = Blueprint("account", __name__)


class SignedIn(UserMixin):
    """What Flask-Login holds: the actor of this request."""

    def __init__(self, actor: Actor, session_id: str) -> None:
        self.actor, self.session_id = actor, session_id

    def get_id(self) -> str:
        return self.session_id

    @classmethod
    def load(cls, session_id: str) -> "SignedIn | None":
        """The person behind a session cookie; None when signed out everywhere, switched off or forged."""
        user_id, _, version = session_id.partition(":")
        if not (user_id.isdigit() and version.isdigit()):
            return None
        actor = queries.actor(int(user_id), int(version))
        return None if actor.id is None else cls(actor, session_id)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.account import entering, own, sessions  # slow import: views register on the blueprint

    del entering, own
    app.register_blueprint(bp)
    sessions.install(app)
