"""The coordinator's home: what waits for me today, which clock runs out first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.desk.dossiers import place_of
from callflow.desk.next import Next, due_of
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.jury.rules import scoring_from
from callflow.people.models import User
from callflow.territory.models import Municipality

SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """A dossier that waits for somebody of the staff."""

    reference: str
    title: str
    language: str
    place: str
    state: State
    since: datetime
    handler: str | None
    next: Next


@dataclass(frozen=True)
class Kind:
    """One kind of thing to do: its code, in which state the dossiers are, how many, and by when."""

    code: str
    state: State
    number: int
    due: date | None


@dataclass(frozen=True)
class Inbox:
    """``waiting`` are those longest without a step, mine and nobody's; ``kinds`` counts all of them."""

    kinds: Sequence[Kind]
    waiting: Sequence[Waiting]

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(kind.number for kind in self.kinds)


def inbox(actor: Actor, call: CallLine) -> Inbox:
    """What waits in one call for this person or for nobody in particular, in two statements."""
    steps = _steps(call)
    mine = (
        Dossier.call_id == call.id, visible_to(actor, P.scores_view),
        or_(Dossier.handler_id == actor.id, Dossier.handler_id.is_(None)),
    )  # fmt: skip
    code = case(*((condition, step) for step, _, condition in steps))
    rows = db.session.execute(
        select(code, func.count()).where(*mine, or_(*(each[2] for each in steps))).group_by(code)
    )
    numbers = {row[0]: row[1] for row in rows}
    kinds = [
        Kind(step, state, numbers[step], due_of(step, call.calendar))
        for step, state, _ in steps
        if numbers.get(step)
    ]
    return Inbox(kinds, _waiting(call, mine, steps) if kinds else [])


Step = tuple[str, State, ColumnElement[bool]]


def _steps(call: CallLine) -> list[Step]:
    """SQL twin of desk/next.py for what the staff does: the code, the state, and when it is their turn."""
    scoring = scoring_from(call.procedure)
    coaches, jurors = (_people(task) for task in (Task.coach, Task.juror))
    found: list[Step] = [("next_screen", State.submitted, Dossier.state == State.submitted)]
    if scoring is State.coached:
        idle = and_(Dossier.state == State.screened, coaches == 0)
        found.append(("next_coach", State.screened, idle))
    enough = Dossier.scores_given >= call.procedure.scores_needed
    return [
        *found,
        ("next_jury", scoring, and_(Dossier.state == scoring, jurors == 0)),
        ("next_close_scoring", scoring, and_(Dossier.state == scoring, jurors > 0, enough)),
        ("next_prepare", State.scored, Dossier.state == State.scored),
        ("next_approve", State.reported, Dossier.state == State.reported),
    ]


def _waiting(call: CallLine, mine: Any, steps: Sequence[Step]) -> list[Waiting]:
    code = case(*((condition, step) for step, _, condition in steps))
    rows = db.session.execute(
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.state,
            Dossier.state_since, User.name.label("handler"), code.label("code"),
            Municipality.country, Municipality.name_nl, Municipality.name_fr,
        )
        .outerjoin(User, User.id == Dossier.handler_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(*mine, or_(*(each[2] for each in steps)))
        .order_by(Dossier.state_since, Dossier.id)
        .limit(SHOWN)
    )  # fmt: skip
    return [_line(row, call) for row in rows]


def _people(task: Task) -> Any:
    return (
        select(func.count())
        .where(Assignment.dossier_id == Dossier.id, Assignment.task == task)
        .correlate(Dossier)
        .scalar_subquery()
    )


def _line(row: Any, call: CallLine) -> Waiting:
    town = row.name_nl if row.country == "BE" else row.name_fr
    return Waiting(
        row.reference, row.title, row.language, place_of(row.village, town, row.country), row.state,
        row.state_since, row.handler, Next(row.code, due_of(row.code, call.calendar)),
    )  # fmt: skip
