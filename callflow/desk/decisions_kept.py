"""Which decisions of a lot stand where, and what of all of them bears on each. Worked out at once in a small
call, kept in a large one (desk/kept.py).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls.models import Call, Lot
from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.core.trail import canonical
from callflow.decisions import rules
from callflow.decisions.models import Condition, Decision, Resolution
from callflow.decisions.queries import commented_at
from callflow.decisions.states import DecisionState
from callflow.desk import kept, reserve
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State
from callflow.lifecycle import letter


@dataclass(frozen=True)
class Row:
    """A decision; ``tied`` when its project stands equal with one that fares otherwise."""

    id: int
    tied: bool


@dataclass(frozen=True)
class Figures:
    """Of the decisions of a lot. A digest changes with any decision that it is of. ``ready`` counts the
    letters that could leave, by the id of who alone may not release them.
    """

    prepared: str
    decided: str
    ready: dict[str, int]


@dataclass(frozen=True)
class Lots:
    """By the key of each lot."""

    lots: dict[str, Figures]


def part_of(lot: str, state: DecisionState) -> str:
    """The name of the list of the decisions of a lot in this state."""
    return f"{lot} {state.value}"


def digest_of(decisions: Iterable[Any]) -> str:
    """What somebody saw when they looked at these decisions."""
    table = [
        [
            each.id,
            each.outcome,
            str(each.amount),
            each.coaching_days,
            each.rank,
            str(each.valid_until),
            str(each.answer_by),
        ]
        for each in sorted(decisions, key=lambda decision: decision.id)
    ]
    return hashlib.sha256(canonical(table).encode()).hexdigest()[:16]


def _work(actor: Actor, call_id: int) -> kept.Work[Lots, Row]:
    lots = selectinload(Call.lots).options(joinedload(Lot.authority), joinedload(Lot.call))
    call = db.session.scalars(select(Call).where(Call.id == call_id).options(lots)).one()
    return of_lots([lot for lot in call.lots if may(actor, P.scores_view, lot)], actor, call_id)


def of_lots(lots: Sequence[Lot], actor: Actor, _call_id: int) -> kept.Work[Lots, Row]:
    """Of these lots, loaded with call and authority: a statement each."""
    heads: dict[str, Figures] = {}
    parts: dict[str, list[Row]] = {}
    for lot in lots:
        found = _found(lot, actor)
        tied = _tied(found, lot.call)
        by_state = {state: [row for row in found if row.state is state] for state in DecisionState}
        for state, rows in by_state.items():
            parts[part_of(lot.key, state)] = [Row(row.id, row.dossier_id in tied) for row in rows]
        ready = Counter(
            str(row.recorded_by if row.prepared_by is None else row.prepared_by)
            for row in by_state[DecisionState.decided]
            if row.dossier_id not in tied
            and not letter.unsaid(lot.authority, row)
            and rules.day_over(row, clock.today()) is None
            and not rules.unread(row.remarks_at, row.recorded_at)
        )
        heads[lot.key] = Figures(
            digest_of(by_state[DecisionState.prepared]), digest_of(by_state[DecisionState.decided]),
            dict(ready),
        )  # fmt: skip
    return kept.Work(Lots(heads), parts)


def _found(lot: Lot, actor: Actor) -> Sequence[Any]:
    """Columns and no objects: there are thousands. In the order in which they are listed."""
    columns = (
        Decision.id, Decision.dossier_id, Decision.state, Decision.outcome, Decision.amount,
        Decision.coaching_days, Decision.rank, Decision.valid_until, Decision.current, Decision.origin,
        Decision.reasons, Decision.motivation, Decision.prepared_by, Decision.answer_by,
        Decision.postponed_until, _proof_by().label("proof_by"),
        commented_at().label("remarks_at"),
    )  # fmt: skip
    return db.session.execute(
        select(*columns, Resolution.recorded_by, Resolution.recorded_at, Dossier.total_percent)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .outerjoin(Resolution, Resolution.id == Decision.resolution_id)
        .where(Decision.lot_id == lot.id, visible_to(actor, P.scores_view))
        .order_by(Dossier.id, Decision.number)
    ).all()


def _proof_by() -> Any:
    """The first day of a condition, looked up for those that have any and are not told yet."""
    first = select(func.min(Condition.due_on)).where(Condition.decision_id == Decision.id)
    untold = and_(
        Decision.outcome == State.selected_with_conditions, Decision.state != DecisionState.released
    )
    return case((untold, first.correlate(Decision).scalar_subquery()))


def _tied(found: Sequence[Any], call: Call) -> frozenset[int]:
    return rules.tied_among(
        (
            row.dossier_id,
            rules.ranked_by(row.total_percent, row.reasons, call.tie_breaks),
            rules.fares(row.outcome, row.rank),
        )
        for row in found
        if rules.compared(row, row.total_percent)
    )


KIND = kept.Kind("decisions", Lots, Row, _work, (Role.coordinator, Role.signatory), (P.scores_view,))


def kind_of(lot: Lot) -> kept.Kind[Lots, Row]:
    """That works out no more than this lot where the call is small."""
    return kept.Kind(KIND.name, Lots, Row, partial(of_lots, [lot]), KIND.readers, KIND.sees)


def renew(actor: Actor, call_id: int) -> None:
    """After somebody changed decisions, within their unit of work; what is free in the lots changed too."""
    lots = db.session.scalars(select(Lot.id).where(Lot.call_id == call_id)).all()
    kept.renew(KIND, actor, call_id, lots=lots)
    kept.renew(reserve.KIND, actor, call_id, lots=lots)
