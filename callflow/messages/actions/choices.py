"""What somebody wants to be told of messages, and how often."""

from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, require
from callflow.messages.models import NoticeChoice
from callflow.messages.states import Often
from callflow.people.models import User


def choose_notices(actor: Actor, user: User, *, often: Often, with_text: bool) -> None:
    """Keep it for the person's own account, which is locked with its trail."""
    require(actor, P.account_use, user)
    held = db.session.get(NoticeChoice, user.id)
    if held is None:
        held = NoticeChoice(person_id=user.id, often=often, with_text=with_text)
        db.session.add(held)
    held.often, held.with_text = often, with_text
    trail.record(user.trail, actor, "notices_chosen", data={"often": often.value, "with_text": with_text})
