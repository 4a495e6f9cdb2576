"""The reserve list of a lot, what is free in it, and the offer that can be made: worked out whenever somebody
looks, so that it is there at once when a group gives up, a grant is revoked or an envelope rises.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from callflow.calls.models import JointEnvelope, JointLot, Lot
from callflow.core import clock
from callflow.core.db import db
from callflow.decisions.models import Decision, Promise
from callflow.decisions.states import DecisionState, Ending
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import GRANTING, State


@dataclass(frozen=True)
class Place:
    """A place on the list, told to its group at ``told_at``. ``cost`` in euro is what the project would get,
    None where there is no money.
    """

    dossier_id: int
    reference: str
    title: str
    language: str
    rank: int
    valid_until: date
    told_at: datetime
    cost: Decimal | None
    days: int | None
    fits: bool

    @property
    def over(self) -> bool:
        """Its day has passed."""
        return self.valid_until < clock.today()


@dataclass(frozen=True)
class ReserveList:
    """``left`` is what no project was promised, in euro; ``days_left`` of the coaching days. Neither is told
    where not the ``whole`` lot may be seen, nor to whom an offer can be made then.
    """

    lot: Lot
    left: Decimal | None
    days_left: int | None
    places: Sequence[Place]
    whole: bool = True

    @property
    def offers(self) -> Sequence[Place]:
        """Who is first on the list of those that fit: more than one where they stand equal."""
        fitting = [place for place in self.places if place.fits and not place.over and self.whole]
        return [place for place in fitting if place.rank == fitting[0].rank]

    def passed_over(self, place: Place) -> list[int]:
        """The ranks of those that stand as high or higher, hold, and ask more than is free."""
        return [
            each.rank
            for each in self.places
            if each is not place and each.rank <= place.rank and not each.fits and not each.over
        ]


@dataclass(frozen=True)
class Returned:
    """The last decision of a lot that promised means and ended: they came back ``at``."""

    decision_id: int
    at: datetime
    how: Ending


def lists_of(
    *lots: ColumnElement[bool],
    keep: Callable[[Lot], bool] = lambda _lot: True,
    seen: Sequence[ColumnElement[bool]] = (),
    whole: ColumnElement[bool] | None = None,
    fresh: bool = False,
    offers: bool = False,
) -> list[ReserveList]:
    """The lists of these lots in three statements; ``seen`` limits the dossiers that are shown, ``whole``
    says of which lots all may be seen, ``fresh`` reads the lots again under a lock. ``offers``: with nobody
    but those to whom an offer can be made.
    """
    chosen = (
        select(Lot, JointEnvelope, (true() if whole is None else whole).label("whole"))
        .outerjoin(JointLot, JointLot.lot_id == Lot.id)
        .outerjoin(JointEnvelope, JointEnvelope.id == JointLot.joint_id)
        .where(*lots)
        .order_by(Lot.position)
    )
    found = db.session.execute(chosen, execution_options={"populate_existing": fresh}).all()
    rows = [row for row in found if keep(row[0])]
    promised = _promised([lot.id for lot, *_ in rows], [behind.id for _, behind, _ in rows if behind])
    lists = [
        _free(lot, promised.get(lot.id, NOTHING), _behind(lot, behind, promised))
        if all_seen
        else ReserveList(lot, None, None, (), whole=False)
        for lot, behind, all_seen in rows
    ]
    waiting = _waiting([each.lot for each in lists], seen, _first_of(lists) if offers else None)
    return [
        replace(
            each, places=[_place(each.lot, each.left, each.days_left, row) for row in waiting[each.lot.id]]
        )
        for each in lists
    ]


def places(lot: Lot, left: Decimal | None, days_left: int | None, *seen: ColumnElement[bool]) -> list[Place]:
    """Places on the list of a lot in which so much is free: those of the dossiers that ``seen`` leaves."""
    return [_place(lot, left, days_left, row) for row in _waiting([lot], seen)[lot.id]]


def returned(call_id: int) -> dict[int, Returned]:
    """By lot of a call, what came back last."""
    last = aliased(Decision)
    latest = (
        select(last.id)
        .where(
            last.lot_id == Lot.id, last.outcome.in_(GRANTING), last.ended_at.is_not(None),
            last.ended_how != Ending.followed,
        )
        .order_by(last.ended_at.desc(), last.id.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    rows = db.session.execute(
        select(Decision.lot_id, Decision.id, Decision.ended_at, Decision.ended_how)
        .select_from(Lot)
        .join(Decision, Decision.id == latest)
        .where(Lot.call_id == call_id)
    )
    return {row.lot_id: Returned(row.id, row.ended_at, row.ended_how) for row in rows}


@dataclass(frozen=True)
class _Promised:
    """What a lot promised, and what of it is above its own envelope: that the joint one pays."""

    amount: Decimal
    days: int
    joint_id: int | None
    spilt: Decimal


NOTHING = _Promised(Decimal(0), 0, None, Decimal(0))


def _behind(lot: Lot, behind: JointEnvelope | None, promised: Mapping[int, _Promised]) -> Decimal:
    """What the joint envelope has not paid for the other lots."""
    if behind is None:
        return Decimal(0)
    paid = sum(
        (each.spilt for other, each in promised.items() if each.joint_id == behind.id and other != lot.id),
        Decimal(0),
    )
    return max(behind.amount - paid, Decimal(0))


def _promised(lot_ids: Sequence[int], joint_ids: Sequence[int]) -> dict[int, _Promised]:
    """Of these lots, and of those that share one of these envelopes with them."""
    rows = db.session.execute(
        select(
            Lot.id, Lot.envelope, JointLot.joint_id, func.sum(Promise.amount).label("amount"),
            func.sum(Promise.days).label("days"),
        )
        .join(Promise, Promise.lot_id == Lot.id)
        .outerjoin(JointLot, JointLot.lot_id == Lot.id)
        .where(or_(Lot.id.in_(lot_ids), JointLot.joint_id.in_(joint_ids)))
        .group_by(Lot.id, Lot.envelope, JointLot.joint_id)
    )  # fmt: skip
    found = {}
    for row in rows:
        amount = row.amount or Decimal(0)
        above = max(amount - (row.envelope or 0), Decimal(0))
        found[row.id] = _Promised(amount, row.days or 0, row.joint_id, above)
    return found


def _waiting(
    lots: Sequence[Lot], seen: Sequence[ColumnElement[bool]], first_of: ColumnElement[bool] | None = None
) -> Mapping[int, Sequence[Any]]:
    """Who was told of a place, by lot and in the order of the list; those of ``first_of`` that stand highest
    where that is asked.
    """
    rank = func.coalesce(Decision.rank, 0)
    query = (
        select(
            Dossier.lot_id, Dossier.id, Dossier.reference, Dossier.title, Dossier.title_key, Dossier.language,
            Dossier.requested, rank.label("rank"), Decision.valid_until, Decision.released_at,
        )
        .join(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .where(
            Dossier.call_id.in_({lot.call_id for lot in lots}), Dossier.lot_id.in_([lot.id for lot in lots]),
            Dossier.state == State.reserve, Decision.state == DecisionState.released, *seen,
        )
    )  # fmt: skip
    if first_of is not None:
        highest = func.min(rank).over(partition_by=Dossier.lot_id).label("highest")
        found = query.add_columns(highest).where(first_of).subquery()
        query = select(found).where(found.c.rank == found.c.highest)
    rows = db.session.execute(query.order_by("rank", "title_key", "id"))
    waiting: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        waiting[row.lot_id].append(row)
    return waiting


def _first_of(lists: Sequence[ReserveList]) -> ColumnElement[bool]:
    """SQL twin of what ``ReserveList.offers`` asks of a place, but for its rank."""
    holds = or_(Decision.valid_until.is_(None), Decision.valid_until >= clock.today())
    return and_(holds, or_(false(), *(_fitting(each.lot, each.left, each.days_left) for each in lists)))


def _fitting(lot: Lot, left: Decimal | None, days_left: int | None) -> ColumnElement[bool]:
    """SQL twin of ``Place.fits``."""
    days, most = lot.coaching_days_each, lot.maximum_amount
    if days is not None and days_left is not None and days > days_left:
        return false()
    here = Dossier.lot_id == lot.id
    if left is None or (most is not None and most <= left):
        return here
    return and_(here, or_(Dossier.requested.is_(None), Dossier.requested <= left))


def _free(lot: Lot, promised: _Promised, behind: Decimal) -> ReserveList:
    """What is free in a lot, nobody on its list yet."""
    left = None if lot.envelope is None else max(lot.envelope + behind - promised.amount, Decimal(0))
    days_left = None if lot.coaching_days is None else max(lot.coaching_days - promised.days, 0)
    return ReserveList(lot, left, days_left, ())


def _place(lot: Lot, left: Decimal | None, days_left: int | None, row: Any) -> Place:
    cost: Any = None if lot.envelope is None else row.requested or Decimal(0)
    if cost is not None and lot.maximum_amount is not None:
        cost = min(cost, lot.maximum_amount)
    days = lot.coaching_days_each
    fits = (left is None or cost <= left) and (days is None or days_left is None or days <= days_left)
    return Place(
        row.id, row.reference, row.title, row.language, row.rank, row.valid_until or clock.today(),
        row.released_at or clock.now(), cost, days, fits,
    )  # fmt: skip
