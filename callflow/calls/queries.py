"""Reads of calls: by reference, whole or for one page."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from callflow.calls.models import Authority, Call, JointLot, Lot
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.trail import Trail


def whole(reference: str, *, lock: bool = False) -> Call | None:
    """The call with trail, lots (authority, area) and criteria; ``lock`` takes its history, then its row."""
    if lock:
        hold_history(Call.reference == reference)
    # what is joined is as it was before the waiting: the history of a locked call is read after it
    history = selectinload(Call.trail) if lock else joinedload(Call.trail)
    query = (
        select(Call)
        .where(Call.reference == reference)
        .options(
            history,
            selectinload(Call.criteria),
            selectinload(Call.quotas),
            selectinload(Call.lots).options(
                joinedload(Lot.authority), joinedload(Lot.joint), selectinload(Lot.area)
            ),
        )
    )
    if lock:
        query = query.with_for_update(of=Call).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def hold_history(*calls: ColumnElement[bool]) -> None:
    """Take the histories of these calls, before their rows: much that is noted there is done under a history
    alone, as a declaration of a juror, and two who held one row each would wait for each other.
    """
    held = select(Trail.id).join(Call, Call.trail_id == Trail.id).where(*calls).order_by(Trail.id)
    db.session.execute(held.with_for_update(of=Trail))


def by_reference(reference: str) -> Call:
    """The call with all of its set-up. Raises NotFound."""
    call = whole(reference)
    if call is None:
        raise NotFound
    return call


def authorities(keys: Iterable[str]) -> list[Authority]:
    """Those of these authorities that are known, locked for the running unit of work."""
    chosen = select(Authority).where(Authority.key.in_(sorted(keys))).order_by(Authority.id)
    return list(db.session.scalars(chosen.with_for_update()))


def calls_of(authority_ids: Iterable[int]) -> list[int]:
    """The ids of the calls in which these authorities decide."""
    chosen = select(Lot.call_id).where(Lot.authority_id.in_(sorted(authority_ids))).distinct()
    return list(db.session.scalars(chosen.order_by(Lot.call_id)))


def lock_money(lots: Iterable[int] | Select[Any]) -> None:
    """Take the rows of these lots, and of all that share a joint envelope with them, in the order of their
    ids so that two of us cannot entangle. Foreign keys can be checked meanwhile.
    """
    chosen = lots if isinstance(lots, Select) else sorted(lots)
    mine, other = aliased(JointLot), aliased(JointLot)
    sharing = select(other.lot_id).join(mine, mine.joint_id == other.joint_id).where(mine.lot_id.in_(chosen))
    rows = select(Lot.id).where(or_(Lot.id.in_(chosen), Lot.id.in_(sharing))).order_by(Lot.id)
    db.session.execute(rows.with_for_update(of=Lot, key_share=True))
