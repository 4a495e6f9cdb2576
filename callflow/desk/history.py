"""The timeline of a dossier: a query on its trail, with names and with the texts that were not erased."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callflow.core.db import db
from callflow.core.trail import Event, EventText
from callflow.dossiers.models import Dossier
from callflow.people.models import User


@dataclass(frozen=True)
class Happened:
    """One event; ``who`` is a name, or the pseudonym that stays when the name was erased."""

    at: datetime
    action: str
    who: str
    source: str | None
    dest: str | None
    data: Mapping[str, Any]
    texts: dict[str, str] = field(default_factory=dict)


def history(
    dossier: Dossier, *, without: Collection[str] = (), only: Collection[str] = ()
) -> Sequence[Happened]:
    """Newest first, in one statement; ``only`` names what a reader may see, ``without`` what not."""
    query = (
        select(Event, User.name, EventText.name.label("text"), EventText.body)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(EventText, EventText.event_id == Event.id)
        .where(Event.trail_id == dossier.trail_id)
        .order_by(Event.sequence.desc(), EventText.id)
    )
    if only:
        query = query.where(Event.action.in_(only))
    if without:
        query = query.where(Event.action.not_in(without))
    found: dict[int, Happened] = {}
    for event, name, text, body in db.session.execute(query):
        line = found.get(event.sequence)
        if line is None:
            who = name or event.actor_pseudonym
            line = Happened(event.at, event.action, who, event.source, event.dest, event.data)
            found[event.sequence] = line
        if body:
            line.texts[text] = body
    return list(found.values())


def latest(trail_id: int) -> Happened | None:
    """The last thing that happened: who did what, and when."""
    row = db.session.execute(
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.trail_id == trail_id)
        .order_by(Event.sequence.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    event, name = row
    return Happened(
        event.at, event.action, name or event.actor_pseudonym, event.source, event.dest, event.data
    )
