"""The coach's home: whom do I see this week, what did we agree, how many days are left."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from callflow.calls.models import Call, Lot
from callflow.calls.procedure import Procedure
from callflow.coaching import queries as coaching
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.rules import OVER, coachable, stage_of, stretch_of
from callflow.coaching.states import Follow, Stretch
from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.search import matches, words_of
from callflow.desk.coaching import order
from callflow.desk.coaching.order import SIZE, WEEK, Ordered
from callflow.desk.dossiers import place_of
from callflow.desk.next import day_of
from callflow.desk.scope import CallLine, calls_of
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import coached
from callflow.dossiers.states import State, Task
from callflow.people.models import Group
from callflow.territory.models import Municipality


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
class Duties:
    """What a coach has to see to, in all that needs one now: how many, and the first day of each."""

    now: int = 0
    missed: int = 0
    first_missed: date | None = None
    coming: int = 0
    first_coming: date | None = None
    short: int = 0
    short_until: date | None = None
    advice: int = 0
    until: date | None = None


@dataclass(frozen=True)
class CoachHome:
    """``soon`` have an appointment within a week; ``present`` are the others that need a coach now, those
    without a session first; ``others`` are before or after that. Each holds what stands on this ``page`` of
    ``last``, which runs over all three; ``duties`` are those of all.
    """

    soon: Sequence[Coached]
    present: Sequence[Coached]
    others: Sequence[Coached]
    days: Sequence[Days]
    duties: Duties
    page: int = 1
    last: int = 1

    @property
    def ids(self) -> list[int]:
        """The dossiers of this page."""
        return [line.id for line in (*self.soon, *self.present, *self.others)]


def coach_home(actor: Actor, *, page: int = 1) -> CoachHome:
    """The dossiers of this coach and the days of their lots, in five statements."""
    calls = calls_of(actor, Role.coach)
    here = order.ordered(actor, calls, page)
    lines = _lines(list(here.ids))
    agreed = _agreed(list(lines))
    ranked: dict[int, list[Coached]] = {order.SOON: [], order.PRESENT: [], order.OTHERS: []}
    for dossier_id, rank in here.ids.items():
        ranked[rank].append(replace(lines[dossier_id], agreed=agreed.get(dossier_id, ())))
    soon, present, others = ranked.values()
    days, duties = _days(calls, here), _duties(calls, here)
    return CoachHome(soon, present, others, days, duties, here.page, here.last)


@dataclass(frozen=True)
class Choices:
    """Dossiers that a session can be about, by title; ``more`` says that not all of them are here."""

    lines: Sequence[Coached]
    more: bool = False


def session_choices(actor: Actor, *, asked: Collection[str] = (), q: str = "") -> Choices:
    """The first that a session of this coach can be about, of those with these words, and those asked for by
    their references: two statements.
    """
    mine = [*_mine(actor), Dossier.shown_state.not_in(OVER), Dossier.state != State.withdrawn]
    words = words_of(q) if q.strip() else []
    found = select(Dossier.id, Dossier.reference.in_(asked).label("asked")).join(Assignment).where(*mine)
    if words:
        found = found.where((Dossier.reference.in_(asked)) | matches(words, Dossier.search_key))
    rows = db.session.execute(
        found.order_by(Dossier.reference.in_(asked).desc(), Dossier.title_key, Dossier.id).limit(
            SIZE + len(asked) + 1
        )
    ).all()
    number = SIZE + sum(1 for row in rows if row.asked)
    return Choices(list(_lines([row.id for row in rows[:number]]).values()), len(rows) > number)


def served(actor: Actor, references: Collection[str]) -> list[Coached]:
    """Those of these dossiers that a session of this coach can be about, by title."""
    mine = [*_mine(actor), Dossier.reference.in_(references)]
    ids = db.session.scalars(select(Dossier.id).join(Assignment).where(*mine))
    return [line for line in _lines(list(ids)).values() if not line.over]


def _duties(calls: Sequence[CallLine], here: Ordered) -> Duties:
    lots = {lot_id: call for call in calls for lot_id in call.lots}
    found = [each for each in here.numbers if each.stage is not None]

    def number(*some: Any) -> int:
        return sum(each.number for each in some)

    def until(*some: Any) -> date | None:
        return _first(day_of(lots[each.lot_id].calendar, each.stage.value) for each in some)

    missed = [each for each in found if each.missed]
    coming = [each for each in found if each.rank == order.SOON and not each.missed]
    short = [each for each in found if each.short]
    return Duties(
        number(*found), number(*missed), _first(each.first for each in missed), number(*coming),
        _first(each.first for each in coming), number(*short), until(*short),
        sum(each.advice or 0 for each in found), until(*found),
    )  # fmt: skip


def _first(days: Any) -> date | None:
    return min((each for each in days if each is not None), default=None)


def _days(calls: Sequence[CallLine], here: Ordered) -> list[Days]:
    given = {each.lot_id: each.days for each in here.numbers}
    used = coaching.minutes_by_lot(given)
    return [
        Days(
            call.reference, call.title, name, given[lot_id] or 0, used[lot_id] / call.procedure.day_minutes
        )
        for call in calls
        for lot_id, name in call.lots.items()
        if lot_id in given
    ]  # fmt: skip


def _still(row: Any) -> Appointment | None:
    """An appointment holds until a session of that day or later is noted."""
    if row.next_on is None or (row.last is not None and row.last >= row.next_on):
        return None
    return Appointment(row.next_on, row.next_note, missed=row.next_on < clock.today())


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


def _mine(actor: Actor) -> list[Any]:
    """Of dossiers joined with their assignments, those that this person coaches."""
    return [Assignment.person_id == actor.id, Assignment.task == Task.coach, coached(actor)]


def _lines(dossier_ids: Sequence[int]) -> dict[int, Coached]:
    """What is said of these, by id, in the order of their titles: one statement."""
    return {row.id: _line(row) for row in db.session.execute(_said(dossier_ids))}


def _said(dossier_ids: Sequence[int]) -> Any:
    of_dossier = session_dossier.c.dossier_id == Dossier.id

    def held(stretch: Stretch) -> Any:
        noted = select(func.count()).select_from(session_dossier)
        return noted.where(of_dossier, session_dossier.c.stretch == stretch).scalar_subquery()

    def session(column: Any) -> Any:
        return select(column).join(session_dossier, session_dossier.c.session_id == Session.id)

    agreed = session(Session.id).where(of_dossier, Session.next_on.is_not(None))
    last_agreed = agreed.order_by(Session.next_on.desc(), Session.id.desc()).limit(1).correlate(Dossier)
    meeting = aliased(Session)
    return (
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.state,
            Dossier.shown_state, Dossier.lot_id, Dossier.call_id, Group.name.label("group"),
            Group.contact_name, Group.contact_phone, Municipality.country, Municipality.name_nl,
            Municipality.name_fr, Call.title.label("call"), Lot.name.label("lot"), Call.procedure,
            Call.calendar, held(Stretch.coaching).label("before"), held(Stretch.guidance).label("after"),
            session(func.max(Session.held_on)).where(of_dossier).scalar_subquery().label("last"),
            meeting.next_on, meeting.next_note,
        )
        .join(Call, Call.id == Dossier.call_id)
        .join(Lot, Lot.id == Dossier.lot_id)
        .outerjoin(Group, Group.id == Dossier.group_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .outerjoin(meeting, meeting.id == last_agreed.scalar_subquery())
        .where(Dossier.id.in_(dossier_ids))
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
        appointment=_still(row),
    )  # fmt: skip
