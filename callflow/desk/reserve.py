"""The reserve lists that a member of the staff may see, and what the clock prepared for those on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from callflow.calls.models import Lot
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.decisions import joint, reserve
from callflow.decisions.models import Decision
from callflow.decisions.reserve import Place, ReserveList
from callflow.decisions.states import DecisionState
from callflow.desk import kept
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

    lists: "Sequence[ReserveList | Waiting]" = ()
    prepared: Sequence[Prepared] = ()


@dataclass(frozen=True)
class Row:
    """A dossier on the list."""

    id: int


@dataclass(frozen=True)
class Figures:
    """Of the list of a lot: what is free there, and the dossiers to whom it can be offered; neither for who
    may not see the ``whole`` lot.
    """

    left: Decimal | None
    days_left: int | None
    offers: tuple[int, ...]
    whole: bool


@dataclass(frozen=True)
class Lots:
    """By the key of each lot."""

    lots: dict[str, Figures]


@dataclass(frozen=True)
class Waiting:
    """One page of the list of a lot, with what is free and the offers that can be made."""

    lot: Lot
    left: Decimal | None = None
    days_left: int | None = None
    offers: Sequence[Place] = ()
    places: Sequence[Place] = ()
    page: int = 1
    pages: int = 1
    total: int = 0
    whole: bool = True


def _work(actor: Actor, call_id: int) -> kept.Work[Lots, Row]:
    lists = reserve_lists(actor, call_id)
    heads = {
        each.lot.key: Figures(
            each.left, each.days_left, tuple(place.dossier_id for place in each.offers), each.whole
        )
        for each in lists
    }
    return kept.Work(
        Lots(heads), {each.lot.key: [Row(place.dossier_id) for place in each.places] for each in lists}
    )


KIND = kept.Kind("reserve", Lots, Row, _work, (Role.coordinator, Role.signatory), (P.scores_view,))


def _lots(call_id: int) -> Sequence[int]:
    return db.session.scalars(select(Lot.id).where(Lot.call_id == call_id)).all()


def waiting(actor: Actor, lot: Lot, page: int, *, lots: Sequence[int]) -> Waiting:
    """One page of the list of a lot; ``lots`` are those of its call."""
    if not kept.large_among([lot.call_id]):
        (whole,) = reserve_lists(actor, lot.call_id, lot_id=lot.id)
        total, pages = len(whole.places), kept.pages_of(len(whole.places))
        page = min(max(page, 1), pages)
        rows = whole.places[(page - 1) * kept.PAGE : page * kept.PAGE]
        return Waiting(lot, whole.left, whole.days_left, whole.offers, rows, page, pages, total, whole.whole)
    found = kept.read_parts(KIND, actor, lot.call_id, lambda _head: {lot.key: page}, lots=lots)
    figures = found[0].head.lots.get(lot.key) if found else None
    if found is None or figures is None:
        return Waiting(lot)
    leaf = found[1][lot.key]
    ids = [row.id for row in leaf.rows]
    places = _places(actor, lot, figures, {*ids, *figures.offers})
    return Waiting(
        lot, figures.left, figures.days_left, [places[each] for each in figures.offers if each in places],
        [places[each] for each in ids if each in places], leaf.page, leaf.pages,
        found[0].counts.get(lot.key, 0), figures.whole,
    )  # fmt: skip


def _places(actor: Actor, lot: Lot, figures: Figures, ids: Collection[int]) -> dict[int, Place]:
    seen = (Dossier.id.in_(ids), visible_to(actor, P.scores_view))
    found = reserve.places(lot, figures.left, figures.days_left, *seen)
    return {place.dossier_id: place for place in found}


def moving_in(actor: Actor, call_id: int) -> Moving:
    """What moves on the reserve lists of a call: one statement where nobody waits on any."""
    mine = (Dossier.call_id == call_id, visible_to(actor, P.scores_view))
    waits = select(exists().where(Dossier.state == State.reserve, *mine).label("waits")).subquery()
    prepared = _prepared_by_clock(Lot.call_id == call_id, *mine).subquery()
    rows = db.session.execute(
        select(waits.c.waits, prepared)
        .select_from(waits)
        .outerjoin(prepared, prepared.c.reference.is_not(None))
        .order_by(prepared.c.prepared_at, prepared.c.reference)
    ).all()
    offered = _offered(actor, call_id) if rows[0].waits else []
    return Moving(offered, [Prepared(*row[1:-1]) for row in rows if row.reference])


def _offered(actor: Actor, call_id: int) -> Sequence[ReserveList | Waiting]:
    """The lists on which an offer can be made."""
    if not kept.large_among([call_id]):
        return [each for each in reserve_lists(actor, call_id) if each.offers]
    found = kept.read_parts(KIND, actor, call_id, lambda _head: {}, lots=_lots(call_id))
    heads = {key: each for key, each in found[0].head.lots.items() if each.offers} if found else {}
    lots = select(Lot).where(Lot.call_id == call_id, Lot.key.in_(heads)).order_by(Lot.position)
    lists = []
    for lot in db.session.scalars(lots) if heads else ():
        figures = heads[lot.key]
        offers = list(_places(actor, lot, figures, figures.offers).values())
        lists += [Waiting(lot, figures.left, figures.days_left, offers)] if offers else []
    return lists


def _prepared_by_clock(*mine: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Offers that the clock prepared and on which no body decided yet."""
    return (
        select(
            Dossier.reference, Dossier.title, Dossier.language, Lot.key, Lot.name, Decision.amount,
            Decision.answer_by, Decision.prepared_at,
        )
        .select_from(Lot)
        .join(Decision, Decision.lot_id == Lot.id)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .where(
            Decision.prepared_by.is_(None), Decision.state == DecisionState.prepared, Decision.current, *mine
        )
    )  # fmt: skip


def reserve_lists(actor: Actor, call_id: int, *, lot_id: int | None = None) -> list[ReserveList]:
    """The lists of a call's lots that this person works on as staff, in three statements."""
    chosen = [Lot.call_id == call_id]
    if lot_id is not None:
        chosen.append(Lot.id == lot_id)
    return reserve.lists_of(
        *chosen, keep=lambda lot: may(actor, P.scores_view, lot), seen=[visible_to(actor, P.scores_view)],
        whole=~joint.hides(actor, Lot.id),
    )  # fmt: skip
