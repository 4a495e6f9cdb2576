"""Reads of calls: by reference, whole or for one page."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls.models import Authority, Call, Lot
from callflow.core.db import db
from callflow.core.errors import NotFound


def whole(reference: str, *, lock: bool = False) -> Call | None:
    """The call with trail, lots (authority, area) and criteria; ``lock`` takes its row."""
    query = (
        select(Call)
        .where(Call.reference == reference)
        .options(
            joinedload(Call.trail),
            selectinload(Call.criteria),
            selectinload(Call.lots).options(joinedload(Lot.authority), selectinload(Lot.area)),
        )
    )
    if lock:
        query = query.with_for_update(of=Call).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


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
