"""What everybody may read: which calls are open, coming or closed, and the authorities behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from callflow.calls.models import Authority, Call
from callflow.core import clock
from callflow.core.db import db
from callflow.desk.call import Meeting, meetings

CLOSED_SHOWN = 5


@dataclass(frozen=True)
class CallLine:
    """A call as the landing page shows it; texts are twins, ``meetings`` those to come."""

    reference: str
    title: dict[str, str]
    summary: dict[str, str]
    opens_at: datetime
    closes_at: datetime
    meetings: list[Meeting]
    decision_on: str | None


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
    """Only the columns that are shown: a call carries its whole form and rules."""
    rows = db.session.execute(
        select(Call.reference, Call.title, Call.summary, Call.opens_at, Call.closes_at, Call.calendar)
        .where(*where)
        .order_by(by, Call.id)
        .limit(most)
    )
    return [
        CallLine(
            row.reference,
            row.title,
            row.summary,
            row.opens_at,
            row.closes_at,
            [meeting for meeting in meetings(row.calendar) if meeting.at > clock.now()],
            row.calendar.get("decision_on"),
        )
        for row in rows
    ]


def authorities() -> list[Authority]:
    """Every authority that decides on a lot, for contact, privacy and accessibility."""
    return list(db.session.scalars(select(Authority).order_by(Authority.country, Authority.key)))
