"""Who coaches in a call: what each can take on, and what they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from callflow.applications.queries import places_of
from callflow.calls.models import Lot
from callflow.coaching import queries as coaching
from callflow.coaching.models import CoachProfile
from callflow.core.actor import Role
from callflow.core.db import db
from callflow.desk.scope import CallLine
from callflow.people.models import Grant, User


@dataclass(frozen=True)
class Coaching:
    """A coach of the call: what they can take on, and what they have. ``lots`` are None for all of them."""

    id: int
    name: str
    languages: Sequence[str]
    area: Sequence[str]
    sides: frozenset[str]
    days: int | None
    most: int | None
    load: int
    used: Fraction
    lots: frozenset[int] | None
    told: bool

    @property
    def over(self) -> bool:
        """More days were booked than this coach has."""
        return self.days is not None and self.used > self.days


@dataclass(frozen=True)
class Had:
    """What a coach has in a call: projects, and minutes that were booked."""

    person_id: int
    load: int
    minutes: Fraction


NONE = Had(0, 0, Fraction(0))


@dataclass(frozen=True)
class _Known:
    """What is known of all coaches of a call, by person; ``sides`` by municipality."""

    call: CallLine
    profiles: Mapping[int, CoachProfile]
    sides: Mapping[str, str]
    had: Mapping[int, Had]
    days_each: int


def coaches_of(call: CallLine, had: Sequence[Had] = ()) -> list[Coaching]:
    """Everybody who coaches in this call or a lot of it, by name: four statements."""
    known = _Known(
        call,
        coaching.profiles_in(call.id),
        {place.code: place.country for place in places_of(call.id)},
        {each.person_id: each for each in had},
        _days_each(call.id),
    )
    people: dict[int, tuple[Any, set[int] | None]] = {}
    for row in _granted(call):
        before = people.get(row.id, (row, set()))[1]
        reach = None if row.scope_kind != "lot" or before is None else before | {row.scope_id}
        people[row.id] = (row, reach)
    return [_coach(row, reach, known) for row, reach in people.values()]


def _coach(row: Any, reach: set[int] | None, known: _Known) -> Coaching:
    profile, had = known.profiles.get(row.id), known.had.get(row.id, NONE)
    area = [code for code in (profile.area if profile else ()) if code in known.sides]
    days, most = (profile.days, profile.most) if profile else (None, None)
    if most is None and days is not None:
        most = days // known.days_each
    return Coaching(
        id=row.id,
        name=row.name,
        languages=profile.languages if profile else [row.language],
        area=area,
        sides=frozenset(known.sides[code] for code in area),
        days=days,
        most=most,
        load=had.load,
        used=had.minutes / known.call.procedure.day_minutes,
        lots=None if reach is None else frozenset(reach),
        told=profile is not None,
    )


def _days_each(call_id: int) -> int:
    """Days that a project gets as a rule; the most of any lot, so that nobody is promised twice."""
    return db.session.scalar(select(func.max(Lot.coaching_days_each)).where(Lot.call_id == call_id)) or 1


def coaching_in(call: CallLine) -> ColumnElement[bool]:
    """The grants of whoever coaches in this call or a lot of it, joined with the people who hold them."""
    scopes = or_(
        Grant.scope_kind == "all",
        and_(Grant.scope_kind == "call", Grant.scope_id == call.id),
        and_(Grant.scope_kind == "lot", Grant.scope_id.in_(call.lots)),
    )
    return and_(User.active, Grant.role == Role.coach, scopes)


def _granted(call: CallLine) -> Sequence[Any]:
    return db.session.execute(
        select(User.id, User.name, User.language, Grant.scope_kind, Grant.scope_id)
        .join(Grant, Grant.user_id == User.id)
        .where(coaching_in(call))
        .order_by(func.lower(User.name), User.id, Grant.id)
    ).all()
