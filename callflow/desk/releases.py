"""The releases of a lot with their letters: how many are made, what keeps the others, and both files of
each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from callflow.calls.models import Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.jobs import WORK_OPEN, WorkState
from callflow.core.permissions import P, may
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.desk.decisions import lot_of, sees_all_of
from callflow.letters import queries as letters
from callflow.letters.models import Letter, LetterBatch
from callflow.letters.states import LetterState
from callflow.lifecycle.batches import letters_of


@dataclass(frozen=True)
class ReleaseLine:
    """What left together. ``waits`` are the codes of what keeps letters unmade; ``batch`` was asked for last,
    ``ready`` is the last whose files are there.
    """

    released_at: datetime
    letters: int
    made: int
    waits: Sequence[str] = ()
    batch: LetterBatch | None = None
    ready: LetterBatch | None = None

    @property
    def open(self) -> bool:
        """A worker has still to make its files."""
        return self.batch is not None and self.batch.status in WORK_OPEN

    @property
    def failed(self) -> bool:
        return self.batch is not None and self.batch.status is WorkState.failed


@dataclass(frozen=True)
class ReleasesPage:
    """A lot with all its releases, the newest first."""

    lot: Lot
    releases: Sequence[ReleaseLine] = field(default=())

    @property
    def working(self) -> bool:
        return any(each.open for each in self.releases)


def releases_page(actor: Actor, reference: str, key: str) -> ReleasesPage:
    """In a fixed number of statements, six. Raises NotFound for who may not read every letter of the lot."""
    lot = lot_for_letters(actor, reference, key)
    batches: dict[datetime, list[LetterBatch]] = {}
    query = select(LetterBatch).where(LetterBatch.lot_id == lot.id).order_by(LetterBatch.id.desc())
    for batch in db.session.scalars(query):
        batches.setdefault(batch.released_at, []).append(batch)
    counted = _counted(lot)
    return ReleasesPage(lot, [_line(at, counted[at], batches.get(at, [])) for at in sorted(counted)[::-1]])


def lot_for_letters(actor: Actor, reference: str, key: str, *, lock: bool = False) -> Lot:
    """A lot all of whose letters this person may read. Raises NotFound."""
    lot = lot_of(actor, reference, key, lock=lock)
    if not may(actor, P.mail_manage, lot) or not sees_all_of(actor, lot):
        raise NotFound
    return lot


def _counted(lot: Lot) -> dict[datetime, list[tuple[LetterState, str | None, int]]]:
    """By moment of release how many of its letters stand how, and with which note. Every decision that left
    has its letter, so those that are made are counted as decisions, in an index; the others are few.
    """
    of_lot = (Decision.lot_id == lot.id, Decision.state == DecisionState.released)
    every = select(Decision.released_at, func.count()).where(*of_lot).group_by(Decision.released_at)
    found: dict[datetime, list[tuple[LetterState, str | None, int]]] = {}
    made: dict[datetime, int] = {at: number for at, number in db.session.execute(every) if at is not None}
    for at, state, failure, number in db.session.execute(unmade(lot.id)):
        if at is not None:
            found.setdefault(at, []).append((state, failure, number))
            made[at] -= number
    return {
        at: [*found.get(at, []), *([(LetterState.rendered, None, number)] if number else [])]
        for at, number in made.items()
    }


def unmade(lot_id: int) -> Select[*tuple[Any, ...]]:
    """How many of a lot are not made, by release, state and note: begins with the letters, which are few."""
    return (
        letters_of(None, Decision.released_at)
        .with_only_columns(Decision.released_at, Letter.state, Letter.failure, func.count())
        .order_by(None)
        .group_by(Decision.released_at, Letter.state, Letter.failure)
        .where(letters.unmade(), Decision.lot_id + 0 == lot_id)
    )


def _line(
    at: datetime, counted: Sequence[tuple[LetterState, str | None, int]], batches: Sequence[LetterBatch]
) -> ReleaseLine:
    made = sum(number for state, _failure, number in counted if state is LetterState.rendered)
    waits = {failure for state, failure, _number in counted if failure and state is LetterState.written}
    failed = any(state is LetterState.failed for state, _failure, _number in counted)
    return ReleaseLine(
        at, sum(number for _state, _failure, number in counted), made,
        [*sorted(waits), *(["letters_failed"] if failed else [])],
        next(iter(batches), None),
        next((each for each in batches if each.status is WorkState.done), None),
    )  # fmt: skip
