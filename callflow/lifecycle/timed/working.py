"""Fires what is due, each once: in a unit of work of its own that first takes the moment for this subject."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callflow.calls.models import Call
from callflow.core import clock, failpoint, firing
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.lifecycle.timed.kinds import KINDS
from callflow.lifecycle.timed.plan import Kind, Planned

log = logging.getLogger("callflow.worker")
AT_A_TIME = 50
LOOKS_EVERY = timedelta(seconds=30)
RESTS = timedelta(minutes=10)
"""How long what went wrong is left alone, so that what is due behind it happens."""


@dataclass
class _Looked:
    """When this process looked last: moments are worked out from the data, twice a minute is often enough."""

    at: datetime | None = None
    wrong: dict[tuple[str, int, str], dict[int, datetime]] = field(default_factory=dict)

    def resting(self, planned: Planned, at: datetime) -> list[int]:
        """The subjects of this moment that are left alone for now."""
        met = self.wrong.get((planned.kind, planned.call_id, planned.edition), {})
        return [subject_id for subject_id, since in met.items() if since <= at < since + RESTS]

    def went_wrong(self, planned: Planned, subject_id: int, at: datetime) -> None:
        met = self.wrong.setdefault((planned.kind, planned.call_id, planned.edition), {})
        met[subject_id] = at
        db.session.rollback()


_looked = _Looked()


def moments(call: Call, at: datetime) -> list[tuple[Kind, Planned]]:
    """All that this call does by itself, as its data stand now, the earliest first."""
    sources = dict.fromkeys(kind.moments for kind in KINDS.values())
    found = [(KINDS[planned.kind], planned) for source in sources for planned in source(call, at)]
    return sorted(found, key=lambda pair: (pair[1].due_at, pair[1].kind, pair[1].edition))


def due(at: datetime) -> Iterator[tuple[Kind, Call, Planned]]:
    """What is to be done now, over all calls; a call whose days cannot be read keeps no other back."""
    for call in db.session.scalars(select(Call).options(selectinload(Call.lots)).order_by(Call.id)).all():
        try:
            found = [(kind, planned) for kind, planned in moments(call, at) if planned.open(at)]
        except Exception:
            db.session.rollback()
            log.exception("what call %s does by itself cannot be told", call.reference)
            continue
        for kind, planned in found:
            yield kind, call, planned


def next_moment(after: datetime) -> datetime | None:
    """When something happens by itself next, over all calls."""
    calls = db.session.scalars(select(Call).options(selectinload(Call.lots))).all()
    ahead = (planned.due_at for call in calls for _, planned in moments(call, after))
    return min((each for each in ahead if each > after), default=None)


def fire(kind: Kind, planned: Planned, subject_id: int) -> bool:
    """Do it for one subject; False when it was done meanwhile, or is no longer to be done."""
    with unit_of_work():
        failpoint.enter("firing")
        call = db.session.get_one(Call, planned.call_id)
        row = _row(kind, call, planned, subject_id)
        if row is None:
            return False
        if getattr(row, "dossier_id", None) is not None:
            dossiers.lock([row.reference], money=kind.money)
            row = _row(kind, call, planned, subject_id)
        taken = row is not None and firing.claim(
            kind=kind.name,
            call_id=call.id,
            edition=planned.edition,
            subject_id=subject_id,
            due_at=planned.due_at,
        )
        if not taken:
            return False
        kind.act(call, planned, row)
    return True


def _row(kind: Kind, call: Call, planned: Planned, subject_id: int) -> Any:
    return db.session.execute(kind.waiting(call, planned).where(kind.subject == subject_id)).first()


def drain(_holder: str, stopping: Callable[[], bool]) -> int:
    """Fire a bounded number of what is due; looks at most twice a minute when nothing was."""
    at = clock.now()
    if _looked.at is not None and _looked.at <= at < _looked.at + LOOKS_EVERY:
        return 0
    waiting = list(_waiting(at))
    done = 0
    for kind, planned, subject_id in waiting[:AT_A_TIME]:
        if stopping():
            break
        try:
            done += fire(kind, planned, subject_id)
        except Exception:
            log.exception("%s %s of %d in call %d", kind.name, planned.edition, subject_id, planned.call_id)
            _looked.went_wrong(planned, subject_id, at)
    _looked.at = None if len(waiting) > AT_A_TIME or done else at
    return done


def _waiting(at: datetime) -> Iterator[tuple[Kind, Planned, int]]:
    for kind, call, planned in due(at):
        query = kind.waiting(call, planned).limit(AT_A_TIME)
        if resting := _looked.resting(planned, at):
            query = query.where(kind.subject.not_in(resting))
        for row in db.session.execute(query).all():
            yield kind, planned, row.subject_id


def sweep() -> int:
    """A worker that died holds nothing: what it did not finish was not done."""
    _looked.at = None
    return 0
