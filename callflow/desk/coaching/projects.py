"""Projects of a call as its coordinator sees them coached: their coaches, sessions and days."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from callflow.calls.models import Lot
from callflow.calls.procedure import Procedure
from callflow.coaching import queries as coaching
from callflow.coaching.models import session_dossier
from callflow.coaching.rules import stage_of, stretch_of
from callflow.coaching.states import Stretch
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.decisions.models import Decision
from callflow.desk.dossiers import place_of
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.people.models import Membership
from callflow.territory.models import Municipality


@dataclass(frozen=True)
class Line:
    """A project: its coaches by name, sessions of its stretch, and days booked of those it was given.

    ``tasks`` says who does anything on it, and ``waits`` that it needs a coach now and has none.
    """

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
    tasks: Collection[int]
    waits: bool

    @property
    def over(self) -> bool:
        """More days were booked than the project was given."""
        return bool(self.given) and self.used > (self.given or 0)


def inside(actor: Actor, call: CallLine, *narrower: ColumnElement[bool]) -> Select[int]:
    """The ids of the projects of a call that this coordinator sees."""
    return select(Dossier.id).where(
        Dossier.call_id == call.id, visible_to(actor, P.coaching_waive), *narrower
    )


def waiting(procedure: Procedure) -> ColumnElement[bool]:
    """What needs a coach now and has none; SQL twin of ``Line.waits``."""
    stages = [state for state in State if stage_of(procedure, state) is not None]
    coached = exists().where(Assignment.dossier_id == Dossier.id, Assignment.task == Task.coach)
    return and_(Dossier.state.in_(stages), Dossier.state == Dossier.shown_state, ~coached)


def lines_of(
    actor: Actor, call: CallLine, names: Mapping[int, str], *narrower: ColumnElement[bool]
) -> list[Line]:
    """These projects by their titles, in three statements; ``names`` are those who coach in the call."""
    chosen = inside(actor, call, *narrower)
    tasks, minutes = _tasks(chosen), coaching.minutes_by_dossier(chosen)
    return [
        _line(row, call, tasks.get(row.id, {}), names, minutes.get(row.id, Fraction(0)))
        for row in _rows(chosen)
    ]


def _tasks(chosen: Select[int]) -> dict[int, dict[int, Task]]:
    """By dossier, who has which task."""
    rows = db.session.execute(
        select(Assignment.dossier_id, Assignment.person_id, Assignment.task)
        .where(Assignment.dossier_id.in_(chosen))
        .order_by(Assignment.id)
    )
    found: dict[int, dict[int, Task]] = {}
    for dossier_id, person_id, task in rows:
        found.setdefault(dossier_id, {})[person_id] = task
    return found


def _rows(chosen: Select[int]) -> Sequence[Any]:
    def held(stretch: Stretch) -> Any:
        return func.count(case((session_dossier.c.stretch == stretch, 1)))

    sessions = (
        select(
            session_dossier.c.dossier_id, held(Stretch.coaching).label("before"),
            held(Stretch.guidance).label("after"),
        )
        .where(session_dossier.c.dossier_id.in_(chosen))
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
        .where(Dossier.id.in_(chosen))
        .order_by(Dossier.title_key, Dossier.id)
    ).all()  # fmt: skip


def _line(
    row: Any, call: CallLine, tasks: Mapping[int, Task], names: Mapping[int, str], minutes: Fraction
) -> Line:
    town = row.name_nl if row.country == "BE" else row.name_fr
    stage = stage_of(call.procedure, row.shown_state) if row.state is row.shown_state else None
    coaches = [person_id for person_id, task in tasks.items() if task is Task.coach]
    held = row.before if stretch_of(call.procedure, row.state) is Stretch.coaching else row.after
    return Line(
        row.id, row.reference, row.title, row.language, place_of(row.village, town, row.country), row.lot_id,
        row.state, row.municipality_code, row.country, row.group_id,
        [names[each] for each in coaches if each in names], held or 0, call.procedure.sessions_needed,
        minutes / call.procedure.day_minutes, row.coaching_days or row.coaching_days_each, tasks.keys(),
        waits=stage is not None and not coaches,
    )  # fmt: skip


def barred(lines: Sequence[Line], chosen: Select[int], coaches: Collection[int]) -> dict[int, frozenset[int]]:
    """Who cannot coach each of these projects: another task on it, a conflict, or a member of its group.

    Two statements; ``chosen`` are the ids of the projects.
    """
    apart: dict[int, set[int]] = {line.id: set(line.tasks) for line in lines}
    for dossier_id, person_id in db.session.execute(
        select(Exclusion.dossier_id, Exclusion.person_id).where(Exclusion.dossier_id.in_(chosen))
    ):
        apart.setdefault(dossier_id, set()).add(person_id)
    members: dict[int | None, set[int]] = {}
    for group_id, user_id in db.session.execute(
        select(Membership.group_id, Membership.user_id).where(Membership.user_id.in_(list(coaches)))
    ):
        members.setdefault(group_id, set()).add(user_id)
    return {line.id: frozenset(apart[line.id] | members.get(line.group_id, set())) for line in lines}
