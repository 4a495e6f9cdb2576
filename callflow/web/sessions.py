"""The session of a browser: who is signed in there, how they came in, and how long it lasts."""

from datetime import timedelta

from flask import Flask, flash, request, session
from flask_login import UserMixin, login_user, logout_user
from werkzeug.wrappers import Response

from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.i18n import gettext as _
from callflow.people import queries
from callflow.people.models import User

IDLE = timedelta(hours=3)
RENEWED = timedelta(minutes=10)


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


def begin(user: User, *, by_link: bool) -> None:
    """From now on this browser is this person's; nothing of an earlier session is left in it."""
    session.clear()
    login_user(SignedIn(queries.actor(user.id), user.get_id()))
    session["by_link"], session["seen"] = by_link, clock.now().timestamp()


def end(response: Response) -> Response:
    """Sign out and leave nothing behind: made for the computer in the library."""
    logout_user()
    session.clear()
    flash(_("You are signed out. You may leave this computer."), "well")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def came_by_link() -> bool:
    """Whether this session began with a link in a mail, which proves the address."""
    return bool(session.get("by_link"))


def safe_address(asked: str | None) -> str | None:
    """An address on this site to go back to, or None: never one that leads elsewhere."""
    if not asked or not asked.startswith("/") or asked[1:2] in ("/", "\\") or not asked.isprintable():
        return None
    return None if asked.startswith(("/sign-", "/register")) else asked[:400]


def _renew() -> None:
    """Signing the cookie anew now and then keeps it alive as long as pages are asked for."""
    seen = session.get("seen")
    if (
        seen
        and request.endpoint != "assets.asset"
        and clock.now().timestamp() - seen > RENEWED.total_seconds()
    ):
        session["seen"] = clock.now().timestamp()


def install(app: Flask) -> None:
    """Set how long a session lasts."""
    app.config["PERMANENT_SESSION_LIFETIME"] = IDLE
    app.before_request(_renew)
