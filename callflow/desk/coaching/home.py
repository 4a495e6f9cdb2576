"""The coach's home: whom do I see this week, what did we agree, how many days are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, select

from callflow.calls.models import Call, Lot
from callflow.calls.procedure import Procedure
from callflow.coaching import queries as coaching
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.rules import coachable, stage_of, stretch_of
from callflow.coaching.states import Follow, Stretch
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.desk.dossiers import place_of
from callflow.desk.next import day_of
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.people.models import Group
from callflow.territory.models import Municipality

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Appointment:
    """The day agreed in a session and what was said of it; ``missed`` when it passed and none was noted."""

    on: date
    note: str
    missed: bool


@dataclass(frozen=True)
class Coached:
    """A dossier of this coach. ``state`` is the one that was told; ``until`` the end of its coaching.

    ``sessions`` are those of the present stretch, ``agreed`` the first words of advice that is open.
    ``now`` says whether it is in a stage of coaching; ``over`` that no session can be noted any more.
    """

    id: int
    reference: str
    title: str
    language: str
    place: str
    group: str
    contact: str
    phone: str | None
    state: State
    sessions: int
    needed: int
    last: date | None
    until: date | None
    lot_id: int
    call_id: int
    now: bool
    over: bool
    call: Mapping[str, str] = field(default_factory=dict)
    lot: Mapping[str, str] = field(default_factory=dict)
    agreed: Sequence[str] = ()
    appointment: Appointment | None = None

    @property
    def soon(self) -> bool:
        """Seen this week, or to be agreed anew because the day passed without a session."""
        return self.appointment is not None and self.appointment.on <= clock.today() + WEEK


@dataclass(frozen=True)
class Days:
    """The coaching days of a lot of a call, and what its coaches have used of them so far."""

    reference: str
    call: Mapping[str, str]
    name: Mapping[str, str]
    given: int
    used: Fraction

    @property
    def left(self) -> Fraction:
        return self.given - self.used

    @property
    def over(self) -> bool:
        """More was booked than the lot has."""
        return bool(self.given) and self.used > self.given


@dataclass(frozen=True)
class CoachHome:
    """``soon`` have an appointment within a week; ``present`` are the others that need a coach now, those
    without a session first; ``others`` are before or after that.
    """

    soon: Sequence[Coached]
    present: Sequence[Coached]
    others: Sequence[Coached]
    days: Sequence[Days]


def coach_home(actor: Actor) -> CoachHome:
    """The dossiers of this coach and the days of their lots, in five statements."""
    lines = [_line(row) for row in db.session.execute(_mine(actor))]
    mine = [line.id for line in lines]
    appointments, agreed = _appointments(mine), _agreed(mine)
    lines = [
        replace(
            line, agreed=agreed.get(line.id, ()), appointment=_still(line, appointments.get(line.id))
        )
        for line in lines
    ]  # fmt: skip
    now = [line for line in lines if line.now]
    soon = sorted((line for line in now if line.soon), key=_by_appointment)
    present = sorted(
        (line for line in now if not line.soon),
        key=lambda line: (line.sessions >= line.needed, line.last or date.min, line.title.casefold()),
    )
    others = [line for line in lines if not line.now]
    return CoachHome(soon, present, others, _days({line.lot_id for line in lines}))


def session_choices(actor: Actor) -> list[Coached]:
    """The dossiers that a session of this coach can be about."""
    return [line for line in (_line(row) for row in db.session.execute(_mine(actor))) if not line.over]


def _by_appointment(line: Coached) -> tuple[date, str]:
    return (line.appointment.on if line.appointment else date.max, line.title.casefold())


def _days(lots: set[int]) -> list[Days]:
    used = coaching.minutes_by_lot(lots)
    rows = db.session.execute(
        select(Lot.id, Lot.name, Lot.coaching_days, Call.reference, Call.title, Call.procedure)
        .join(Call, Call.id == Lot.call_id)
        .where(Lot.id.in_(lots))
        .order_by(Call.opens_at.desc(), Call.id, Lot.position)
    )
    return [
        Days(
            row.reference,
            row.title,
            row.name,
            row.coaching_days or 0,
            used[row.id] / Procedure.of(row.procedure).day_minutes,
        )
        for row in rows
    ]


def _appointments(dossier_ids: Sequence[int]) -> dict[int, tuple[date, str]]:
    """The last day that was agreed with each, and what was said of it."""
    rows = db.session.execute(
        select(session_dossier.c.dossier_id, Session.next_on, Session.next_note)
        .join(Session, Session.id == session_dossier.c.session_id)
        .where(session_dossier.c.dossier_id.in_(dossier_ids), Session.next_on.is_not(None))
        .order_by(Session.next_on, Session.id)
    )
    return {row.dossier_id: (row.next_on, row.next_note) for row in rows}


def _still(line: Coached, agreed: tuple[date, str] | None) -> Appointment | None:
    """An appointment holds until a session of that day or later is noted."""
    if agreed is None or (line.last is not None and line.last >= agreed[0]):
        return None
    return Appointment(*agreed, missed=agreed[0] < clock.today())


def _agreed(dossier_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(Advice.dossier_id, Advice.text)
        .where(Advice.dossier_id.in_(dossier_ids), Advice.follow_up == Follow.open)
        .order_by(Advice.id)
    )
    found: dict[int, list[str]] = {}
    for dossier_id, text in rows:
        found.setdefault(dossier_id, []).append(text)
    return found


def _mine(actor: Actor) -> Any:
    def held(stretch: Stretch) -> Any:
        return func.count(case((session_dossier.c.stretch == stretch, 1)))

    sessions = (
        select(
            session_dossier.c.dossier_id, held(Stretch.coaching).label("before"),
            held(Stretch.guidance).label("after"), func.max(Session.held_on).label("last"),
        )
        .join(Session, Session.id == session_dossier.c.session_id)
        .group_by(session_dossier.c.dossier_id)
        .subquery()
    )  # fmt: skip
    return (
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.state,
            Dossier.shown_state, Dossier.lot_id, Dossier.call_id, Group.name.label("group"),
            Group.contact_name, Group.contact_phone, Municipality.country, Municipality.name_nl,
            Municipality.name_fr, Call.title.label("call"), Lot.name.label("lot"), Call.procedure,
            Call.calendar, sessions.c.before, sessions.c.after, sessions.c.last,
        )
        .join(Assignment, (Assignment.dossier_id == Dossier.id) & (Assignment.task == Task.coach))
        .join(Call, Call.id == Dossier.call_id)
        .join(Lot, Lot.id == Dossier.lot_id)
        .outerjoin(Group, Group.id == Dossier.group_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .outerjoin(sessions, sessions.c.dossier_id == Dossier.id)
        .where(Assignment.person_id == actor.id, visible_to(actor, P.coaching_log))
        .order_by(Dossier.title_key, Dossier.id)
    )  # fmt: skip


def _line(row: Any) -> Coached:
    town = row.name_nl if row.country == "BE" else row.name_fr
    procedure = Procedure.of(row.procedure)
    stretch = stretch_of(procedure, row.shown_state)
    held = row.before if stretch is Stretch.coaching else row.after
    return Coached(
        row.id, row.reference, row.title, row.language, place_of(row.village, town, row.country),
        row.group or "", row.contact_name or "", row.contact_phone, row.shown_state, held or 0,
        procedure.sessions_needed, row.last, day_of(row.calendar, stretch.value), row.lot_id, row.call_id,
        stage_of(procedure, row.shown_state) is not None, not coachable(row), row.call, row.lot,
    )  # fmt: skip
