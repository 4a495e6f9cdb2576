"""The reserve list of a lot, what is free in it, and the offer that can be made: worked out whenever somebody
looks, so that it is there at once when a group gives up, a grant is revoked or an envelope rises.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from callflow.calls.models import Lot
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.decisions import joint
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State


@dataclass(frozen=True)
class Place:
    """A place on the list. ``cost`` in euro is what the project would get, None where there is no money."""

    reference: str
    title: str
    language: str
    rank: int
    valid_until: date
    cost: Decimal | None
    days: int | None
    fits: bool

    @property
    def over(self) -> bool:
        """Its day has passed."""
        return self.valid_until < clock.today()


@dataclass(frozen=True)
class ReserveList:
    """``left`` is what no project was promised, in euro; ``days_left`` of the coaching days."""

    lot: Lot
    left: Decimal | None
    days_left: int | None
    places: Sequence[Place]

    @property
    def offers(self) -> Sequence[Place]:
        """Who is first on the list of those that fit: more than one where they stand equal."""
        fitting = [place for place in self.places if place.fits and not place.over]
        return [place for place in fitting if place.rank == fitting[0].rank]


def offers_in(actor: Actor, call_id: int) -> list[ReserveList]:
    """The lists of a call on which an offer can be made: one statement where nobody waits on any."""
    some = select(Dossier.id).where(
        Dossier.call_id == call_id, Dossier.state == State.reserve, visible_to(actor, P.scores_view)
    )
    if db.session.scalar(some.limit(1)) is None:
        return []
    return [each for each in reserve_lists(actor, call_id) if each.offers]


def reserve_lists(actor: Actor, call_id: int, *, lot_id: int | None = None) -> list[ReserveList]:
    """The lists of a call's lots that this person works on as staff, in three statements."""
    chosen = select(Lot, joint.amount_behind(Lot.id), joint.paid_for_others(Lot.id)).where(
        Lot.call_id == call_id
    )
    if lot_id is not None:
        chosen = chosen.where(Lot.id == lot_id)
    found = db.session.execute(chosen.order_by(Lot.position)).all()
    rows = [row for row in found if may(actor, P.scores_view, row[0])]
    ids = [lot.id for lot, _, _ in rows]
    promised, waiting = _promised(ids), _waiting(actor, ids)
    return [
        _list(lot, promised.get(lot.id, (Decimal(0), 0)), _behind(amount, paid), waiting.get(lot.id, []))
        for lot, amount, paid in rows
    ]


def _behind(amount: Decimal | None, paid: Decimal | None) -> Decimal:
    return Decimal(0) if amount is None else max(amount - (paid or 0), Decimal(0))


def _promised(lot_ids: Sequence[int]) -> dict[int, tuple[Decimal, int]]:
    rows = db.session.execute(
        select(Decision.lot_id, func.sum(Decision.amount), func.sum(Decision.coaching_days))
        .where(Decision.lot_id.in_(lot_ids), joint.promises())
        .group_by(Decision.lot_id)
    )
    return {lot_id: (amount or Decimal(0), days or 0) for lot_id, amount, days in rows}


def _waiting(actor: Actor, lot_ids: Sequence[int]) -> dict[int, list[tuple[Dossier, Decision]]]:
    """Who was told of a place, in the order of the list."""
    rows = db.session.execute(
        select(Dossier, Decision)
        .join(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .where(
            Dossier.lot_id.in_(lot_ids), Dossier.state == State.reserve,
            Decision.state == DecisionState.released, visible_to(actor, P.scores_view),
        )
        .order_by(Decision.rank, Dossier.title_key, Dossier.id)
    )  # fmt: skip
    found: dict[int, list[tuple[Dossier, Decision]]] = {}
    for dossier, decision in rows:
        found.setdefault(dossier.lot_id, []).append((dossier, decision))
    return found


def _list(
    lot: Lot, promised: tuple[Decimal, int], behind: Decimal, waiting: Sequence[tuple[Dossier, Decision]]
) -> ReserveList:
    amount, days = promised
    left = None if lot.envelope is None else max(lot.envelope + behind - amount, Decimal(0))
    days_left = None if lot.coaching_days is None else max(lot.coaching_days - days, 0)
    return ReserveList(lot, left, days_left, [_place(lot, left, days_left, *each) for each in waiting])


def _place(
    lot: Lot, left: Decimal | None, days_left: int | None, dossier: Dossier, decision: Decision
) -> Place:
    cost: Any = None if left is None else dossier.requested or Decimal(0)
    if cost is not None and lot.maximum_amount is not None:
        cost = min(cost, lot.maximum_amount)
    days = lot.coaching_days_each
    fits = (left is None or cost <= left) and (days is None or days_left is None or days <= days_left)
    return Place(
        dossier.reference, dossier.title, dossier.language, decision.rank or 0,
        decision.valid_until or clock.today(), cost, days, fits,
    )  # fmt: skip
