"""The jury of a call at work: how far each is, who is strict or lenient, and how firm the order is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.calls.states import Counting
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.core.trail import Event
from callflow.desk import kept
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
from callflow.jury.models import Count, Habits, JurorProfile, MeetingItem, Sheet
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
    given: int
    handed_in: int
    abstained: int
    begun: int
    waiting: int
    last: datetime | None


@dataclass(frozen=True)
class Project:
    """What a page says of a dossier beside its figures."""

    reference: str
    title: str
    language: str


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

    ``frozen`` are the habits that count; ``stale`` says that the sheets of dossiers whose scoring is closed
    are no longer those that the habits were estimated from.
    """

    counting: Counting
    chosen_at: datetime | None
    settled: bool
    frozen: Habits | None
    stale: bool


@dataclass(frozen=True)
class Figures:
    """What is worked out of all score sheets. ``areas`` says by juror what their own area is taken to be,
    ``tied`` and ``moved`` how many pairs of projects there are; ``reach`` is from where to where projects
    score. ``handed`` once a sheet was handed in; ``closed`` counts the sheets of dossiers whose scoring is
    closed, and ``newest`` is when the last of them came in. ``to_meet`` counts what a meeting of the jury has
    still to settle.
    """

    progress: tuple[Progress, ...]
    members: tuple[Member, ...]
    homes: tuple[Home, ...]
    areas: dict[str, Place]
    shrinkage: float | None
    parts: int
    tied: int
    moved: int
    reach: tuple[float, float]
    handed: bool
    closed: int
    newest: datetime | None
    to_meet: int = 0


@dataclass(frozen=True)
class Ranked:
    """A project in the order of the model. ``tie`` pairs it with the next one of the same raw mean;
    ``before`` is its neighbour that the raw mean puts first.
    """

    standing: Standing
    tie: Tie | None
    before: Standing | None


@dataclass(frozen=True)
class Panel:
    """The page. ``names`` by juror and ``projects`` by dossier, both by id as text, as the model has them:
    projects are those of this page of the order. Without ``reading`` it is being worked out.
    """

    call: CallLine
    calls: Sequence[CallLine]
    count: Counted
    reading: kept.Reading[Figures, Ranked] | None
    reminded: Mapping[int, datetime]
    names: Mapping[str, str]
    projects: Mapping[str, Project]

    @property
    def figures(self) -> Figures:
        """Of all sheets; nothing yet while they are worked out."""
        return self.reading.head if self.reading else NOTHING

    @property
    def progress(self) -> list[Progress]:
        """The jurors at work, by name."""
        return sorted(self.figures.progress, key=lambda each: self._named(each.person_id))

    @property
    def members(self) -> list[Member]:
        """The jurors who scored, by name."""
        return sorted(self.figures.members, key=lambda each: self._named(each.juror))

    def _named(self, person: int | str) -> str:
        return self.names.get(str(person), "").casefold()

    @property
    def rows(self) -> list[Ranked]:
        """This page of the order: what is hidden from this person, or was withdrawn, since it was worked out
        is left out.
        """
        rows = self.reading.rows if self.reading else ()
        return [each for each in rows if each.standing.dossier in self.projects]

    @property
    def ties(self) -> list[Tie]:
        """Of this page: what the raw mean leaves equal."""
        found = [each.tie for each in self.rows if each.tie]
        return [tie for tie in found if tie.second.dossier in self.projects]

    @property
    def moved(self) -> list[tuple[Standing, Standing]]:
        """Of this page: neighbours that the raw mean puts the other way round."""
        found = [(each.standing, each.before) for each in self.rows if each.before]
        return [(first, second) for first, second in found if second.dossier in self.projects]

    @property
    def late(self) -> int:
        """Jurors who still have something to score."""
        return sum(1 for each in self.figures.progress if each.waiting)


NOTHING = Figures((), (), (), {}, None, 0, 0, 0, (0.0, 100.0), False, 0, None)


def panel(actor: Actor, reference: str | None, page: int = 1) -> Panel | None:
    """One page of the jury of one call, the newest without ``reference``, in a fixed number of statements.

    None for somebody who follows no call. Raises NotFound for a call out of reach. Who may not see all
    scores, as a chair, is shown those of dossiers whose scoring is closed.
    """
    calls = calls_of(actor, *WATCHING)
    line = chosen(calls, reference)
    if line is None:
        return None
    reading = kept.read(KIND, actor, line.id, lots=line.lots, page=page)
    head, rows = (reading.head, reading.rows) if reading else (NOTHING, ())
    shown = [each for row in rows for each in (row.standing, row.before, row.tie.second if row.tie else None)]
    dossiers = {int(each.dossier) for each in shown if each}
    jurors = {each.person_id for each in head.progress} | {int(each.juror) for each in head.members}
    names, reminded = _people(jurors, line.id)
    projects = _projects(actor, line.id, dossiers)
    return Panel(line, calls, _count(line, reading), reading, reminded, names, projects)


def _work(actor: Actor, call_id: int) -> kept.Work[Figures, Ranked]:
    """All that rests on every score sheet that this person may see: seven statements."""
    call = db.session.get_one(Call, call_id)
    seen = _seen(actor, call_id)
    criteria = queries.criteria_of(call_id)
    ratings = queries.ratings_of(queries.counting_sheets(criteria, *seen), criteria, scale_max=call.scale_max)
    found = calibrate(ratings)
    progress, areas = _progress(actor, call)
    places = _places(seen)
    own = {
        (each.juror, each.dossier) for each in ratings
        if areas.get(each.juror, NOWHERE).has(places.get(each.dossier, NOWHERE))
    }  # fmt: skip
    tied = {tie.first.dossier: tie for tie in ties(found)}
    before = {first.dossier: second for first, second in moved(found)}
    order = [Ranked(each, tied.get(each.dossier), before.get(each.dossier)) for each in found.standings]
    figures = Figures(
        tuple(progress), found.members, at_home(found, ratings, own), areas, found.shrinkage, found.parts,
        len(tied), len(before), _reach(found), *_closed(call_id), _to_meet(actor, call_id),
    )  # fmt: skip
    return kept.Work(figures, {"": order})


KIND = kept.Kind("panel", Figures, Ranked, _work, WATCHING, (P.jury_panel, P.jury_meet, P.scores_view))


def _reach(found: Calibration) -> tuple[float, float]:
    """From where to where the scores of projects run: all intervals and means fit."""
    figures = [
        each
        for standing in found.standings
        for each in (standing.value, standing.low, standing.high, float(standing.raw))
        if each is not None
    ]
    return max(min(figures, default=0.0), 0.0), min(max(figures, default=100.0), 100.0)


def _seen(actor: Actor, call_id: int) -> list[ColumnElement[bool]]:
    """The dossiers whose scores this person may see: a chair may be a juror who still has to score."""
    closed = visible_to(actor, P.jury_panel) & Dossier.state.not_in(BEFORE)
    return [
        Dossier.call_id == call_id,
        Dossier.state != State.withdrawn,
        or_(visible_to(actor, P.scores_view), closed),
    ]


def _count(line: CallLine, reading: kept.Reading[Figures, Ranked] | None) -> Counted:
    """What counts in the call and whether it is up to date, as far as that is known: one statement."""
    figures = reading.head if reading else NOTHING
    row = db.session.execute(
        select(Count, Habits)
        .select_from(Call)
        .outerjoin(Count, Count.call_id == Call.id)
        .outerjoin(Habits, Habits.call_id == Call.id)
        .where(Call.id == line.id)
    ).one()
    counting = row.Count.counting if row.Count else line.procedure.counting
    stale = (
        reading is not None
        and row.Habits is not None
        and (
            figures.closed != row.Habits.sheets
            or (figures.newest is not None and figures.newest > row.Habits.made_at)
        )
    )
    return Counted(counting, row.Count.chosen_at if row.Count else None, figures.handed, row.Habits, stale)


def _closed(call_id: int) -> tuple[bool, int, datetime | None]:
    """Whether any score sheet was handed in; those of dossiers whose scoring is closed, and when the newest
    of them was.
    """
    handed = select(Event.id).join(Dossier, Dossier.trail_id == Event.trail_id)
    handed = handed.where(Dossier.call_id == call_id, Event.action == "scores_handed_in")
    closed = (Sheet.dossier_id == Dossier.id, Dossier.call_id == call_id, Dossier.state == State.scored)
    given = (Sheet.given_at.is_not(None), ~Sheet.abstained)
    sheets = select(exists(handed), func.count(), func.max(Sheet.given_at)).where(*closed, *given)
    row = db.session.execute(sheets).one()
    return bool(row[0]), row[1], row[2]


def _to_meet(actor: Actor, call_id: int) -> int:
    settled = exists(
        select(MeetingItem.id).where(MeetingItem.dossier_id == Dossier.id, MeetingItem.stands)
    ).correlate(Dossier)
    seen = visible_to(actor, P.jury_meet)
    waiting = select(func.count()).where(
        Dossier.call_id == call_id, Dossier.state == State.scored, Dossier.scores_given > 0, seen, ~settled
    )
    return db.session.scalar(waiting) or 0


def _people(jurors: Iterable[int], call_id: int) -> tuple[dict[str, str], dict[int, datetime]]:
    """What they are called, and when each was reminded last: one statement."""
    mine = (OutboxMail.call_id == call_id, OutboxMail.notice == REMINDER, OutboxMail.recipient_id == User.id)
    last = select(func.max(OutboxMail.created_at)).where(*mine).scalar_subquery()
    rows = db.session.execute(
        select(User.id, User.name, last.label("reminded")).where(User.id.in_(list(jurors)))
    ).all()
    return {str(row.id): row.name for row in rows}, {row.id: row.reminded for row in rows if row.reminded}


def _projects(actor: Actor, call_id: int, dossiers: Iterable[int]) -> dict[str, Project]:
    """What these dossiers are called, those that this person may see now: one statement."""
    rows = db.session.execute(
        select(Dossier.id, Dossier.reference, Dossier.title, Dossier.language).where(
            Dossier.id.in_(list(dossiers)), *_seen(actor, call_id)
        )
    )
    return {str(row.id): Project(row.reference, row.title, row.language) for row in rows}


def _places(seen: Sequence[ColumnElement[bool]]) -> dict[str, Place]:
    """Where each dossier lies: one statement."""
    rows = db.session.execute(
        select(Dossier.id, *WHERE)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(*seen, Dossier.scores_given > 0)
    )
    return {str(row.id): _place(row) for row in rows}


def _place(row: Any) -> Place:
    """The municipality of this row, or the country of its account where there is none."""
    if row.code is None:
        return Place(None, None, getattr(row, "home_country", None))
    return Place(row.name_nl if row.country == "BE" else row.name_fr, row.grouping, row.country)


def _progress(actor: Actor, call: Call) -> tuple[list[Progress], dict[str, Place]]:
    """How far each juror is, and their own area, as the profile in this call says: one statement."""
    open_now = (Dossier.state == scoring_from(Procedure.of(call.procedure))) & Sheet.given_at.is_(None)
    rows = db.session.execute(
        select(
            User.id, User.country.label("home_country"), *WHERE,
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
        .outerjoin(JurorProfile, (JurorProfile.person_id == User.id) & (JurorProfile.call_id == call.id))
        .outerjoin(Municipality, Municipality.code == JurorProfile.municipality_code)
        .where(
            Dossier.call_id == call.id, Assignment.task == Task.juror, Dossier.state != State.withdrawn,
            visible_to(actor, P.jury_panel),
        )
        .group_by(User.id, User.country, *WHERE)
        .order_by(User.id)
    ).all()  # fmt: skip
    found = [
        Progress(row.id, row.given, row.handed_in, row.abstained, row.begun, row.waiting, row.last)
        for row in rows
    ]
    return found, {str(row.id): _place(row) for row in rows}
