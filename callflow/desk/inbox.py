"""The coordinator's home: what waits for me today, which clock runs out first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.desk.counts import Counts, counted
from callflow.desk.dossiers import place_of
from callflow.desk.next import Next, next_of
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.jury.rules import scoring_from
from callflow.people.models import User
from callflow.territory.models import Municipality

SHOWN = 20
STANDING = frozenset({State.submitted, State.screened, State.coached, State.scored, State.reported})
"""States from which somebody of the staff takes the next step, or should see to it."""


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
class Inbox:
    """``waiting`` are those longest without a step, mine and nobody's; ``mine`` counts all of them."""

    waiting: Sequence[Waiting]
    mine: int
    unhandled: int
    counts: Counts


def inbox(actor: Actor, call: CallLine) -> Inbox:
    """What waits in one call, in two statements."""
    counts = counted(actor, [call.id])
    mine = counts.total(states=STANDING, handlers=frozenset({actor.id, None}))
    unhandled = counts.total(states=STANDING, handlers=frozenset({None}))
    return Inbox(_waiting(actor, call), mine, unhandled, counts)


def _waiting(actor: Actor, call: CallLine) -> list[Waiting]:
    coaches, jurors = (_people(task) for task in (Task.coach, Task.juror))
    rows = db.session.execute(
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.state,
            Dossier.shown_state, Dossier.state_since, Dossier.scores_given, User.name.label("handler"),
            Municipality.country, Municipality.name_nl, Municipality.name_fr,
            coaches.label("coaches"), jurors.label("jurors"),
        )
        .outerjoin(User, User.id == Dossier.handler_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(
            Dossier.call_id == call.id,
            visible_to(actor, P.scores_view),
            or_(Dossier.handler_id == actor.id, Dossier.handler_id.is_(None)),
            or_(*_ours(call, coaches, jurors)),
        )
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


def _ours(call: CallLine, coaches: Any, jurors: Any) -> list[ColumnElement[bool]]:
    """SQL twin of Next.ours for the states in which the next step can be due to the staff."""
    scoring = scoring_from(call.procedure)
    needed = call.procedure.scores_needed
    found: list[ColumnElement[bool]] = [
        Dossier.state.in_((State.submitted, State.scored, State.reported)),
        and_(Dossier.state == scoring, or_(jurors == 0, Dossier.scores_given >= needed)),
    ]
    if scoring is State.coached:
        found.append(and_(Dossier.state == State.screened, coaches == 0))
    return found


def _line(row: Any, call: CallLine) -> Waiting:
    town = row.name_nl if row.country == "BE" else row.name_fr
    told = row.state is row.shown_state
    following = next_of(
        call.procedure, call.calendar, row.state,
        told=told, coaches=row.coaches, jurors=row.jurors, scores=row.scores_given,
    )  # fmt: skip
    return Waiting(
        row.reference, row.title, row.language, place_of(row.village, town, row.country), row.state,
        row.state_since, row.handler, following,
    )  # fmt: skip
