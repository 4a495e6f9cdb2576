"""Hours of coaching as a table: for the coach's invoice, and for the coordinator over a period."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, select

from callflow.coaching.models import Session, session_dossier
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import looker_sees, visible_to
from callflow.people.models import User

BATCH = 500
HEADINGS = (
    "held_on", "coach", "call", "lot", "reference", "title", "way", "place", "language", "minutes_of_session",
    "dossiers_in_session", "minutes", "days",
)  # fmt: skip
"""Names of the columns, the same in every language; minutes and days are the part of this dossier."""
Cell = str | int | Decimal | date
CENT = Decimal("0.01")


def rows(
    actor: Actor, call: CallLine, *, since: date | None, until: date | None, language: str, own: bool
) -> Iterator[Sequence[Cell]]:
    """Headings, then a row a session and dossier in order of days; one statement, read in batches.

    ``own`` are what this coach noted, whatever became of the dossier since: hours are paid all the same.
    """
    yield HEADINGS
    other = session_dossier.alias()
    served = select(func.count()).where(other.c.session_id == Session.id).scalar_subquery()
    query = (
        select(
            Session.held_on, User.name, Dossier.lot_id, Dossier.reference, Dossier.title, Session.way,
            Session.place, Session.language, Session.minutes, served.label("dossiers"),
        )
        .join(session_dossier, session_dossier.c.session_id == Session.id)
        .join(Dossier, Dossier.id == session_dossier.c.dossier_id)
        .join(User, User.id == Session.coach_id)
        .where(
            Dossier.call_id == call.id,
            Session.coach_id == actor.id if own else visible_to(actor, P.coaching_waive),
            looker_sees(actor),
        )
        .order_by(Session.held_on, Session.id, Dossier.id)
    )  # fmt: skip
    if since is not None:
        query = query.where(Session.held_on >= since)
    if until is not None:
        query = query.where(Session.held_on <= until)
    lots = {lot_id: said(name, language) for lot_id, name in call.lots.items()}
    title, day = said(call.title, language), call.procedure.day_minutes
    for row in db.session.execute(query, execution_options={"yield_per": BATCH}):
        yield _row(row, title, lots.get(row.lot_id, ""), day)


def _row(row: Any, call: str, lot: str, day: int) -> Sequence[Cell]:
    minutes = Decimal(row.minutes) / row.dossiers
    return (
        row.held_on, row.name, call, lot, row.reference, row.title, row.way.value,
        row.place, row.language, row.minutes, row.dossiers, minutes.quantize(CENT, ROUND_HALF_UP),
        (minutes / day).quantize(Decimal("0.0001"), ROUND_HALF_UP),
    )  # fmt: skip
