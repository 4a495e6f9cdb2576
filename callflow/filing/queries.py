"""Reads of tags, notes, views and steps for many: always of a call or dossier that was looked up before.

A history is read after its row was locked, in a statement of its own: PostgreSQL takes what is joined as it
was before the waiting.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, or_, select
from sqlalchemy.orm import selectinload

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.core.trail import Event, EventText
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.filing.models import Batch, DefaultView, SavedView, StaffNote, Tag, Tagged
from callflow.filing.states import Colour
from callflow.people.models import User


@dataclass(frozen=True)
class TagLine:
    """A tag of a call."""

    id: int
    name: str
    colour: Colour


@dataclass(frozen=True)
class ViewLine:
    """A view that one may open; ``mine`` may be changed, ``default`` opens by itself."""

    id: int
    name: str
    asked: dict[str, list[str]]
    shared: bool
    mine: bool
    owner: str
    default: bool


@dataclass(frozen=True)
class Version:
    """What a note said from a moment on."""

    at: datetime
    text: str


@dataclass(frozen=True)
class NoteLine:
    """A note with its author; ``earlier`` is how it read before, newest first."""

    id: int
    author_id: int
    author: str
    written_at: datetime
    edited_at: datetime | None
    version: int
    text: str
    earlier: Sequence[Version]


def tags_of(call_id: int) -> list[TagLine]:
    """The tags of a call by name, in one statement."""
    rows = db.session.execute(
        select(Tag.id, Tag.name, Tag.colour)
        .where(Tag.call_id == call_id, Tag.removed_at.is_(None))
        .order_by(Tag.name_key)
    )
    return [TagLine(row.id, row.name, row.colour) for row in rows]


def views_of(call_id: int, *, by: Actor) -> list[ViewLine]:
    """One's own views of a call's list, then those that colleagues share, by name: one statement."""
    rows = db.session.execute(_views(), {"call": call_id, "me": by.id})
    return [
        ViewLine(
            view.id, view.name, view.asked, view.shared, view.owner_id == by.id, owner, default is not None
        )
        for view, owner, default in rows
    ]


@lru_cache(maxsize=1)
def _views() -> Select[*tuple[Any, ...]]:
    me: BindParameter[int] = bindparam("me")
    return (
        select(SavedView, User.name, DefaultView.id)
        .join(User, User.id == SavedView.owner_id)
        .outerjoin(DefaultView, (DefaultView.view_id == SavedView.id) & (DefaultView.user_id == me))
        .where(
            SavedView.call_id == bindparam("call"), SavedView.removed_at.is_(None),
            or_(SavedView.owner_id == me, SavedView.shared),
        )
        .order_by(SavedView.owner_id != me, SavedView.name_key, SavedView.id)
    )  # fmt: skip


def notes_on(dossier_id: int) -> list[NoteLine]:
    """The notes on a dossier with all that they ever said, newest first: one statement."""
    rows = db.session.execute(_notes(), {"dossier": dossier_id})
    found: dict[int, tuple[StaffNote, str, list[Version]]] = {}
    for note, author, at, body in rows:
        found.setdefault(note.id, (note, author, []))[2].append(Version(at, body))
    return [
        NoteLine(
            note.id, note.author_id, author, note.written_at, note.edited_at, note.version,
            versions[0].text, versions[1:],
        )
        for note, author, versions in found.values()
    ]  # fmt: skip


@lru_cache(maxsize=1)
def _notes() -> Select[*tuple[Any, ...]]:
    return (
        select(StaffNote, User.name, Event.at, EventText.body)
        .join(User, User.id == StaffNote.author_id)
        .join(Event, Event.trail_id == StaffNote.trail_id)
        .join(EventText, EventText.event_id == Event.id)
        .where(
            StaffNote.dossier_id == bindparam("dossier"), StaffNote.removed_at.is_(None),
            EventText.body.is_not(None),
        )
        .order_by(StaffNote.id.desc(), Event.sequence.desc())
    )  # fmt: skip


def tag_for_change(tag_id: int, *, call_ids: Collection[int], gone: bool = False) -> Tag:
    """A tag of one of these calls with its trail, the row locked. Raises NotFound."""
    found = db.session.scalar(
        select(Tag)
        .where(Tag.id == tag_id, Tag.call_id.in_(call_ids), Tag.removed_at.is_not(None) == gone)
        .options(selectinload(Tag.trail))
        .with_for_update(of=Tag)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def note_for_change(note_id: int, dossier: Dossier) -> StaffNote:
    """A note on this dossier with its trail, the row locked. Raises NotFound."""
    found = db.session.scalar(
        select(StaffNote)
        .where(
            StaffNote.id == note_id, StaffNote.dossier_id == dossier.id, StaffNote.removed_at.is_(None)
        )
        .options(selectinload(StaffNote.trail))
        .with_for_update(of=StaffNote)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def view_for_change(view_id: int, *, by: Actor, call_ids: Collection[int], gone: bool = False) -> SavedView:
    """A view that this person may open, with its trail, locked; a removed one only its owner. Or NotFound."""
    found = db.session.scalar(
        select(SavedView)
        .where(
            SavedView.id == view_id, SavedView.call_id.in_(call_ids),
            SavedView.removed_at.is_not(None) == gone,
            or_(SavedView.owner_id == by.id, SavedView.shared if not gone else SavedView.owner_id == by.id),
        )
        .options(selectinload(SavedView.trail))
        .with_for_update(of=SavedView)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def batch_of(batch_id: int, *, by: Actor) -> Batch:
    """What somebody did to many dossiers: theirs alone to read. Raises NotFound."""
    found = db.session.scalar(select(Batch).where(Batch.id == batch_id, Batch.user_id == by.id))
    if found is None:
        raise NotFound
    return found


def reached(references: Collection[str], *, call_id: int, by: Actor) -> list[tuple[int, str]]:
    """Id and reference of those that this person may file, in the order of their ids."""
    rows = db.session.execute(
        select(Dossier.id, Dossier.reference)
        .where(
            Dossier.reference.in_(references), Dossier.call_id == call_id, visible_to(by, P.filing_write)
        )
        .order_by(Dossier.id)
    )  # fmt: skip
    return [(row.id, row.reference) for row in rows]


def carrying(tag: Tag, dossier_ids: Collection[int]) -> set[int]:
    """Those of these dossiers that carry the tag."""
    query = select(Tagged.dossier_id).where(Tagged.tag_id == tag.id, Tagged.dossier_id.in_(dossier_ids))
    return set(db.session.scalars(query))


def tags_for(dossier: Dossier) -> list[tuple[TagLine, bool]]:
    """The tags of the dossier's call by name, and whether it carries each: one statement."""
    rows = db.session.execute(_for_dossier(), {"call": dossier.call_id, "dossier": dossier.id})
    return [(TagLine(row.id, row.name, row.colour), row.carried is not None) for row in rows]


@lru_cache(maxsize=1)
def _for_dossier() -> Select[*tuple[Any, ...]]:
    here = (Tagged.tag_id == Tag.id) & (Tagged.dossier_id == bindparam("dossier"))
    return (
        select(Tag.id, Tag.name, Tag.colour, Tagged.tag_id.label("carried"))
        .outerjoin(Tagged, here)
        .where(Tag.call_id == bindparam("call"), Tag.removed_at.is_(None))
        .order_by(Tag.name_key)
    )
