"""Helping somebody on the phone: a fresh link goes to the address that is known, never to the staff."""

from typing import Any

from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.people import queries, signing
from callflow.people.models import User
from callflow.people.signing import LinkTo


def resend_link(actor: Actor, user: User, *, over: Any, link_to: LinkTo) -> None:
    """Mail a link to somebody of the call ``over``, loaded with the trail. Refused when switched off."""
    require(actor, P.caller_help, over)
    if not user.active:
        raise Refused("account_off")
    signing.resend(user, link_to=link_to)
    trail.record(user.trail, actor, "link_resent")


def ask_for_them(actor: Actor, email: str, *, language: str, link_to: LinkTo) -> None:
    """The same for an address that a caller spells out, as if they asked on the page: nobody learns whether
    it is known. It stands on the trail of who asked.
    """
    require(actor, P.caller_help)
    mine = queries.user_for_change(actor.id)
    signing.ask_link(email, language=language, link_to=link_to)
    trail.record(mine.trail, actor, "link_asked", texts={"email": email.strip().lower()})
