"""The jury of a call at work: how far each is, who is strict or lenient, and how firm the order is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from callflow.calls.models import Call
from callflow.calls.states import Counting
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.core.trail import Event
from callflow.desk.scope import CallLine, calls_of, chosen
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import JUDGED, State, Task
from callflow.jury import queries
from callflow.jury.calibration import (
    Calibration,
    Home,
    Member,
    Standing,
    Tie,
    at_home,
    calibrate,
    moved,
    ties,
)
from callflow.jury.models import Count, Habits, JurorProfile, Sheet
from callflow.jury.rules import REMINDER, scoring_from
from callflow.people.models import User
from callflow.territory.models import Municipality

WATCHING = (Role.coordinator, Role.chair)
BEFORE = (State.draft, State.preapplied, State.invited, *JUDGED)
"""States in which scores still come in."""
WHERE = (
    Municipality.code, Municipality.name_nl, Municipality.name_fr, Municipality.grouping,
    Municipality.country,
)  # fmt: skip
"""What is read of a municipality."""


@dataclass(frozen=True)
class Progress:
    """One juror: what they were given, what they handed in (abstentions among it), and since when nothing
    moved. ``waiting`` counts what they can score now and did not hand in.
    """

    person_id: int
    name: str
    given: int
    handed_in: int
    abstained: int
    begun: int
    waiting: int
    last: datetime | None
    reminded: datetime | None


@dataclass(frozen=True)
class Project:
    """What a page says of a dossier beside its figures."""

    reference: str
    title: str
    language: str
    state: State
    total: Decimal | None


@dataclass(frozen=True)
class Place:
    """Where a project lies or a juror lives: a municipality with what it belongs to, or a country alone."""

    name: str | None
    grouping: str | None
    country: str | None

    def has(self, other: "Place") -> bool:
        """Whether the other lies here: in the same arrondissement or community of municipalities where this
        one is a municipality, else in the same country.
        """
        if self.name is None:
            return self.country is not None and self.country == other.country
        return (self.country, self.grouping or self.name) == (other.country, other.grouping or other.name)


NOWHERE = Place(None, None, None)


@dataclass(frozen=True)
class Counted:
    """What counts in a call. ``settled`` once a sheet was handed in: the choice stands.

    ``frozen`` are the habits that count, ``closed`` the sheets of dossiers whose scoring is closed;
    ``stale`` says that these are no longer those that the habits were estimated from.
    """

    counting: Counting
    chosen_at: datetime | None
    settled: bool
    frozen: Habits | None
    closed: int
    stale: bool


@dataclass(frozen=True)
class Panel:
    """The page. ``names`` by juror and ``projects`` by dossier, both by id as text, as the model has them;
    ``areas`` says by juror what their own area is taken to be.
    """

    call: CallLine
    calls: Sequence[CallLine]
    count: Counted
    progress: Sequence[Progress]
    found: Calibration
    names: Mapping[str, str]
    projects: Mapping[str, Project]
    ties: Sequence[Tie]
    moved: Sequence[tuple[Standing, Standing]]
    homes: Sequence[Home]
    areas: Mapping[str, Place]

    @property
    def members(self) -> list[Member]:
        """The jurors by name."""
        return sorted(self.found.members, key=lambda each: self.names.get(each.juror, ""))

    @property
    def late(self) -> int:
        """Jurors who still have something to score."""
        return sum(1 for each in self.progress if each.waiting)


def panel(actor: Actor, reference: str | None) -> Panel | None:
    """The jury of one call, the newest without ``reference``; nine statements whatever its size.

    None for somebody who follows no call. Raises NotFound for a call out of reach. Who may not see all
    scores, as a chair, is shown those of dossiers whose scoring is closed.
    """
    calls = calls_of(actor, *WATCHING)
    line = chosen(calls, reference)
    if line is None:
        return None
    call = db.session.get_one(Call, line.id)
    seen = _seen(actor, line)
    criteria = queries.criteria_of(call.id)
    ratings = queries.ratings_of(queries.counting_sheets(criteria, *seen), criteria, scale_max=call.scale_max)
    found = calibrate(ratings)
    projects, places = _projects(seen)
    progress, areas = _progress(actor, line)
    own = {
        (each.juror, each.dossier) for each in ratings
        if areas.get(each.juror, NOWHERE).has(places.get(each.dossier, NOWHERE))
    }  # fmt: skip
    return Panel(
        line, calls, _count(line), progress, found, {str(each.person_id): each.name for each in progress},
        projects, ties(found), moved(found), at_home(found, ratings, own), areas,
    )  # fmt: skip


def _seen(actor: Actor, line: CallLine) -> list[ColumnElement[bool]]:
    """The dossiers whose scores this person may see: a chair may be a juror who still has to score."""
    closed = visible_to(actor, P.jury_panel) & Dossier.state.not_in(BEFORE)
    return [
        Dossier.call_id == line.id,
        Dossier.state != State.withdrawn,
        or_(visible_to(actor, P.scores_view), closed),
    ]


def _count(line: CallLine) -> Counted:
    """What counts in the call and whether it is up to date: two statements."""
    handed = select(Event.id).join(Dossier, Dossier.trail_id == Event.trail_id)
    handed = handed.where(Dossier.call_id == line.id, Event.action == "scores_handed_in").limit(1)
    closed = (Sheet.dossier_id == Dossier.id, Dossier.call_id == line.id, Dossier.state == State.scored)
    given = (Sheet.given_at.is_not(None), ~Sheet.abstained)
    row = db.session.execute(
        select(Count, Habits, handed.scalar_subquery().label("handed"))
        .select_from(Call)
        .outerjoin(Count, Count.call_id == Call.id)
        .outerjoin(Habits, Habits.call_id == Call.id)
        .where(Call.id == line.id)
    ).one()
    now = db.session.execute(select(func.count(), func.max(Sheet.given_at)).where(*closed, *given)).one()
    counting = row.Count.counting if row.Count else line.procedure.counting
    return Counted(
        counting, row.Count.chosen_at if row.Count else None, row.handed is not None, row.Habits, now[0],
        row.Habits is not None and (now[0] != row.Habits.sheets or now[1] > row.Habits.made_at),
    )  # fmt: skip


def _projects(seen: Sequence[ColumnElement[bool]]) -> tuple[dict[str, Project], dict[str, Place]]:
    """The dossiers by id, and where each lies: one statement."""
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.state,
            Dossier.total_percent, *WHERE,
        )
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(*seen, Dossier.scores_given > 0)
    ).all()  # fmt: skip
    projects = {
        str(row.id): Project(row.reference, row.title, row.language, row.state, row.total_percent)
        for row in rows
    }
    return projects, {str(row.id): _place(row) for row in rows}


def _place(row: Any) -> Place:
    """The municipality of this row, or the country of its account where there is none."""
    if row.code is None:
        return Place(None, None, getattr(row, "home_country", None))
    return Place(row.name_nl if row.country == "BE" else row.name_fr, row.grouping, row.country)


def _progress(actor: Actor, line: CallLine) -> tuple[list[Progress], dict[str, Place]]:
    """How far each juror is, and their own area, as the profile in this call says: two statements."""
    open_now = (Dossier.state == scoring_from(line.procedure)) & Sheet.given_at.is_(None)
    rows = db.session.execute(
        select(
            User.id, User.name, User.country.label("home_country"), *WHERE,
            func.count(Assignment.id).label("given"),
            func.count(Sheet.given_at).label("handed_in"),
            func.count(case((Sheet.abstained, 1))).label("abstained"),
            func.count(case((Sheet.given_at.is_(None), Sheet.id))).label("begun"),
            func.count(case((open_now, 1))).label("waiting"), func.max(Sheet.saved_at).label("last"),
        )
        .select_from(Assignment)
        .join(User, User.id == Assignment.person_id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .outerjoin(Sheet, (Sheet.dossier_id == Dossier.id) & (Sheet.juror_id == User.id))
        .outerjoin(JurorProfile, (JurorProfile.person_id == User.id) & (JurorProfile.call_id == line.id))
        .outerjoin(Municipality, Municipality.code == JurorProfile.municipality_code)
        .where(
            Dossier.call_id == line.id, Assignment.task == Task.juror, Dossier.state != State.withdrawn,
            visible_to(actor, P.jury_panel),
        )
        .group_by(User.id, User.name, User.country, *WHERE)
        .order_by(User.name, User.id)
    ).all()  # fmt: skip
    reminded = _reminded(line)
    found = [
        Progress(
            row.id, row.name, row.given, row.handed_in, row.abstained, row.begun, row.waiting, row.last,
            reminded.get(row.id),
        )
        for row in rows
    ]  # fmt: skip
    return found, {str(row.id): _place(row) for row in rows}


def _reminded(line: CallLine) -> dict[int | None, datetime]:
    rows = db.session.execute(
        select(OutboxMail.recipient_id, func.max(OutboxMail.created_at))
        .where(OutboxMail.call_id == line.id, OutboxMail.notice == REMINDER)
        .group_by(OutboxMail.recipient_id)
    )
    return {row[0]: row[1] for row in rows}
