"""How many dossiers of a call there are by state, lot and handler, all of them or those with a tag: one
statement, whatever their number.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)

from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.desk.scope import STAFF
from callflow.dossiers.models import Dossier, Tally
from callflow.dossiers.rules import barred, in_scope, looker_sees, staffed
from callflow.dossiers.states import State
from callflow.filing.models import Tag, Tagged

Key = tuple[int, State, int, int | None]
CALLS: BindParameter[int] = bindparam("calls", expanding=True)


@dataclass(frozen=True)
class Counts:
    """Dossiers by (call, state, lot, handler); each question is answered by adding up. So many as ``hidden``
    are left out for a conflict of interest.
    """

    cells: dict[Key, int] = field(default_factory=dict)
    hidden: int = 0

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

    def by(self, position: int, *, handlers: frozenset[int | None] | None = None) -> Counter[object]:
        """Totals by one part of the key: 1 for states, 2 for lots, 3 for handlers; of these handlers only."""
        found: Counter[object] = Counter()
        for key, number in self.cells.items():
            if handlers is None or key[3] in handlers:
                found[key[position]] += number
        return found


def counted(
    actor: Actor, call_ids: list[int], *narrower: ColumnElement[bool], tag: int | None = None
) -> Counts:
    """What this person may see as staff of these calls, ``narrower`` where more is asked; of what carries the
    tag, when it still stands.
    """
    found: Counter[Key] = Counter()
    hidden = 0
    live = narrower or actor.behind
    query = _numbers(actor, *narrower, tag=tag) if live else _whole(actor, tagged=tag is not None)
    values = {"calls": call_ids} if tag is None else {"calls": call_ids, "tag": tag}
    for *key, number in db.session.execute(query, values):
        found[tuple(key)] += number
        hidden -= min(number, 0)
    return Counts({key: number for key, number in found.items() if number}, hidden)


def by_tag(actor: Actor) -> Subquery:
    """How many dossiers of ``calls`` carry each tag, of those that this person may see as staff: rows of
    ``tag_id`` and ``number`` to be added up.
    """
    carried = select(Tagged.tag_id, func.count().label("number"))
    carried = carried.join(Dossier, Dossier.id == Tagged.dossier_id).group_by(Tagged.tag_id)
    here = (Dossier.call_id.in_(CALLS), reached(actor))
    hidden = carried.with_only_columns(Tagged.tag_id, -func.count()).where(*here, barred(actor))
    told = select(Tally.tag_id, Tally.number).where(*_told(actor), Tally.tag_id.is_not(None))
    return union_all(carried.where(*here) if actor.behind else told, hidden).subquery()


@lru_cache(maxsize=256)
def _whole(actor: Actor, *, tagged: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """From what is counted while it happens. Kept for a person who goes from page to page."""
    which = Tally.tag_id.in_(_standing()) if tagged else Tally.tag_id.is_(None)
    everything = _grouped(Tally, func.sum(Tally.number), *_told(actor), which)
    # the few that are hidden are asked for the tag, not all that carry it for a conflict
    carries = exists().where(Tagged.dossier_id == Dossier.id, Tagged.tag_id.in_(_standing()))
    return union_all(everything, _conflicts(actor, *([carries] if tagged else [])))


def _told(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    scope = or_(false(), *(in_scope(actor, role, Tally) for role in _roles(actor)))
    return Tally.call_id.in_(CALLS), scope


def _standing() -> Select[int]:
    return select(Tag.id).where(Tag.id == bindparam("tag"), Tag.removed_at.is_(None))


def _carries() -> ColumnElement[bool]:
    return Dossier.id.in_(select(Tagged.dossier_id).where(Tagged.tag_id.in_(_standing())))


def _numbers(
    actor: Actor, *narrower: ColumnElement[bool], tag: int | None
) -> CompoundSelect[*tuple[Any, ...]]:
    narrower = narrower if tag is None else (*narrower, _carries())
    here = (Dossier.call_id.in_(CALLS), reached(actor), *narrower)
    return union_all(_grouped(Dossier, func.count(), *here), _conflicts(actor, *narrower))


def _conflicts(actor: Actor, *narrower: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """They are few: taking them off again spares a look at each of ten thousand rows."""
    here = (Dossier.call_id.in_(CALLS), reached(actor), *narrower)
    return _grouped(Dossier, -func.count(), *here, barred(actor))


def reached(actor: Actor) -> ColumnElement[bool]:
    """Within the reach of this person as staff, and of whoever looks as them; conflicts not looked at."""
    return and_(or_(false(), *(staffed(actor, role) for role in _roles(actor))), looker_sees(actor))


def _roles(actor: Actor) -> list[Role]:
    return [role for role in STAFF if role in actor.roles]


def _grouped(
    kind: type[Dossier | Tally], number: ColumnElement[int], *where: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    columns = (kind.call_id, kind.state, kind.lot_id, kind.handler_id)
    return select(*columns, number).where(*where).group_by(*columns)
