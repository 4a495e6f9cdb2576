"""Pages that are work by nature, as a model over all scores: done at once in a small call, kept in a large.

docs/decisions/0025-pages-that-are-kept.md says why. The worker keeps them (desk/keeping.py), a page reads.
"""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from types import GenericAlias
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import and_, bindparam, delete, exists, func, literal, or_, select

from callflow.calls.models import Call
from callflow.core import clock, ids
from callflow.core.actor import Actor, Role
from callflow.core.db import db, in_turn, into
from callflow.core.permissions import ROLES, P
from callflow.core.snapshots import Snapshot, SnapshotPart
from callflow.core.trail import Event
from callflow.dossiers.models import Conflict, Dossier, Exclusion, Tally

LIVE = 300
"""Applications up to which a page is worked out when it is asked for."""
PAGE = 50
"""Rows of a part that a page shows."""
WINDOW = 2000
"""Events that are looked through for one of this call; after more of them a snapshot counts as old."""
STAFF = (Role.coordinator, Role.signatory, Role.chair)
Head = TypeVar("Head")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Work(Generic[Head, Row]):
    """What was worked out: a head, and lists of rows by their names."""

    head: Head
    parts: Mapping[str, Sequence[Row]] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind(Generic[Head, Row]):
    """One kind of page. ``work`` does it, as this person sees the call; head and rows are plain dataclasses
    of figures and ids. ``sees`` are the permissions that decide what somebody sees of it: without any,
    everybody who may open it sees the same. ``by_clock`` is for what changes with the hour by itself.
    """

    name: str
    head: type[Head]
    row: type[Row]
    work: Callable[[Actor, int], Work[Head, Row]]
    readers: tuple[Role, ...]
    sees: tuple[P, ...] = ()
    by_clock: bool = False

    @cached_property
    def kept_as(self) -> str:
        """Its name with what its figures look like: what a release with other figures kept is another kind,
        so it is worked out anew without waiting for something to happen.
        """
        schemas = msgspec.json.schema_components(
            (self.head, self.row), schema_hook=lambda _kind: {"type": "string"}
        )
        return f"{self.name} {ids.digest(json.dumps(schemas))[:8]}"


@dataclass(frozen=True)
class Reading(Generic[Head, Row]):
    """One page of a part. ``made_at`` is None for what was worked out just now; ``stale`` says that something
    happened in the call since, which the worker is taking in.
    """

    head: Head
    rows: Sequence[Row]
    page: int
    pages: int
    counts: Mapping[str, int]
    made_at: datetime | None = None
    stale: bool = False


def sight(actor: Actor, sees: Iterable[P], call_id: int, lots: Iterable[int]) -> str:
    """What decides which dossiers of a call somebody sees, as a key: the same for two who see the same.

    A statement, which starts from the conflicts of this person; none where all see the same.
    """
    if not sees:
        return ""
    scopes = {("all", None), ("call", call_id), *(("lot", lot_id) for lot_id in lots)}
    own = _sight(actor.alone, sees, call_id, scopes)
    if actor.behind is None or _sees_all(actor.behind, call_id, scopes):
        return own
    return ids.digest(own + _sight(actor.behind, (P.scores_view,), call_id, scopes))


def _sees_all(actor: Actor, call_id: int, scopes: set[tuple[str, int | None]]) -> bool:
    """Whether looking as somebody else hides nothing from this member of the staff (rules.looker_sees)."""
    whole = scopes - {each for each in scopes if each[0] == "lot"}
    viewing = [each for each in actor.grants if P.scores_view in ROLES[each.role]]
    return any((each.kind, each.id) in whole for each in viewing) and not _hidden(actor, call_id)


def _sight(actor: Actor, sees: Iterable[P], call_id: int, scopes: set[tuple[str, int | None]]) -> str:
    reach: list[Any] = []
    for permission in sorted(sees):
        for role in sorted(role for role in actor.roles if permission in ROLES[role]):
            held = {(each.kind, each.id) for each in actor.grants if each.role is role} & scopes
            whole = any(kind != "lot" for kind, _ in held)
            lots = ["*"] if whole else sorted(scope or 0 for _, scope in held)
            reach.append([permission, role, lots if role in STAFF else actor.id])
    return ids.digest(json.dumps([reach, _hidden(actor, call_id)]))


def _hidden(actor: Actor, call_id: int) -> list[list[int]]:
    """The dossiers of a call that this person stands aside from, and for a chair those of any conflict."""
    rows = db.session.execute(_aside(actor.id, Role.chair in actor.roles), {"call": call_id})
    return sorted(map(list, rows))


@lru_cache(maxsize=256)
def _aside(person_id: int | None, chairs: bool) -> Any:
    """Kept for a person who goes from page to page."""
    aside = select(Exclusion.dossier_id, literal(0).label("known")).where(Exclusion.person_id == person_id)
    known = select(Conflict.dossier_id, literal(1)).where(
        Conflict.person_id == person_id, Conflict.ended_at.is_(None), literal(chairs)
    )
    mine = aside.union(known).subquery()
    of_call = select(mine).join(Dossier, Dossier.id == mine.c.dossier_id)
    return of_call.where(Dossier.call_id == bindparam("call"))


def read(
    kind: Kind[Head, Row],
    actor: Actor,
    call_id: int,
    *,
    lots: Iterable[int] = (),
    part: str = "",
    page: int = 1,
) -> Reading[Head, Row] | None:
    """A page of one part; None while it was never worked out.

    One statement before the work in a small call; in a large one four at most, and no work.
    """
    number, last = _large(call_id)
    if number <= LIVE:
        return on_the_spot(kind, actor, call_id, part=part, page=page)
    key = sight(actor, kind.sees, call_id, lots)
    row = db.session.execute(_kept(kind.kept_as, call_id, key, part, max(page, 1))).one()
    try:
        counts, head = dict(row.counts), _read(row.head, kind.head)
        pages = pages_of(counts.get(part, 0))
        if page > pages:
            row = db.session.execute(_kept(kind.kept_as, call_id, key, part, pages)).one()
        rows = _read(row.rows or "[]", GenericAlias(list, (kind.row,)))
    except (TypeError, msgspec.MsgspecError):  # never worked out
        if actor.behind is not None:  # nobody keeps what only this look shows
            return on_the_spot(kind, actor, call_id, part=part, page=page)
        return None
    stale = last > row.stamp and happened(call_id, row.stamp, last)
    return Reading(head, rows, min(max(page, 1), pages), pages, counts, row.made_at, stale)


def heads(kind: Kind[Head, Row], actor: Actor, calls: Mapping[int, Iterable[int]]) -> dict[int, Head]:
    """The heads of several large calls, given with their lots; without those that were never worked out.

    One statement, and one for each call where not everybody sees the same.
    """
    keys = {call_id: sight(actor, kind.sees, call_id, lots) for call_id, lots in calls.items()}
    mine = or_(*(and_(Snapshot.call_id == call_id, Snapshot.sight == key) for call_id, key in keys.items()))
    there = (Snapshot.kind == kind.kept_as, Snapshot.made_at.is_not(None), mine)
    rows = db.session.execute(select(Snapshot.call_id, Snapshot.head).where(*there))
    found = {row.call_id: _read(row.head, kind.head) for row in rows}
    if actor.behind is not None:  # nobody keeps what only this look shows
        found |= {each: kind.work(actor, each).head for each in calls.keys() - found.keys()}
    return found


@dataclass(frozen=True)
class Leaf(Generic[Row]):
    """One page of a part."""

    rows: Sequence[Row] = ()
    page: int = 1
    pages: int = 1


def leaf_of(rows: Sequence[Row], page: int) -> Leaf[Row]:
    """One page of what is there as a whole."""
    pages = pages_of(len(rows))
    page = min(max(page, 1), pages)
    return Leaf(rows[(page - 1) * PAGE : page * PAGE], page, pages)


def read_parts(
    kind: Kind[Head, Row],
    actor: Actor,
    call_id: int,
    wanted: Callable[[Head], Mapping[str, int]],
    *,
    lots: Iterable[int] = (),
    live: bool = True,
) -> tuple[Reading[Head, Row], Mapping[str, Leaf[Row]]] | None:
    """Pages of several parts at once: ``wanted`` says which, from the head. The reading itself has no rows;
    a part that does not exist is empty. Without ``live`` None also for a small call.

    One statement before the work in a small call; in a large one five at most, and no work.
    """
    number, last = _large(call_id)
    if number <= LIVE:
        return _parts_now(kind.work(actor, call_id), wanted) if live else None
    key = sight(actor, kind.sees, call_id, lots)
    row = db.session.execute(_kept(kind.kept_as, call_id, key, "", 1)).one()
    try:
        counts, head = dict(row.counts), _read(row.head, kind.head)
        pages = _within(wanted(head), counts)
        found = _leaves(kind, call_id, key, row.stamp, pages)
    except (TypeError, msgspec.MsgspecError):  # never worked out
        return None
    if found.keys() != pages.keys() & counts.keys():  # another took its place between two statements
        return None
    leaves = {
        part: Leaf(found.get(part, ()), each, pages_of(counts.get(part, 0))) for part, each in pages.items()
    }
    stale = last > row.stamp and happened(call_id, row.stamp, last)
    return Reading(head, (), 1, 1, counts, row.made_at, stale), leaves


def _within(wanted: Mapping[str, int], counts: Mapping[str, int]) -> dict[str, int]:
    """The page that there is for each that is asked for."""
    return {part: min(max(page, 1), pages_of(counts.get(part, 0))) for part, page in wanted.items()}


def _leaves(
    kind: Kind[Head, Row], call_id: int, key: str, stamp: int, pages: Mapping[str, int]
) -> dict[str, Sequence[Row]]:
    """The rows of these pages, of the snapshot with this stamp."""
    if not pages:
        return {}
    asked = or_(*(and_(SnapshotPart.part == part, SnapshotPart.page == each) for part, each in pages.items()))
    rows = db.session.execute(
        select(SnapshotPart.part, SnapshotPart.rows)
        .join(Snapshot, Snapshot.id == SnapshotPart.snapshot_id)
        .where(
            Snapshot.call_id == call_id, Snapshot.kind == kind.kept_as, Snapshot.sight == key,
            Snapshot.stamp == stamp, asked,
        )
    )  # fmt: skip
    return {row.part: _read(row.rows, GenericAlias(list, (kind.row,))) for row in rows}


def _parts_now(
    done: Work[Head, Row], wanted: Callable[[Head], Mapping[str, int]]
) -> tuple[Reading[Head, Row], Mapping[str, Leaf[Row]]]:
    counts = {name: len(rows) for name, rows in done.parts.items()}
    leaves = {part: leaf_of(done.parts.get(part, ()), page) for part, page in wanted(done.head).items()}
    return Reading(done.head, (), 1, 1, counts), leaves


def _written(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()  # only fractions need the hook


def _read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind, dec_hook=_fraction)


def _fraction(kind: type[Any], value: Any) -> Fraction:
    if kind is not Fraction:
        raise TypeError(kind)
    return Fraction(value)


def pages_of(count: int) -> int:
    """How many pages so many rows fill; an empty list has one."""
    return max(math.ceil(count / PAGE), 1)


def _kept(kind: str, call_id: int, key: str, part: str, page: int) -> Any:
    snapshot = and_(Snapshot.call_id == Call.id, Snapshot.kind == kind, Snapshot.sight == key)
    rows = (
        SnapshotPart.snapshot_id == Snapshot.id,
        SnapshotPart.part == part,
        SnapshotPart.page == page,
    )
    return (
        select(
            Snapshot.head, Snapshot.counts, Snapshot.stamp, Snapshot.made_at, SnapshotPart.rows,
        )
        .select_from(Call)
        .outerjoin(Snapshot, snapshot)
        .outerjoin(SnapshotPart, and_(*rows))
        .where(Call.id == call_id)
    )  # fmt: skip


def _large(call_id: int) -> tuple[int, int]:
    """How many applications the call has, and the event written last."""
    here = (Tally.call_id == call_id, Tally.tag_id.is_(None))
    number = select(func.coalesce(func.sum(Tally.number), 0)).where(*here)
    row = db.session.execute(select(number.scalar_subquery(), newest())).one()
    return row[0], row[1]


def large_among(call_ids: Iterable[int]) -> set[int]:
    """Those of these calls that are too large to be worked out when a page is asked for: one statement."""
    number = func.sum(Tally.number)
    here = (Tally.call_id.in_(list(call_ids)), Tally.tag_id.is_(None))
    chosen = select(Tally.call_id).where(*here)
    return set(db.session.scalars(chosen.group_by(Tally.call_id).having(number > LIVE)))


def newest() -> Any:
    """The number of the event written last, of whichever record."""
    return select(func.coalesce(func.max(Event.id), 0)).scalar_subquery()


def happened(call_id: int, stamp: int, last: int) -> bool:
    """Whether anything was recorded since on a dossier of this call, or on the call itself: one statement."""
    if last - stamp > WINDOW:
        return True
    of_dossier = exists(
        select(Dossier.id).where(Dossier.trail_id == Event.trail_id, Dossier.call_id == call_id)
    )
    of_call = exists(select(Call.id).where(Call.trail_id == Event.trail_id, Call.id == call_id))
    since = select(Event.id).where(Event.id > stamp, or_(of_dossier, of_call))
    return bool(db.session.scalar(select(exists(since))))


def on_the_spot(
    kind: Kind[Head, Row], actor: Actor, call_id: int, *, part: str = "", page: int = 1
) -> Reading[Head, Row]:
    """A page of one part, worked out now."""
    done = kind.work(actor, call_id)
    counts = {name: len(rows) for name, rows in done.parts.items()}
    leaf = leaf_of(done.parts.get(part, ()), page)
    return Reading(done.head, leaf.rows, leaf.page, leaf.pages, counts)


def renew(kind: Kind[Any, Any], actor: Actor, call_id: int, *, lots: Iterable[int] = ()) -> None:
    """Work it out and keep it within the caller's unit of work: whoever changed it sees their change at once.

    Nothing is done in a call that is small enough to be worked out when it is asked for.
    """
    db.session.flush()  # the events of this change count as taken in
    number, stamp = _large(call_id)
    if number > LIVE:
        done, took = timed(kind, actor, call_id)
        keep(kind.kept_as, call_id, sight(actor, kind.sees, call_id, lots), done, stamp=stamp, took=took)


def timed(kind: Kind[Head, Row], actor: Actor, call_id: int) -> tuple[Work[Head, Row], timedelta]:
    """The work, and how long it took."""
    begun = time.monotonic()
    done = kind.work(actor, call_id)
    return done, timedelta(seconds=time.monotonic() - begun)


def keep(name: str, call_id: int, key: str, done: Work[Any, Any], *, stamp: int, took: timedelta) -> bool:
    """Write a snapshot in the place of the one before, unless that one is newer; whether it was written."""
    held = held_for_change(name, call_id, key)
    if held.stamp > stamp:
        return False
    held.stamp, held.tried, held.made_at = stamp, stamp, clock.now()
    held.took = took // timedelta(milliseconds=1)
    held.lease_by = held.lease_until = None
    held.head = _written(done.head)
    held.counts = {part: len(rows) for part, rows in done.parts.items()}
    db.session.execute(delete(SnapshotPart).where(SnapshotPart.snapshot_id == held.id))
    pieces = [
        {
            "snapshot_id": held.id, "part": part, "page": number,
            "rows": _written(rows[(number - 1) * PAGE : number * PAGE]),
        }
        for part, rows in done.parts.items()
        for number in range(1, pages_of(len(rows)) + 1)
    ]  # fmt: skip
    if pieces:
        db.session.execute(into(SnapshotPart), pieces)
    return True


def held_for_change(name: str, call_id: int, key: str) -> Snapshot:
    """The row of a snapshot, locked; made when it is not there yet."""
    in_turn(f"snapshot {call_id} {name} {key}")
    query = select(Snapshot).where(Snapshot.call_id == call_id, Snapshot.kind == name, Snapshot.sight == key)
    held = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if held is None:
        held = Snapshot(call_id=call_id, kind=name, sight=key)
        db.session.add(held)
        db.session.flush()  # its parts need the id
    return held
