"""The dossier page of the staff: everything about one. How many statements it takes depends on what kinds of
things it has, never on how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select

from callflow.applications.models import Application
from callflow.calls.models import Criterion
from callflow.calls.procedure import Procedure
from callflow.calls.silence import Silence
from callflow.calls.states import Coaching
from callflow.coaching import queries as coaching
from callflow.coaching.models import Note, Waiver
from callflow.coaching.queries import Logged
from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.core.workflow import Reason
from callflow.decisions.models import Decision
from callflow.desk.coaching.changes import Since, changes_since
from callflow.desk.dossiers import place_of
from callflow.desk.filing import OVER
from callflow.desk.held import held_by
from callflow.desk.history import Happened, history
from callflow.desk.next import Next, next_of
from callflow.desk.outcome import Outcome, outcome_of
from callflow.desk.road import Milestone, road
from callflow.desk.submission import Reading, reading_of, report_reading
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment, Conflict, Tally
from callflow.dossiers.states import ASKING, IN_SHORT, JUDGED, Fate, State, Task
from callflow.filing import queries as filing
from callflow.filing.queries import NoteLine, TagLine
from callflow.jury import queries as jury
from callflow.jury.models import Presentation
from callflow.jury.queries import Seat
from callflow.letters.models import Letter
from callflow.lifecycle import process
from callflow.lifecycle.receipt import silence_of
from callflow.people.models import Grant, User
from callflow.reports.models import Report
from callflow.reports.queries import reports_of
from callflow.reports.states import ReportKind
from callflow.screening import queries as screening
from callflow.screening.models import Check, CompletionRequest
from callflow.screening.rules import being_screened
from callflow.territory.models import Municipality


@dataclass(frozen=True)
class Candidates:
    """Who may be given each task: id and name, in the order of names; without those who have one. Nobody
    for whoever gives none.

    ``loads`` is how many dossiers of the call each case handler has that are not over.
    """

    coaches: Sequence[tuple[int, str]] = ()
    jurors: Sequence[tuple[int, str]] = ()
    handlers: Sequence[tuple[int, str]] = ()
    loads: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DossierPage:
    """What the page shows. ``offers`` are the engine's: a step without reasons can be taken now; ``written``
    says whether there are messages.
    """

    dossier: Application
    place: str
    next: Next
    offers: Mapping[str, Sequence[Reason]]
    milestones: Sequence[Milestone]
    reading: Reading
    checks: Mapping[str, tuple[Check, str]]
    log: Sequence[Logged]
    since: Mapping[int, Since]
    notes: Sequence[tuple[Note, str]]
    waivers: Sequence[tuple[Waiver, str]]
    criteria: Sequence[Criterion]
    seats: Sequence[Seat]
    conflicts: Sequence[tuple[Conflict, str]]
    coaches: Sequence[tuple[int, str]]
    handler: str | None
    candidates: Candidates
    decision: Decision | None
    outcome: Outcome
    letters: Sequence[Letter]
    reports: Sequence[tuple[ReportKind, Report, Reading]]
    events: Sequence[Happened]
    completions: Sequence[CompletionRequest]
    silence: Silence | None
    presentation: Presentation | None
    filed: Sequence[tuple[TagLine, bool]]
    staff_notes: Sequence[NoteLine]
    written: bool

    @property
    def tags(self) -> list[TagLine]:
        """The tags of the call."""
        return [tag for tag, _ in self.filed]

    @property
    def carried(self) -> set[int]:
        """The ids of the tags that this dossier carries."""
        return {tag.id for tag, here in self.filed if here}

    @property
    def asked(self) -> CompletionRequest | None:
        """The last request for completion."""
        return self.completions[-1] if self.completions else None

    @property
    def short(self) -> bool:
        """Whether all that was handed in is the short form of a call in two steps."""
        return self.dossier.state in IN_SHORT

    @property
    def judged(self) -> bool:
        """Whether scores can still come in."""
        return self.dossier.state in JUDGED

    @property
    def screening(self) -> bool:
        """Whether its checklist can be filled in."""
        return being_screened(self.dossier)

    @property
    def short_of_sessions(self) -> bool:
        """Whether the coaching cannot be closed before more sessions, or a waiver."""
        against = [*self.offers.get("finish_coaching", ()), *self.offers.get("finish_guidance", ())]
        return any(each.code == "sessions_missing" for each in against)

    @property
    def proving(self) -> bool:
        """Whether its conditions can be judged: the group was told of them and none ended the case."""
        told = self.dossier.shown_state is self.dossier.state
        return told and self.dossier.state is State.selected_with_conditions

    @property
    def unanswered(self) -> bool:
        """Whether the group waits for its answer, as far as it knows."""
        return self.dossier.shown_state in ASKING

    @property
    def alarm(self) -> str:
        """How near the day is from which silence is a refusal; nothing where it says nothing."""
        return self.silence.alarm(clock.today()) if self.silence else ""


def dossier_page(ref: str, *, by: Actor, language: str) -> DossierPage:
    """The page of one dossier. Raises NotFound for one that this person may not see as staff."""
    dossier = dossiers.seen(ref, by=by, kind=Application, permission=P.scores_view)
    criteria = jury.criteria_of(dossier.call_id)
    seats = jury.seats_of(dossier, criteria)
    people = _people(dossier, may_give=may(by, P.dossier_assign, dossier))
    events, outcome = history(dossier), outcome_of(dossier.id)
    procedure, held = Procedure.of(dossier.call.procedure), held_by(dossier.id)
    log = coaching.log_of(dossier) if "sessions" in held else []
    presentation = jury.presentation_of(dossier.id) if procedure.presentation else None
    completions = screening.requests_of([dossier.id]).get(dossier.id, []) if "completions" in held else []
    return DossierPage(
        dossier=dossier,
        place=place_in_words(dossier),
        next=next_of(
            procedure, dossier.call.calendar, dossier.state, told=dossier.state is dossier.shown_state,
            coaches=len(people.coaches), jurors=len(seats), scores=dossier.scores_given,
            aside=left_to_do(seats, dossier.scores_given, procedure.scores_needed),
            until=completions[-1].due_at if completions else None, outcome=outcome,
        ),
        offers=_possible(process.offers(dossier, by), told=dossier.state is dossier.shown_state),
        milestones=road(procedure, dossier.call.calendar, dossier.state, events),
        reading=reading_of(dossier, language=language, compare=True),
        checks=screening.checks_of(dossier) if "checks" in held else {},
        log=log,
        since=changes_since(dossier, log, language=language, present=False),
        notes=coaching.notes_on(dossier.id) if "notes" in held else [],
        waivers=coaching.waivers_of(dossier.id) if "waivers" in held else [],
        criteria=criteria, seats=seats,
        conflicts=dossiers.conflicts_of(dossier.id) if "conflicts" in held else [],
        coaches=people.coaches, handler=people.handler, candidates=people.candidates,
        decision=outcome.current, outcome=outcome,
        letters=letters_of(dossier.id) if "letters" in held else [],
        reports=_reports(dossier, language) if "reports" in held else [],
        events=events, completions=completions,
        silence=silence_of(dossier, completions),
        filed=filing.tags_for(dossier),
        staff_notes=filing.notes_on(dossier.id) if "staff_notes" in held else [],
        presentation=presentation, written="threads" in held,
    )  # fmt: skip


def left_to_do(seats: Sequence[Seat], given: int, needed: int) -> str:
    """What a juror who stands aside leaves to do: scores to decide on, or too few jurors for those needed."""
    if any(each.fate is Fate.undecided for each in seats):
        return "next_recusal"
    scoring = [
        each for each in seats if each.conflict is None and (each.sheet is None or not each.sheet.given_at)
    ]
    aside = any(each.conflict is not None for each in seats)
    return "next_replace" if aside and given + len(scoring) < needed else ""


def _reports(dossier: Application, language: str) -> list[tuple[ReportKind, Report, Reading]]:
    """The reports that were begun, each as it is read."""
    found = reports_of([dossier.id]).get(dossier.id, {})
    return [
        (kind, found[kind], report_reading(dossier, found[kind], language=language))
        for kind in ReportKind
        if kind in found
    ]


def _possible(found: Mapping[str, Sequence[Reason]], *, told: bool) -> Mapping[str, Sequence[Reason]]:
    """Without steps that are not for this dossier at all, and once the group was told without taking back
    what was proposed: their buttons would only be in the way.
    """
    never = NEVER_HERE | {"already_decided"} if told else NEVER_HERE
    return {
        trigger: reasons
        for trigger, reasons in found.items()
        if not any(reason.code in never for reason in reasons)
    }


NEVER_HERE = frozenset({"prepared_elsewhere", "no_offer", "hearing_missing"})


def place_in_words(dossier: Application) -> str:
    """Village, municipality and country of a dossier: one statement when it names a municipality."""
    if dossier.municipality_code is None:
        return dossier.village
    town = db.session.get_one(Municipality, dossier.municipality_code)
    return place_of(dossier.village, town.name, town.country)


def letters_of(dossier_id: int) -> list[Letter]:
    """The letters of a dossier, the newest first."""
    return list(db.session.scalars(_letters(), {"dossier": dossier_id}))


@lru_cache(maxsize=1)
def _letters() -> Select[Letter]:
    return select(Letter).where(Letter.dossier_id == bindparam("dossier")).order_by(Letter.number.desc())


def is_coached(dossier: Application) -> bool:
    """Whether the call of this dossier coaches at all."""
    return Procedure.of(dossier.call.procedure).coaching is not Coaching.none


def names_of(ids: set[int]) -> dict[int, str]:
    """By id, the names of these people."""
    if not ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class _People:
    coaches: Sequence[tuple[int, str]]
    handler: str | None
    candidates: Candidates


def _people(dossier: Application, *, may_give: bool) -> _People:
    """Who works on a dossier and, for somebody who gives tasks, who could: one statement, or three."""
    tasks: dict[int, Task] = {}
    named: dict[int, str] = {}
    for person_id, name, task in db.session.execute(_assigned(), {"dossier": dossier.id}):
        tasks[person_id], named[person_id] = task, name
    coaches = sorted(
        ((each, named[each]) for each, task in tasks.items() if task is Task.coach), key=lambda each: each[1]
    )
    handler = named.get(dossier.handler_id) if dossier.handler_id else None
    return _People(coaches, handler, _candidates(dossier, set(tasks)) if may_give else Candidates())


@lru_cache(maxsize=1)
def _assigned() -> Select[*tuple[Any, ...]]:
    """Kept, as the others: to put it together takes longer than to carry it out."""
    return (
        select(User.id, User.name, Assignment.task)
        .join(Assignment, Assignment.person_id == User.id)
        .where(Assignment.dossier_id == bindparam("dossier"))
    )


def _candidates(dossier: Application, working: set[int]) -> Candidates:
    free: dict[Role, list[tuple[int, str]]] = {Role.coach: [], Role.juror: [], Role.coordinator: []}
    for person_id, name, role in _holders(dossier, tuple(free)):
        if person_id not in working:
            free[role].append((person_id, name))
    loads = db.session.execute(_loads(), {"call": dossier.call_id})
    return Candidates(
        free[Role.coach], free[Role.juror], free[Role.coordinator], {row[0]: row[1] for row in loads}
    )


@lru_cache(maxsize=1)
def _loads() -> Select[*tuple[Any, ...]]:
    """From what is counted while it happens."""
    here = (Tally.call_id == bindparam("call"), Tally.tag_id.is_(None), Tally.state.not_in(OVER))
    number = func.sum(Tally.number)
    loads = select(Tally.handler_id, number).where(*here, Tally.handler_id.is_not(None))
    return loads.group_by(Tally.handler_id).having(number > 0)


def _holders(dossier: Application, roles: tuple[Role, ...]) -> Sequence[Any]:
    values = {"call": dossier.call_id, "lot": dossier.lot_id, "roles": roles}
    return db.session.execute(_holding(), values).all()


@lru_cache(maxsize=1)
def _holding() -> Select[*tuple[Any, ...]]:
    roles: BindParameter[Role] = bindparam("roles", expanding=True)
    scopes = (
        (Grant.scope_kind == "all")
        | ((Grant.scope_kind == "call") & (Grant.scope_id == bindparam("call")))
        | ((Grant.scope_kind == "lot") & (Grant.scope_id == bindparam("lot")))
    )
    return (
        select(User.id, User.name, Grant.role)
        .join(Grant, Grant.user_id == User.id)
        .where(User.active, Grant.role.in_(roles), scopes)
        .distinct()
        .order_by(User.name, User.id)
    )
