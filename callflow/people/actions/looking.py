"""Looking at callflow as somebody else: for a reason that this person reads, and for half an hour at most."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from callflow.core import clock, trail
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.core.trail import EventText
from callflow.people import queries
from callflow.people.models import Look, User
from callflow.people.rules import may_be_seen

LASTS = timedelta(minutes=30)
SHORTEST_REASON = 5


def begin_looking(actor: Actor, user: User, *, over: Any, reason: str) -> Look:
    """Look as ``user``, loaded with the trail, who is in the call ``over``; it stands on both trails.

    Raises Refused for staff, for oneself, for an account that is off, while looking already, without reason.
    """
    require(actor, P.person_see_as, over)
    if actor.behind is not None:
        raise Refused("look_nested")
    if not may_be_seen(actor, queries.actor(user.id)):
        raise Refused("look_upward")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("look_reason_missing", field="reason")
    until = clock.now() + LASTS
    role = Role.coordinator if Role.coordinator in actor.roles else Role.admin
    texts = {"reason": reason.strip()}
    event = trail.record(user.trail, actor, "seen_as", data={"role": role, "until": until}, texts=texts)
    mine = queries.user_for_change(actor.id)
    trail.record(mine.trail, actor, "looked_as", data={"person_id": user.id, "until": until}, texts=texts)
    text_id = db.session.scalar(select(EventText.id).where(EventText.event_id == event.id))
    made = Look(
        looker_id=actor.id, seen_id=user.id, role=role, text_id=text_id, began_at=clock.now(), ends_at=until
    )
    db.session.add(made)
    db.session.flush()  # for its id
    return made


def end_looking(actor: Actor, look: Look) -> None:
    """Stop before the time is over. ``actor`` is who looks, under their own name."""
    require(actor, P.account_use)
    look.ended_at = clock.now()
    user = queries.user_for_change(look.seen_id)
    trail.record(user.trail, actor, "seen_as_ended")
