"""What everybody may read: which calls are open, coming or closed, and which authorities stand behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls.models import Authority, Call, Lot
from callflow.core import clock
from callflow.core.db import db

CLOSED_SHOWN = 5


@dataclass(frozen=True)
class CallLine:
    """A call as the landing page shows it; texts are twins, ``authorities`` their names."""

    reference: str
    title: dict[str, str]
    summary: dict[str, str]
    languages: list[str]
    opens_at: datetime
    closes_at: datetime
    meetings: list[dict[str, Any]]
    decision_on: str | None
    authorities: list[dict[str, str]]


def open_calls() -> list[CallLine]:
    """The calls that take applications at this moment, the first to close on top."""
    at = clock.now()
    return _lines(Call.opens_at <= at, Call.closes_at > at, by=Call.closes_at.asc())


def coming_calls() -> list[CallLine]:
    """The calls that open later, the first to open on top."""
    return _lines(Call.opens_at > clock.now(), by=Call.opens_at.asc())


def closed_calls() -> list[CallLine]:
    """The calls that closed last."""
    return _lines(Call.closes_at <= clock.now(), by=Call.closes_at.desc(), most=CLOSED_SHOWN)


def _lines(*where: ColumnElement[bool], by: ColumnElement[Any], most: int = 50) -> list[CallLine]:
    found = db.session.scalars(
        select(Call)
        .where(*where)
        .options(selectinload(Call.lots).options(joinedload(Lot.authority)))
        .order_by(by, Call.id)
        .limit(most)
    )
    return [_line(call) for call in found]


def _line(call: Call) -> CallLine:
    names = {lot.authority_id: lot.authority.name for lot in call.lots}
    now = clock.now().isoformat()
    return CallLine(
        call.reference, call.title, call.summary, call.languages, call.opens_at, call.closes_at,
        [meeting for meeting in call.calendar.get("info", ()) if meeting["at"] > now],
        call.calendar.get("decision_on"), list(names.values()),
    )  # fmt: skip


def authorities() -> list[Authority]:
    """Every authority that decides on a lot, for contact, privacy and accessibility."""
    return list(db.session.scalars(select(Authority).order_by(Authority.country, Authority.key)))
