"""Mails about pilots: to a partner that takes part now, and to all who carry a pilot that moved."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from callflow.core import mailing, outbox
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.dossiers.models import Party
from callflow.people.models import Membership, User
from callflow.people.states import Right
from callflow.pilots.models import Pilot

WRITERS = (Right.edit, Right.submit)


def invited(actor: Actor, pilot: Pilot, party: Party) -> None:
    """Tell who can act for this partner that it takes part; not whoever let it in."""
    said = {"part": party.part.value, "by": actor.name, "reason": ""}
    _tell(actor, pilot, _writers(Membership.group_id == party.group_id), "joined", **said)


def moved(actor: Actor, pilot: Pilot, trigger: str, staff: Sequence[User], *, reason: str) -> None:
    """Tell all who carry this pilot, and its staff, which step was taken; not whoever took it."""
    _tell(actor, pilot, [*carriers_of(pilot), *staff], trigger, reason=reason)


def carriers_of(pilot: Pilot) -> list[User]:
    """Whoever may write or act for one of those who carry this pilot; each once."""
    carriers = select(Party.group_id).where(Party.dossier_id == pilot.id)
    found = _writers(Membership.group_id.in_(carriers))
    return list({each.id: each for each in found}.values())


def _writers(which: Any) -> list[User]:
    query = select(User).join(Membership, Membership.user_id == User.id)
    query = query.where(which, Membership.right.in_(WRITERS), User.active)
    return list(db.session.scalars(query.order_by(User.id)))


def _tell(actor: Actor, pilot: Pilot, people: Iterable[User], kind: str, **said: Any) -> None:
    for person in {each.id: each for each in people if each.id != actor.id}.values():
        words = mailing.compose(
            "pilot", person.language, kind=kind, name=person.name, title=pilot.title,
            reference=pilot.reference, page=mailing.address(f"/partner/pilots/{pilot.reference}"), **said,
        )  # fmt: skip
        outbox.queue(
            notice=f"pilot_{kind}", language=person.language, recipient=person.email,
            recipient_id=person.id, subject=words.subject, body=words.body, html=words.html,
            call_id=pilot.call_id, dossier_id=pilot.id,
        )  # fmt: skip
