"""A call as its coordinator sees it coached: coaches and their load, days by lot and by project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import exists, func, select

from callflow.calls.models import Lot
from callflow.coaching import queries as coaching
from callflow.coaching.models import Advice, session_dossier
from callflow.coaching.states import Follow
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.desk import kept
from callflow.desk.coaching.coaches import Coaching, Had, coaches_of, coaching_in
from callflow.desk.coaching.days import Days
from callflow.desk.coaching.projects import Line, inside, lines_of, waiting
from callflow.desk.scope import CallLine, calls_of
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.states import Task
from callflow.people.models import Grant, User

ZERO = Fraction(0)
COACHED, REPORTED = "coached", "reported"
"""The projects that have a coach, by their titles; those that have one or had a session, by lot and title."""


@dataclass(frozen=True)
class Followed:
    """How much advice was followed up, was dropped, or is open."""

    done: int = 0
    dropped: int = 0
    open: int = 0

    @property
    def all(self) -> int:
        """All advice that was given."""
        return self.done + self.dropped + self.open


@dataclass(frozen=True)
class Figures:
    """What is added up of all projects and sessions. ``lots`` are minutes; ``waiting`` is how many projects
    need a coach now and have none.
    """

    coaches: tuple[Had, ...]
    lots: tuple[tuple[int, Fraction], ...]
    waiting: int
    advice: Followed


@dataclass(frozen=True)
class Team:
    """Lots, one page of the coaches and one of the projects, as far as this coordinator's reach goes.
    ``reading`` is None while the figures are being worked out.
    """

    call: CallLine
    reading: kept.Reading[Figures, int] | None
    coaches: kept.Leaf[Coaching]
    lots: Sequence[Days]
    lines: Sequence[Line]


def team(actor: Actor, call: CallLine, *, page: int = 1, coaches_page: int = 1) -> Team:
    """One page of it, in a fixed number of statements."""
    reading = kept.read(KIND, actor, call.id, lots=call.lots, part=COACHED, page=page)
    coaches = coaches_of(call, reading.head.coaches if reading else ())
    rows = reading.rows if reading else ()
    lines = in_order(rows, lines_of(actor, call, names(coaches), Dossier.id.in_(rows)))
    return Team(
        call, reading, kept.leaf_of(coaches, coaches_page), days_of(call, reading),
        [each for each in lines if each.coaches],
    )  # fmt: skip


def names(coaches: Sequence[Coaching]) -> dict[int, str]:
    """By id, who coaches in a call."""
    return {coach.id: coach.name for coach in coaches}


def in_order(rows: Sequence[int], lines: Sequence[Line]) -> list[Line]:
    """These projects in the order of their ids here; one that is no longer seen is not there."""
    found = {line.id: line for line in lines}
    return [found[each] for each in rows if each in found]


def days_of(call: CallLine, reading: kept.Reading[Figures, Any] | None) -> list[Days]:
    """The days of each lot, and what was used of them: one statement."""
    rows = db.session.execute(select(Lot.id, Lot.coaching_days).where(Lot.id.in_(call.lots)))
    given = {row.id: row.coaching_days or 0 for row in rows}
    used = dict(reading.head.lots) if reading else {}
    return [
        Days(
            call.reference, call.title, name, given.get(lot_id, 0),
            used.get(lot_id, ZERO) / call.procedure.day_minutes,
        )
        for lot_id, name in call.lots.items()
    ]  # fmt: skip


def call_for(actor: Actor, call_id: int) -> CallLine:
    """The call as far as this coordinator's reach goes. Raises NotFound."""
    found = next((each for each in calls_of(actor, Role.coordinator) if each.id == call_id), None)
    if found is None:
        raise NotFound
    return found


def _work(actor: Actor, call_id: int) -> kept.Work[Figures, int]:
    """Everything that is added up over a call: six statements, and one for the call."""
    call = call_for(actor, call_id)
    rows = _standing(actor, call)
    minutes = coaching.minutes_by_coach(call.id)
    held = loads(call.id)
    figures = Figures(
        tuple(
            Had(each, held.get(each, 0), minutes.get(each, ZERO))
            for each in sorted(held.keys() | minutes.keys())
        ),
        tuple(coaching.minutes_by_lot(list(call.lots)).items()),
        sum(row.waits for row in rows),
        _followed(actor, call),
    )
    places = {lot_id: place for place, lot_id in enumerate(call.lots)}
    shown = [row for row in rows if (row.coached or row.met) and row.lot_id in places]
    shown.sort(key=lambda row: places[row.lot_id])
    return kept.Work(
        figures, {COACHED: [row.id for row in rows if row.coached], REPORTED: [row.id for row in shown]}
    )


KIND = kept.Kind("coaching", Figures, int, _work, (Role.coordinator,), (P.coaching_waive,))


def _standing(actor: Actor, call: CallLine) -> Sequence[Any]:
    """Every project of the call that this coordinator sees, by title: whether it has a coach, ever met one,
    and waits for one.
    """
    granted = select(User.id).join(Grant, Grant.user_id == User.id).where(coaching_in(call))
    held = (Assignment.dossier_id == Dossier.id, Assignment.task == Task.coach)
    return db.session.execute(
        select(
            Dossier.id, Dossier.lot_id, waiting(call.procedure).label("waits"),
            exists().where(*held, Assignment.person_id.in_(granted)).label("coached"),
            exists().where(session_dossier.c.dossier_id == Dossier.id).label("met"),
        )
        .where(Dossier.id.in_(inside(actor, call)))
        .order_by(Dossier.title_key, Dossier.id)
    ).all()  # fmt: skip


def loads(call_id: int) -> Mapping[int, int]:
    """By coach, how many projects of the call they have."""
    rows = db.session.execute(
        select(Assignment.person_id, func.count())
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Dossier.call_id == call_id, Assignment.task == Task.coach)
        .group_by(Assignment.person_id)
    )
    return {row[0]: row[1] for row in rows}


def _followed(actor: Actor, call: CallLine) -> Followed:
    rows = db.session.execute(
        select(Advice.follow_up, func.count())
        .where(Advice.dossier_id.in_(inside(actor, call)))
        .group_by(Advice.follow_up)
    )
    found = {row[0]: row[1] for row in rows}
    return Followed(*(found.get(each, 0) for each in (Follow.done, Follow.dropped, Follow.open)))
