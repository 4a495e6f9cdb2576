"""Reads of coaching: the log of a dossier, notes, waivers, profiles, and the minutes that were booked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from callflow.applications.answers import fields_of
from callflow.calls.models import Criterion
from callflow.coaching.models import Advice, CoachProfile, Note, Session, Waiver, session_dossier
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.dossiers.models import Dossier
from callflow.people.models import User


@dataclass(frozen=True)
class Given:
    """Advice with the title of its criterion or question (None: the whole), and who settled it."""

    advice: Advice
    subject: Mapping[str, str] | None
    by: str | None


@dataclass(frozen=True)
class Logged:
    """A session with the name of its coach and the advice that it gave to one dossier."""

    session: Session
    coach: str
    given: Sequence[Given]


def log_of(dossier: Dossier) -> list[Logged]:
    """The sessions of a dossier whose call is loaded, newest first, with their advice: two statements."""
    given: dict[int, list[Given]] = {}
    for each in advice_to(dossier):
        given.setdefault(each.advice.session_id, []).append(each)
    rows = db.session.execute(_log(), {"dossier": dossier.id})
    return [Logged(session, name, given.get(session.id, [])) for session, name in rows]


@lru_cache(maxsize=1)
def _log() -> Select[*tuple[Any, ...]]:
    """Kept, as those below: the page of a dossier asks for all of them, and putting one together takes longer
    than carrying it out.
    """
    return (
        select(Session, User.name)
        .join(session_dossier, session_dossier.c.session_id == Session.id)
        .join(User, User.id == Session.coach_id)
        .where(session_dossier.c.dossier_id == bindparam("dossier"))
        .order_by(Session.held_on.desc(), Session.id.desc())
    )


def advice_to(dossier: Dossier) -> list[Given]:
    """All advice to one dossier, in the order in which it was given."""
    labels = {name: field["label"] for name, field in fields_of(dossier.call.form).items()}
    rows = db.session.execute(_advice(), {"dossier": dossier.id})
    return [Given(advice, title or labels.get(advice.field or ""), name) for advice, title, name in rows]


@lru_cache(maxsize=1)
def _advice() -> Select[*tuple[Any, ...]]:
    return (
        select(Advice, Criterion.title, User.name)
        .outerjoin(Criterion, Criterion.id == Advice.criterion_id)
        .outerjoin(User, User.id == Advice.settled_by)
        .where(Advice.dossier_id == bindparam("dossier"))
        .order_by(Advice.id)
    )


def own_session(session_id: int, *, by: Actor, lock: bool = False) -> tuple[Session, list[str]]:
    """A session that this coach noted, with the references of its dossiers in order of ids.

    ``lock`` takes those dossiers, then reads again. Raises NotFound for anybody else's.
    """
    served = (
        select(Dossier.reference)
        .join(session_dossier, session_dossier.c.dossier_id == Dossier.id)
        .where(session_dossier.c.session_id == session_id)
        .order_by(Dossier.id)
    )
    if lock:
        served = served.with_for_update(of=Dossier, key_share=True)
    references = list(db.session.scalars(served))
    found = db.session.scalar(
        select(Session)
        .where(Session.id == session_id, Session.coach_id == by.id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found, references


def advice_of(session_id: int) -> list[tuple[Advice, str, str | None]]:
    """The advice of a session with the reference of its dossier and the key of its criterion."""
    rows = db.session.execute(
        select(Advice, Dossier.reference, Criterion.key)
        .join(Dossier, Dossier.id == Advice.dossier_id)
        .outerjoin(Criterion, Criterion.id == Advice.criterion_id)
        .where(Advice.session_id == session_id)
        .order_by(Advice.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def notes_on(dossier_id: int) -> list[tuple[Note, str]]:
    """What coach and coordinator noted for each other, the newest first, with who did."""
    return [(note, name) for note, name in db.session.execute(_notes(), {"dossier": dossier_id})]


@lru_cache(maxsize=1)
def _notes() -> Select[*tuple[Any, ...]]:
    mine = Note.dossier_id == bindparam("dossier")
    return select(Note, User.name).join(User, User.id == Note.written_by).where(mine).order_by(Note.id.desc())


def waivers_of(dossier_id: int) -> list[tuple[Waiver, str]]:
    """Where fewer sessions were enough for a dossier, and who said so."""
    return [(waiver, name) for waiver, name in db.session.execute(_waivers(), {"dossier": dossier_id})]


@lru_cache(maxsize=1)
def _waivers() -> Select[*tuple[Any, ...]]:
    mine = Waiver.dossier_id == bindparam("dossier")
    return select(Waiver, User.name).join(User, User.id == Waiver.waived_by).where(mine).order_by(Waiver.id)


def profile_of(call_id: int, person_id: int) -> CoachProfile | None:
    """What a coach can take on in a call; None while nobody said."""
    return db.session.scalar(
        select(CoachProfile).where(CoachProfile.call_id == call_id, CoachProfile.person_id == person_id)
    )


def profiles_in(call_id: int) -> dict[int, CoachProfile]:
    """The profiles of the coaches of a call, by person."""
    rows = db.session.scalars(select(CoachProfile).where(CoachProfile.call_id == call_id))
    return {profile.person_id: profile for profile in rows}


def minutes_by_lot(lot_ids: Collection[int]) -> dict[int, Fraction]:
    """Minutes of coaching that each lot has used; a session shared by dossiers counts in equal parts."""
    return {**dict.fromkeys(lot_ids, Fraction(0)), **_added(Dossier.lot_id, Dossier.lot_id.in_(lot_ids))}


def minutes_by_dossier(chosen: Select[int]) -> dict[int, Fraction]:
    """The same for each of these dossiers that was coached."""
    return _added(Dossier.id, Dossier.id.in_(chosen))


def minutes_by_coach(call_id: int) -> dict[int, Fraction]:
    """What each coach booked in a call."""
    return _added(Session.coach_id, Dossier.call_id == call_id)


def _added(key: Any, where: ColumnElement[bool]) -> dict[int, Fraction]:
    """Minutes by this column, each session in equal parts over all dossiers that it served, wherever."""
    other = session_dossier.alias()
    number = select(func.count()).where(other.c.session_id == Session.id).scalar_subquery()
    parts = (
        select(key.label("key"), Session.minutes, number.label("dossiers"))
        .select_from(Dossier)
        .join(session_dossier, session_dossier.c.dossier_id == Dossier.id)
        .join(Session, Session.id == session_dossier.c.session_id)
        .where(where)
        .subquery()
    )
    query: Select[Any] = select(parts.c.key, parts.c.dossiers, func.sum(parts.c.minutes)).group_by(
        parts.c.key, parts.c.dossiers
    )
    used: dict[int, Fraction] = {}
    for each, dossiers, minutes in db.session.execute(query):
        used[each] = used.get(each, Fraction(0)) + Fraction(int(minutes), dossiers)
    return used
