"""Looking as somebody else, in a session: who is asking then, and how it ends by itself."""

from flask import flash, g, session

from callflow.core.actor import Actor
from callflow.core.i18n import gettext as _
from callflow.desk.looking import looked_through
from callflow.people import queries
from callflow.people.models import Look

KEY = "look"


def settled(person: Actor) -> Actor:
    """Who is asking: the person signed in, or the one they look as. Over, it leaves the session by itself.

    On the request that finds it over, the gate lets nothing be sent: the page was somebody else's.
    """
    look_id = session.get(KEY)
    if look_id is None:
        return person
    look = queries.look_now(look_id, by=person) if person.id is not None else None
    seen = looked_through(person, look) if look is not None else None
    if look is None or seen is None:
        forget()
        g.look_over = True
        flash(_("Your look as somebody else is over. You are yourself again."), "waits")
        return person
    g.look = look
    return seen


def begin(look: Look) -> None:
    """From the next page on. Forms of the pages before are worth nothing any more, nor those of now then."""
    session[KEY] = look.id
    session.pop("csrf_token", None)


def forget() -> None:
    """Be oneself again."""
    session.pop(KEY, None)
    session.pop("csrf_token", None)


def running() -> Look | None:
    """The look of this request."""
    found: Look | None = g.get("look")
    return found
