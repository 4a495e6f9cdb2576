"""The reserve lists that a member of the staff may see, and what the clock prepared for those on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from callflow.calls.models import Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.decisions import reserve
from callflow.decisions.models import Decision
from callflow.decisions.reserve import Place, ReserveList
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State

__all__ = ["Moving", "Place", "Prepared", "ReserveList", "moving_in", "reserve_lists"]


@dataclass(frozen=True)
class Prepared:
    """An offer that the clock prepared when means came back, and that the body has not decided on."""

    reference: str
    title: str
    language: str
    lot: str
    lot_name: dict[str, str]
    amount: Decimal | None
    answer_by: date | None


@dataclass(frozen=True)
class Moving:
    """The lists on which an offer can be made, and the offers that the clock prepared, the oldest first."""

    lists: Sequence[ReserveList] = ()
    prepared: Sequence[Prepared] = ()


def moving_in(actor: Actor, call_id: int) -> Moving:
    """What moves on the reserve lists of a call: one statement where nobody waits on any."""
    mine = (Dossier.call_id == call_id, visible_to(actor, P.scores_view))
    waits = select(exists().where(Dossier.state == State.reserve, *mine).label("waits")).subquery()
    prepared = _prepared_by_clock(*mine).subquery()
    rows = db.session.execute(
        select(waits.c.waits, prepared)
        .select_from(waits)
        .outerjoin(prepared, prepared.c.reference.is_not(None))
        .order_by(prepared.c.prepared_at, prepared.c.reference)
    ).all()
    lists = [each for each in reserve_lists(actor, call_id) if each.offers] if rows[0].waits else []
    return Moving(lists, [Prepared(*row[1:-1]) for row in rows if row.reference])


def _prepared_by_clock(*mine: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Offers that the clock prepared and on which no body decided yet."""
    return (
        select(
            Dossier.reference, Dossier.title, Dossier.language, Lot.key, Lot.name, Decision.amount,
            Decision.answer_by, Decision.prepared_at,
        )
        .join(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .join(Lot, Lot.id == Dossier.lot_id)
        .where(Decision.state == DecisionState.prepared, Decision.prepared_by.is_(None), *mine)
    )  # fmt: skip


def reserve_lists(actor: Actor, call_id: int, *, lot_id: int | None = None) -> list[ReserveList]:
    """The lists of a call's lots that this person works on as staff, in three statements."""
    chosen = [Lot.call_id == call_id]
    if lot_id is not None:
        chosen.append(Lot.id == lot_id)
    return reserve.lists_of(
        *chosen, keep=lambda lot: may(actor, P.scores_view, lot), seen=[visible_to(actor, P.scores_view)]
    )
