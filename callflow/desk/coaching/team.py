"""A call as its coordinator sees it coached: coaches and their load, days by lot and project, a proposal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from callflow.applications.queries import places_of
from callflow.calls.models import Lot
from callflow.coaching import queries as coaching
from callflow.coaching.assignment import Coach, Pairing, Project, propose
from callflow.coaching.models import CoachProfile, session_dossier
from callflow.coaching.rules import coachable, stage_of, stretch_of
from callflow.coaching.states import Stretch
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.decisions.models import Decision
from callflow.desk.coaching.home import Days
from callflow.desk.dossiers import place_of
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.people.models import Grant, Membership, User
from callflow.territory.models import Municipality


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
class Line:
    """A project: its coaches by name, sessions of its stretch, and days booked of those it was given."""

    id: int
    reference: str
    title: str
    language: str
    place: str
    lot_id: int
    state: State
    municipality: str | None
    country: str | None
    group_id: int | None
    coaches: Sequence[str]
    sessions: int
    needed: int
    used: Fraction
    given: int | None
    waits: bool

    @property
    def over(self) -> bool:
        """More days were booked than the project was given."""
        return bool(self.given) and self.used > (self.given or 0)


@dataclass(frozen=True)
class Team:
    """Coaches, lots and projects of a call as far as this coordinator's reach goes."""

    call: CallLine
    coaches: Sequence[Coaching]
    lots: Sequence[Days]
    lines: Sequence[Line]
    barred: Mapping[int, frozenset[int]]

    @cached_property
    def waiting(self) -> list[Line]:
        """The projects that need a coach now and have none."""
        return [line for line in self.lines if line.waits]

    @cached_property
    def names(self) -> dict[int, str]:
        """By id, who coaches in this call."""
        return {coach.id: coach.name for coach in self.coaches}

    @cached_property
    def proposal(self) -> Sequence[tuple[Line, Pairing, Sequence[int]]]:
        """Each project that waits, who is proposed and why, and everybody who could be chosen by hand."""
        projects = [self._project(line) for line in self.waiting]
        found = propose(projects, [_as_coach(each) for each in self.coaches])
        pairings = {pairing.reference: pairing for pairing in found}
        barred = {project.reference: project.barred for project in projects}
        return [
            (
                line, pairings[line.reference],
                [each.id for each in self.coaches if each.id not in barred[line.reference]],
            )
            for line in self.waiting
        ]  # fmt: skip

    def _project(self, line: Line) -> Project:
        elsewhere = {
            each.id for each in self.coaches if each.lots is not None and line.lot_id not in each.lots
        }
        barred = self.barred.get(line.id, frozenset()) | elsewhere
        return Project(line.reference, line.language, line.municipality, line.country, barred)


def team(actor: Actor, call: CallLine) -> Team:
    """The whole in ten statements, however many projects and coaches there are."""
    tasks, rows = _tasks(call.id), _projects(actor, call)
    by_dossier = coaching.minutes_by_dossier(call.id)
    day = call.procedure.day_minutes
    people = _coaches(call, tasks)
    names = {coach.id: coach.name for coach in people}
    lines = [
        _line(row, call, tasks.get(row.id, {}), names, by_dossier.get(row.id, Fraction(0)) / day)
        for row in rows
    ]
    barred = _barred([line for line in lines if line.waits], set(names), tasks)
    return Team(call, people, _lots(call, coaching.minutes_by_lot(list(call.lots))), lines, barred)


def _as_coach(each: Coaching) -> Coach:
    return Coach(
        each.id, each.name, frozenset(each.languages), frozenset(each.area), each.sides, each.load, each.most
    )


def _tasks(call_id: int) -> dict[int, dict[int, Task]]:
    """By dossier of the call, who has which task."""
    rows = db.session.execute(
        select(Assignment.dossier_id, Assignment.person_id, Assignment.task)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Dossier.call_id == call_id)
        .order_by(Assignment.id)
    )
    found: dict[int, dict[int, Task]] = {}
    for dossier_id, person_id, task in rows:
        found.setdefault(dossier_id, {})[person_id] = task
    return found


@dataclass(frozen=True)
class _Known:
    """What is known of all coaches of a call, by person; ``sides`` by municipality."""

    call: CallLine
    profiles: Mapping[int, CoachProfile]
    sides: Mapping[str, str]
    loads: Mapping[int, int]
    used: Mapping[int, Fraction]
    days_each: int


def _coaches(call: CallLine, tasks: Mapping[int, Mapping[int, Task]]) -> list[Coaching]:
    loads: dict[int, int] = {}
    for held in tasks.values():
        for person_id, task in held.items():
            loads[person_id] = loads.get(person_id, 0) + (task is Task.coach)
    known = _Known(
        call,
        coaching.profiles_in(call.id),
        {place.code: place.country for place in places_of(call.id)},
        loads,
        coaching.minutes_by_coach(call.id),
        _days_each(call.id),
    )
    people: dict[int, tuple[Any, set[int] | None]] = {}
    for row in _granted(call):
        before = people.get(row.id, (row, set()))[1]
        reach = None if row.scope_kind != "lot" or before is None else before | {row.scope_id}
        people[row.id] = (row, reach)
    return [_coach(row, reach, known) for row, reach in people.values()]


def _coach(row: Any, reach: set[int] | None, known: _Known) -> Coaching:
    profile = known.profiles.get(row.id)
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
        load=known.loads.get(row.id, 0),
        used=known.used.get(row.id, Fraction(0)) / known.call.procedure.day_minutes,
        lots=None if reach is None else frozenset(reach),
        told=profile is not None,
    )


def _days_each(call_id: int) -> int:
    """Days that a project gets as a rule; the most of any lot, so that nobody is promised twice."""
    return db.session.scalar(select(func.max(Lot.coaching_days_each)).where(Lot.call_id == call_id)) or 1


def _granted(call: CallLine) -> Sequence[Any]:
    scopes = or_(
        Grant.scope_kind == "all",
        and_(Grant.scope_kind == "call", Grant.scope_id == call.id),
        and_(Grant.scope_kind == "lot", Grant.scope_id.in_(call.lots)),
    )
    return db.session.execute(
        select(User.id, User.name, User.language, Grant.scope_kind, Grant.scope_id)
        .join(Grant, Grant.user_id == User.id)
        .where(User.active, Grant.role == Role.coach, scopes)
        .order_by(func.lower(User.name), User.id, Grant.id)
    ).all()


def _projects(actor: Actor, call: CallLine) -> Sequence[Any]:
    def held(stretch: Stretch) -> Any:
        return func.count(case((session_dossier.c.stretch == stretch, 1)))

    sessions = (
        select(
            session_dossier.c.dossier_id, held(Stretch.coaching).label("before"),
            held(Stretch.guidance).label("after"),
        )
        .group_by(session_dossier.c.dossier_id)
        .subquery()
    )  # fmt: skip
    return db.session.execute(
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.lot_id,
            Dossier.state, Dossier.shown_state, Dossier.municipality_code, Dossier.group_id,
            Municipality.country, Municipality.name_nl, Municipality.name_fr, sessions.c.before,
            sessions.c.after, Decision.coaching_days, Lot.coaching_days_each,
        )
        .join(Lot, Lot.id == Dossier.lot_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .outerjoin(sessions, sessions.c.dossier_id == Dossier.id)
        .outerjoin(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .where(Dossier.call_id == call.id, visible_to(actor, P.coaching_waive))
        .order_by(Dossier.title_key, Dossier.id)
    ).all()  # fmt: skip


def _line(
    row: Any, call: CallLine, tasks: Mapping[int, Task], names: Mapping[int, str], used: Fraction
) -> Line:
    town = row.name_nl if row.country == "BE" else row.name_fr
    stage = stage_of(call.procedure, row.shown_state) if row.state is row.shown_state else None
    coaches = [person_id for person_id, task in tasks.items() if task is Task.coach]
    held = row.before if stretch_of(call.procedure, row.state) is Stretch.coaching else row.after
    return Line(
        row.id, row.reference, row.title, row.language, place_of(row.village, town, row.country), row.lot_id,
        row.state, row.municipality_code, row.country, row.group_id,
        [names[each] for each in coaches if each in names], held or 0, call.procedure.sessions_needed, used,
        row.coaching_days or row.coaching_days_each,
        waits=stage is not None and not coaches and coachable(row),
    )  # fmt: skip


def _barred(
    waiting: Sequence[Line], coaches: set[int], tasks: Mapping[int, Mapping[int, Task]]
) -> dict[int, frozenset[int]]:
    """Who cannot coach each project that waits: another task on it, a conflict, or a member of its group."""
    barred = {line.id: set(tasks.get(line.id, {})) for line in waiting}
    for dossier_id, person_id in db.session.execute(
        select(Exclusion.dossier_id, Exclusion.person_id).where(Exclusion.dossier_id.in_(barred))
    ):
        barred[dossier_id].add(person_id)
    members: dict[int, set[int]] = {}
    groups = {line.group_id for line in waiting}
    for group_id, user_id in db.session.execute(
        select(Membership.group_id, Membership.user_id).where(
            Membership.group_id.in_(groups), Membership.user_id.in_(coaches)
        )
    ):
        members.setdefault(group_id, set()).add(user_id)
    return {line.id: frozenset(barred[line.id] | members.get(line.group_id or 0, set())) for line in waiting}


def _lots(call: CallLine, used: Mapping[int, Fraction]) -> list[Days]:
    rows = db.session.execute(select(Lot.id, Lot.coaching_days).where(Lot.id.in_(call.lots)))
    given = {row.id: row.coaching_days or 0 for row in rows}
    return [
        Days(
            call.reference, call.title, name, given.get(lot_id, 0), used[lot_id] / call.procedure.day_minutes
        )
        for lot_id, name in call.lots.items()
    ]
