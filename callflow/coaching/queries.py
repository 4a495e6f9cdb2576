"""Reads of coaching: the log of a dossier, and the hours a lot has used."""

from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import func, select

from callflow.calls.models import Criterion
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.people.models import User

MINUTES_A_DAY = 8 * 60
"""A day of coaching in minutes: eight hours, so that two half days make one."""


def sessions_of(dossier_id: int) -> Sequence[tuple[Session, str]]:
    """The sessions of one dossier with the name of the coach, newest first."""
    rows = db.session.execute(
        select(Session, User.name)
        .join(session_dossier, session_dossier.c.session_id == Session.id)
        .join(User, User.id == Session.coach_id)
        .where(session_dossier.c.dossier_id == dossier_id)
        .order_by(Session.held_on.desc(), Session.id.desc())
    )
    return [(session, name) for session, name in rows]


def advice_to(dossier_id: int) -> Sequence[tuple[Advice, dict[str, str] | None]]:
    """All advice to one dossier with the title of its criterion, in the order in which it was given."""
    rows = db.session.execute(
        select(Advice, Criterion.title)
        .outerjoin(Criterion, Criterion.id == Advice.criterion_id)
        .where(Advice.dossier_id == dossier_id)
        .order_by(Advice.id)
    )
    return [(advice, title) for advice, title in rows]


def minutes_by_lot(lot_ids: Sequence[int]) -> dict[int, Fraction]:
    """Minutes of coaching that each lot has used; a session shared by dossiers counts in equal parts."""
    served = (
        select(session_dossier.c.session_id, func.count().label("dossiers"))
        .group_by(session_dossier.c.session_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Dossier.lot_id, served.c.dossiers, func.sum(Session.minutes).label("minutes"))
        .join(session_dossier, session_dossier.c.dossier_id == Dossier.id)
        .join(Session, Session.id == session_dossier.c.session_id)
        .join(served, served.c.session_id == Session.id)
        .where(Dossier.lot_id.in_(lot_ids))
        .group_by(Dossier.lot_id, served.c.dossiers)
    )
    used = dict.fromkeys(lot_ids, Fraction(0))
    for lot_id, dossiers, minutes in rows:
        used[lot_id] += Fraction(int(minutes), dossiers)
    return used
