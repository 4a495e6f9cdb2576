"""How many dossiers of a call there are by state, lot and handler: one statement that reads one index."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, false, func, or_, select, union_all

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.desk.scope import STAFF
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import barred, staffed
from callflow.dossiers.states import State

Key = tuple[int, State, int, int | None]


@dataclass(frozen=True)
class Counts:
    """Dossiers by (call, state, lot, handler); each question is answered by adding up."""

    cells: dict[Key, int] = field(default_factory=dict)

    def total(
        self,
        *,
        call: int | None = None,
        states: frozenset[State] | None = None,
        lot: int | None = None,
        handlers: frozenset[int | None] | None = None,
    ) -> int:
        """How many fit all that is asked; what is None asks nothing."""
        return sum(
            number
            for (call_id, state, lot_id, handler_id), number in self.cells.items()
            if (call is None or call_id == call)
            and (states is None or state in states)
            and (lot is None or lot_id == lot)
            and (handlers is None or handler_id in handlers)
        )

    def by(self, position: int) -> Counter[object]:
        """Totals by one part of the key: 1 for states, 2 for lots, 3 for handlers."""
        found: Counter[object] = Counter()
        for key, number in self.cells.items():
            found[key[position]] += number
        return found


def counted(actor: Actor, call_ids: list[int], *narrower: ColumnElement[bool]) -> Counts:
    """What this person may see as staff of these calls, ``narrower`` where more is asked."""
    found: Counter[Key] = Counter()
    query = _numbers(actor, *narrower) if narrower else _whole(actor)
    for *key, number in db.session.execute(query, {"calls": call_ids}):
        found[tuple(key)] += number
    return Counts({key: number for key, number in found.items() if number})


@lru_cache(maxsize=256)
def _whole(actor: Actor) -> CompoundSelect[*tuple[Any, ...]]:
    """Kept for a person who goes from page to page."""
    return _numbers(actor)


def _numbers(actor: Actor, *narrower: ColumnElement[bool]) -> CompoundSelect[*tuple[Any, ...]]:
    roles = [role for role in STAFF if role in actor.roles]
    reached = or_(false(), *(staffed(actor, role) for role in roles))
    where = (Dossier.call_id.in_(bindparam("calls", expanding=True)), reached, *narrower)
    # conflicts are few: taking them off again spares a look at each of ten thousand rows
    everything = _grouped(func.count(), *where)
    conflicts = _grouped(-func.count(), *where, barred(actor))
    return union_all(everything, conflicts)


def _grouped(number: ColumnElement[int], *where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns = (Dossier.call_id, Dossier.state, Dossier.lot_id, Dossier.handler_id)
    return select(*columns, number).where(*where).group_by(*columns)
