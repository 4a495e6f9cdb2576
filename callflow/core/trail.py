"""History: append-only events, each hashing the one before it; their texts can be erased without breaking the
chain.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Integer,
    ScalarSelect,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core import clock, ids
from callflow.core.actor import Actor
from callflow.core.db import Model, UtcDateTime, db

GENESIS = "0" * 64


class Trail(Model):
    """The history of one record; ``sequence`` and ``head`` stand here so that a cut tail shows."""

    __tablename__ = "trail"
    __table_args__ = (CheckConstraint("sequence >= 0", name="sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    head: Mapped[str] = mapped_column(String(64), default=GENESIS)


class Event(Model):
    """One thing that happened. UPDATE and DELETE are refused by triggers."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("trail_id", "sequence", name="uq_event_sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(Integer, index=True)
    actor_pseudonym: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(40))
    dest: Mapped[str | None] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    text_digests: Mapped[dict[str, str]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class EventText(Model):
    """What a person wrote with an event; ``body`` is emptied when it is erased, the salted digest in the
    event stays.
    """

    __tablename__ = "event_text"
    __table_args__ = (UniqueConstraint("event_id", "name", name="uq_event_text_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str] = mapped_column(String(40))
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[str | None] = mapped_column(Text)

    event: Mapped[Event] = relationship(lazy="raise")


@dataclass(frozen=True)
class Broken:
    """A place where a history is not what was written: which trail, at which event, and what is wrong with
    it.
    """

    trail_id: int
    sequence: int
    what: str


def new_trail(kind: str) -> Trail:
    """An empty history for a new record of this kind."""
    return Trail(kind=kind, sequence=0, head=GENESIS)


def locked(trail_id: int | ScalarSelect[int]) -> Trail:
    """The history of a record, locked and as it is now: what the record holds is changed under it. Its id may
    be asked for in the same statement.
    """
    query = select(Trail).where(Trail.id == trail_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def canonical(value: Any) -> str:
    """The one way in which data is written out before it is hashed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def text_digest(salt: str, body: str) -> str:
    """What the chain keeps of a text."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def _hash(event: Event) -> str:
    """Everything that an event says, and the hash of the one before it."""
    said = [
        event.trail_id,
        event.sequence,
        event.at.isoformat(),
        event.actor_id,
        event.actor_pseudonym,
        event.action,
        event.source,
        event.dest,
        event.data,
        event.text_digests,
        event.previous,
    ]
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def record(
    trail: Trail,
    actor: Actor,
    action: str,
    *,
    source: str | None = None,
    dest: str | None = None,
    data: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Event:
    """Write one event at the end of the trail, inside the caller's unit of work; the trail's row must be
    locked.

    ``data`` holds codes and figures, never what a person wrote: that goes into ``texts``, which can be
    erased.
    """
    if trail.id is None:
        db.session.add(trail)
        db.session.flush()  # the hash covers the trail's id
    salts = {name: ids.hexadecimal(32) for name in texts or {}}
    event = Event(
        trail_id=trail.id,
        sequence=trail.sequence + 1,
        at=clock.now(),
        actor_id=actor.id,
        actor_pseudonym=actor.pseudonym,
        action=action,
        source=source,
        dest=dest,
        data=json.loads(canonical(dict(data or {}))),
        text_digests={name: text_digest(salts[name], body) for name, body in (texts or {}).items()},
        previous=trail.head,
    )
    event.hash = _hash(event)
    trail.sequence, trail.head = event.sequence, event.hash
    db.session.add(event)
    db.session.add_all(
        EventText(event=event, name=name, salt=salts[name], body=body) for name, body in (texts or {}).items()
    )
    return event


def check(trail: Trail, events: list[Event]) -> Iterator[Broken]:
    """Follow one chain from its first event to its head and name every break."""
    previous = GENESIS
    for expected, event in enumerate(events, start=1):
        if event.sequence != expected:
            yield Broken(trail.id, expected, "event_missing")
            return
        if event.previous != previous:
            yield Broken(trail.id, expected, "order_changed")
        elif _hash(event) != event.hash:
            yield Broken(trail.id, expected, "event_edited")
        previous = event.hash
    if trail.sequence != len(events) or trail.head != previous:
        yield Broken(trail.id, trail.sequence, "tail_cut")


def check_all(*, batch: int = 500) -> Iterator[Broken]:
    """Every chain and every text that is still there, in batches of trails; memory stays flat."""
    last = 0
    while trails := db.session.scalars(
        select(Trail).where(Trail.id > last).order_by(Trail.id).limit(batch)
    ).all():
        chosen = [trail.id for trail in trails]
        by_trail: dict[int, list[Event]] = {trail_id: [] for trail_id in chosen}
        for event in db.session.scalars(
            select(Event).where(Event.trail_id.in_(chosen)).order_by(Event.trail_id, Event.sequence)
        ):
            by_trail[event.trail_id].append(event)
        for trail in trails:
            yield from check(trail, by_trail[trail.id])
        yield from _check_texts(chosen)
        last = chosen[-1]
        db.session.expunge_all()


def _check_texts(trail_ids: list[int]) -> Iterator[Broken]:
    rows = db.session.execute(
        select(EventText, Event.trail_id, Event.sequence, Event.text_digests)
        .join(Event, Event.id == EventText.event_id)
        .where(Event.trail_id.in_(trail_ids))
    )
    for text, trail_id, sequence, digests in rows:
        if text.body is not None and text_digest(text.salt, text.body) != digests.get(text.name):
            yield Broken(trail_id, sequence, "text_edited")
