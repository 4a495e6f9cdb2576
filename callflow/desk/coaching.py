"""The coach's home and the dossier as a coach reads it: whom do I see, how many days are left."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from callflow.applications.models import Application
from callflow.calls.models import Call, Criterion, Lot
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching import queries as coaching
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.queries import MINUTES_A_DAY
from callflow.coaching.rules import coachable
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.workflow import Reason
from callflow.desk.dossier import place_in_words
from callflow.desk.dossiers import place_of
from callflow.desk.history import Happened, history
from callflow.desk.next import day_of
from callflow.desk.submission import Reading, reading_of
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.lifecycle import process
from callflow.people.models import Group
from callflow.territory.models import Municipality

TOLD = frozenset(
    {
        "submit", "screen", "session_logged", "advice_done", "advice_open", "finish_coaching",
        "finish_guidance", "close_scoring", "decision_released", "report", "close", "withdraw",
    }
)  # fmt: skip
"""Events a coach may read: nothing of what the jury does, and no outcome before its release."""


@dataclass(frozen=True)
class Coached:
    """A dossier of this coach. ``state`` is the one that was told; ``until`` the end of its coaching.

    ``now`` says whether it is in a stage of coaching; ``over`` that no session can be noted any more.
    """

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
    advice_open: int
    until: date | None
    lot_id: int
    call_id: int
    now: bool
    over: bool


@dataclass(frozen=True)
class Days:
    """The coaching days of a lot, and what its coaches have used of them so far."""

    name: dict[str, str]
    given: int
    used: Fraction

    @property
    def left(self) -> Fraction:
        return self.given - self.used


@dataclass(frozen=True)
class CoachHome:
    """``present`` need a coach now, those without a session first; ``others`` are before or after that."""

    present: Sequence[Coached]
    others: Sequence[Coached]
    days: Sequence[Days]


@dataclass(frozen=True)
class CoachedPage:
    """One dossier for its coach. ``offers`` are empty where they would tell what nobody was told."""

    dossier: Application
    place: str
    reading: Reading
    sessions: Sequence[tuple[Session, str]]
    advice: Sequence[tuple[Advice, dict[str, str] | None]]
    offers: dict[str, list[Reason]]
    events: Sequence[Happened]
    open: bool


def coach_home(actor: Actor) -> CoachHome:
    """The dossiers of this coach and the days of their lots, in three statements."""
    lines = [_line(row) for row in db.session.execute(_mine(actor))]
    lots = {line.lot_id for line in lines}
    used = coaching.minutes_by_lot(sorted(lots))
    days = [
        Days(lot.name, lot.coaching_days or 0, used[lot.id] / MINUTES_A_DAY)
        for lot in db.session.scalars(select(Lot).where(Lot.id.in_(lots)).order_by(Lot.call_id, Lot.position))
    ]
    present = sorted(
        (line for line in lines if line.now),
        key=lambda line: (line.sessions >= line.needed, line.last or date.min, line.title.casefold()),
    )
    return CoachHome(present, [line for line in lines if not line.now], days)


def coached_page(ref: str, *, by: Actor, language: str) -> CoachedPage:
    """One dossier for its coach. Raises NotFound for everybody else."""
    dossier = dossiers.seen(ref, by=by, kind=Application, permission=P.coaching_log)
    told = dossier.state is dossier.shown_state
    return CoachedPage(
        dossier=dossier,
        place=place_in_words(dossier),
        reading=reading_of(dossier, language=language),
        sessions=coaching.sessions_of(dossier.id),
        advice=coaching.advice_to(dossier.id),
        offers=process.offers(dossier, by) if told else {},
        events=history(dossier, only=TOLD),
        open=coachable(dossier),
    )


def session_choices(actor: Actor) -> list[Coached]:
    """The dossiers that a session of this coach can be about."""
    return [line for line in (_line(row) for row in db.session.execute(_mine(actor))) if not line.over]


def criteria_for(call_ids: Collection[int]) -> dict[str, dict[str, str]]:
    """By key, the titles of the criteria that advice in these calls can be tied to, in their order."""
    rows = db.session.execute(
        select(Criterion.key, Criterion.title)
        .where(Criterion.call_id.in_(call_ids))
        .order_by(Criterion.call_id, Criterion.position)
    )
    return {row.key: row.title for row in rows}


def _mine(actor: Actor) -> Any:
    held = (
        select(func.count())
        .select_from(session_dossier)
        .where(session_dossier.c.dossier_id == Dossier.id)
        .correlate(Dossier)
    )
    last = (
        select(func.max(Session.held_on))
        .join(session_dossier, session_dossier.c.session_id == Session.id)
        .where(session_dossier.c.dossier_id == Dossier.id)
        .correlate(Dossier)
    )
    still = (
        select(func.count())
        .select_from(Advice)
        .where(Advice.dossier_id == Dossier.id, Advice.done_at.is_(None))
        .correlate(Dossier)
    )
    return (
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.state,
            Dossier.shown_state, Dossier.lot_id, Dossier.call_id, Group.name.label("group"),
            Group.contact_name,
            Group.contact_phone, Municipality.country, Municipality.name_nl, Municipality.name_fr,
            Call.procedure, Call.calendar, held.scalar_subquery().label("sessions"),
            last.scalar_subquery().label("last"), still.scalar_subquery().label("advice_open"),
        )
        .join(Assignment, (Assignment.dossier_id == Dossier.id) & (Assignment.task == Task.coach))
        .join(Call, Call.id == Dossier.call_id)
        .outerjoin(Group, Group.id == Dossier.group_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(Assignment.person_id == actor.id, visible_to(actor, P.coaching_log))
        .order_by(Dossier.title_key, Dossier.id)
    )  # fmt: skip


def _stages(procedure: Procedure) -> set[State]:
    """The states in which a coach is at work, by when the call has its projects coached."""
    before = {State.screened} if procedure.coaching in (Coaching.before, Coaching.both) else set()
    after = {State.selected} if procedure.coaching in (Coaching.after, Coaching.both) else set()
    return before | after


def _line(row: Any) -> Coached:
    town = row.name_nl if row.country == "BE" else row.name_fr
    procedure = Procedure.of(row.procedure)
    window = "guidance" if row.shown_state in (State.selected, State.guided) else "coaching"
    return Coached(
        row.reference, row.title, row.language, place_of(row.village, town, row.country), row.group or "",
        row.contact_name or "", row.contact_phone, row.shown_state, row.sessions,
        procedure.sessions_needed, row.last, row.advice_open, day_of(row.calendar, window),
        row.lot_id, row.call_id, row.shown_state in _stages(procedure), not coachable(row),
    )  # fmt: skip
