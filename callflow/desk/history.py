"""The timeline of a dossier: a query on its trail, with names and with the texts that were not erased."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from callflow.core.db import db
from callflow.core.trail import Event, EventText
from callflow.dossiers.models import Dossier
from callflow.people.models import User

MOST = 5
"""Steps that somebody who came too late is told of."""


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
    query = _told(frozenset(only), frozenset(without))
    found: dict[int, Happened] = {}
    for row in db.session.execute(query, {"trail": dossier.trail_id}):
        line = found.get(row.sequence)
        if line is None:
            who = row.name or row.actor_pseudonym
            line = found[row.sequence] = Happened(row.at, row.action, who, row.source, row.dest, row.data)
        if row.body:
            line.texts[row.text] = row.body
    return list(found.values())


@lru_cache(maxsize=16)
def _told(only: frozenset[str], without: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Kept for each kind of reader: to put it together takes longer than to carry it out."""
    query = (
        select(
            Event.sequence, Event.at, Event.action, Event.actor_pseudonym, Event.source, Event.dest,
            Event.data, User.name, EventText.name.label("text"), EventText.body,
        )
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(EventText, EventText.event_id == Event.id)
        .where(Event.trail_id == bindparam("trail"))
        .order_by(Event.sequence.desc(), EventText.id)
    )  # fmt: skip
    if only:
        query = query.where(Event.action.in_(only))
    return query.where(Event.action.not_in(without)) if without else query


def meanwhile(dossier: Dossier, seen: int | None) -> Sequence[Happened]:
    """The steps since the version that somebody saw, newest first: who did what, and when.

    MOST at most; the last one where the version is none that ever was.
    """
    if seen == dossier.version:
        return []
    steps = dossier.version - seen if seen is not None and 0 < seen < dossier.version else 1
    rows = db.session.execute(
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.trail_id == dossier.trail_id, Event.source.is_not(None))
        .order_by(Event.sequence.desc())
        .limit(min(steps, MOST))
    )
    return [
        Happened(event.at, event.action, name or event.actor_pseudonym, event.source, event.dest, event.data)
        for event, name in rows
    ]
