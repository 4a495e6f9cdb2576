"""The worker's part in pages that are kept: what is out of date is worked out anew, one at a time."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete, func, select

from callflow.calls.models import Lot
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.jobs import abandoned
from callflow.core.snapshots import Snapshot, SnapshotPart
from callflow.desk import (
    assigning,
    board_kept,
    decisions_kept,
    kept,
    panel,
    papers,
    ranking_page,
    recipients,
    reserve,
    timed,
)
from callflow.desk.coaching import days, mine, proposal, team
from callflow.dossiers.models import Tally
from callflow.people import queries as people

log = logging.getLogger("callflow.worker")
KINDS: tuple[kept.Kind[Any, Any], ...] = (
    panel.KIND,
    team.KIND,
    proposal.KIND,
    days.KIND,
    mine.KIND,
    recipients.KIND,
    assigning.KIND,
    board_kept.KIND,
    *ranking_page.KINDS.values(),
    decisions_kept.KIND,
    reserve.KIND,
    papers.KIND,
    timed.KIND,
)
LEASE = timedelta(minutes=10)
SHARE = 20
"""Working out takes one part in so many of the time at most."""
PAUSE = timedelta(seconds=5)
"""Between two looks at what is due, however much happens."""
AGE = timedelta(minutes=10)
"""After so long it is done anew when anything happened anywhere: not all that a page shows has an event."""


@dataclass(frozen=True)
class Due:
    """One page to work out, as this person sees the call."""

    kind: kept.Kind[Any, Any]
    call_id: int
    key: str
    actor: Actor


class Keeper:
    """Remembers up to which event all was up to date, so that looking again costs one statement."""

    def __init__(self) -> None:
        self.seen = -1
        self.looked: datetime | None = None
        self.again: datetime | None = None

    def drain(self, holder: str, stopping: Callable[[], bool]) -> int:
        """Work out the first that is due; how many were done. What failed is left until something happens in
        its call.
        """
        now, last = clock.now(), _newest()
        resting = self.looked is not None and self.looked <= now < self.looked + PAUSE
        idle = last == self.seen and (self.again is None or now < self.again)
        if stopping() or resting or idle:
            return 0
        later: list[datetime] = []
        for due, when in planned(last, now):
            if when <= now:
                _work_out(due, holder)
                return 1
            later.append(when)
        self.seen, self.looked, self.again = last, now, min(later, default=None)
        return 0


def planned(last: int, now: datetime) -> Iterator[tuple[Due, datetime]]:
    """What is to be worked out, and from when. ``last`` is the newest event.

    All that is kept rests as long as working out all of it takes SHARE times: that many pages cannot take the
    worker from letters and mail. What nobody sees so any more, as before a conflict, is thrown away.
    """
    wanted = {(due.call_id, due.kind.kept_as, due.key): due for due in _all()}
    columns = (Snapshot.call_id, Snapshot.kind, Snapshot.sight, Snapshot.id, Snapshot.took, Snapshot.tried)
    rows = db.session.execute(select(*columns, Snapshot.made_at, Snapshot.lease_by)).all()
    _throw_away([row.id for row in rows if tuple(row[:3]) not in wanted and not row.lease_by])
    held = {tuple(row[:3]): row for row in rows}
    rest = SHARE * timedelta(milliseconds=sum(held[key].took for key in wanted.keys() & held.keys()))
    for key, due in wanted.items():
        when = _when(due, held.get(key), last, now, rest)
        if when is not None:
            yield due, when


def _throw_away(ids: Sequence[int]) -> None:
    if ids:
        with unit_of_work():
            db.session.execute(delete(SnapshotPart).where(SnapshotPart.snapshot_id.in_(ids)))
            db.session.execute(delete(Snapshot).where(Snapshot.id.in_(ids)))


def sweep() -> int:
    """Free what dead workers held; how many."""
    with unit_of_work():
        held = db.session.scalars(select(Snapshot).where(Snapshot.lease_by.is_not(None))).all()
        left = abandoned(held)
        for each in left:
            each.lease_by = each.lease_until = None
    return len(left)


def _all() -> Iterator[Due]:
    """Every page that somebody may open of a call too large to work it out for them, once for each sight."""
    large = db.session.scalars(
        select(Tally.call_id)
        .where(Tally.tag_id.is_(None))
        .group_by(Tally.call_id)
        .having(func.sum(Tally.number) > kept.LIVE)
    ).all()
    for call_id in large:
        lots = list(db.session.scalars(select(Lot.id).where(Lot.call_id == call_id)))
        holders = people.holders(call_id, lots)
        for kind in KINDS:
            seen = set()
            for person_id in dict.fromkeys(each.user_id for each in holders if each.role in kind.readers):
                actor = people.actor(person_id)
                key = kept.sight(actor, kind.sees, call_id, lots)
                if key not in seen:
                    seen.add(key)
                    yield Due(kind, call_id, key, actor)


def _newest() -> int:
    return db.session.scalar(select(kept.newest())) or 0


def _when(due: Due, held: Any, last: int, now: datetime, rest: timedelta) -> datetime | None:
    """From when this is to be done again, or None for something that is up to date or in somebody's hands."""
    if held is None:
        return now
    if held.lease_by or (last == held.tried and not due.kind.by_clock):
        return None
    happened = last != held.tried and kept.happened(due.call_id, held.tried, last)
    made_at = cast("datetime | None", held.made_at)
    if made_at is None:
        return now if happened else None
    return made_at + (rest if happened else max(rest, AGE))


def _work_out(due: Due, holder: str) -> None:
    """Without a transaction that holds others up: it reads, works, and writes in one go."""
    with unit_of_work():
        held = kept.held_for_change(due.kind.kept_as, due.call_id, due.key)
        if held.lease_by:
            return
        held.lease_by, held.lease_until = holder, clock.now() + LEASE
    stamp = _newest()
    found: tuple[kept.Work[Any, Any], timedelta] | None = None
    try:
        found = kept.timed(due.kind, due.actor, due.call_id)
    except (NotFound, Refused):
        log.info("%s of call %d: not for those who were to read it", due.kind.name, due.call_id)
    except Exception:
        log.exception("%s of call %d", due.kind.name, due.call_id)
    with unit_of_work():
        held = kept.held_for_change(due.kind.kept_as, due.call_id, due.key)
        held.lease_by = held.lease_until = None
        held.tried = max(held.tried, stamp)
        if found is not None:
            done, took = found
            kept.keep(due.kind.kept_as, due.call_id, due.key, done, stamp=stamp, took=took)
