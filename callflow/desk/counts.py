"""How many dossiers of a call there are by state, lot and handler: one statement that reads one index."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
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
    columns = (Dossier.call_id, Dossier.state, Dossier.lot_id, Dossier.handler_id)
    rows = db.session.execute(
        select(*columns, func.count())
        .where(Dossier.call_id.in_(call_ids), visible_to(actor, P.scores_view), *narrower)
        .group_by(*columns)
    )
    return Counts({(row[0], row[1], row[2], row[3]): row[4] for row in rows})
