"""A person's home: every application of their groups with what comes next, and the calls that are open."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.applications import answers
from callflow.applications.answers import Given
from callflow.applications.models import Answer, Application
from callflow.applications.rules import form_of
from callflow.calls.models import Call, Lot
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.desk.applicant import writing
from callflow.desk.applicant.next import Next, next_of, presents
from callflow.desk.outcome import NOTHING, Outcome, outcomes_of
from callflow.dossiers.models import Standing
from callflow.dossiers.rules import looker_sees
from callflow.dossiers.states import AFTER_SELECTION, OUTCOMES, State
from callflow.jury.models import Presentation
from callflow.jury.queries import presentations_of
from callflow.people import queries as people
from callflow.people.models import Group
from callflow.people.states import Right, at_least
from callflow.reports import rules
from callflow.reports.models import Report
from callflow.reports.queries import reports_of
from callflow.reports.states import ReportKind
from callflow.screening.models import CompletionRequest
from callflow.screening.queries import requests_of
from callflow.screening.rules import still_open

TOLD = OUTCOMES | frozenset(AFTER_SELECTION) - {State.closed}
"""States in which a group may have something to settle after a decision."""
WRITTEN = frozenset({State.draft, State.invited})
"""States in which a group writes what it is to hand in."""
OVER = frozenset(
    {
        State.withdrawn, State.closed, State.not_selected, State.inadmissible, State.not_invited,
        State.lapsed, State.revoked,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One application and what comes next in it."""

    application: Application
    next: Next

    @property
    def over(self) -> bool:
        return self.application.shown_state in OVER


@dataclass(frozen=True)
class Home:
    """What a person sees first. ``editable`` are the groups for which they may begin something."""

    lines: Sequence[Line]
    groups: Sequence[Group]
    editable: Sequence[Group]
    calls: Sequence[Call]

    @property
    def current(self) -> list[Line]:
        """What asks something of the group first, by its day; then the newest."""
        found = [line for line in self.lines if not line.over]
        return sorted(found, key=lambda line: (not line.next.mine, (line.next.due or "9") * line.next.mine))

    @property
    def past(self) -> list[Line]:
        return [line for line in self.lines if line.over]


def home(actor: Actor) -> Home:
    """The same few statements for one application or for thirty."""
    groups = people.groups_of(actor)
    return Home(
        lines_of(actor),
        groups,
        [group for group in groups if at_least(actor.right_in(group.id), Right.edit)],
        _open_calls(),
    )


def lines_of(actor: Actor, *where: ColumnElement[bool]) -> list[Line]:
    """The applications of this person's groups and what comes next in each; ``where`` leaves some out."""
    applications = _applications(actor, *where)
    given = _answers([each for each in applications if each.shown_state in WRITTEN])
    areas = answers.areas_of([each.lot_id for each in applications])
    reports = reports_of([each.id for each in applications])
    asked = requests_of([each.id for each in applications if each.shown_state is State.incomplete])
    last = {dossier_id: requests[-1] for dossier_id, requests in asked.items()}
    presentations = presentations_of([each.id for each in applications if presents(each)])
    outcomes = outcomes_of([each.id for each in applications if each.shown_state in TOLD], told=True)
    return [
        _line(
            each, actor, given, areas, reports, asked=last, outcome=outcomes.get(each.id, NOTHING),
            presentation=presentations.get(each.id),
        )
        for each in applications
    ]  # fmt: skip


def _applications(actor: Actor, *where: ColumnElement[bool]) -> Sequence[Application]:
    return db.session.scalars(
        select(Application)
        .where(
            Application.group_id.in_([group_id for group_id, _ in actor.groups]), looker_sees(actor), *where
        )
        .options(
            selectinload(Application.call),
            selectinload(Application.lot).options(joinedload(Lot.authority)),
            selectinload(Application.group),
        )
        .order_by(Application.created_at.desc(), Application.id.desc())
    ).all()


def _answers(drafts: Sequence[Application]) -> dict[int, dict[str, Given]]:
    rows = db.session.scalars(select(Answer).where(Answer.application_id.in_([each.id for each in drafts])))
    found: dict[int, dict[str, Given]] = {}
    for row in rows:
        found.setdefault(row.application_id, {})[row.field] = row
    return found


def _open_calls() -> Sequence[Call]:
    at = clock.now()
    return db.session.scalars(
        select(Call).where(Call.opens_at <= at, Call.closes_at > at).order_by(Call.closes_at, Call.id)
    ).all()


def _line(
    application: Application,
    actor: Actor,
    given: dict[int, dict[str, Given]],
    areas: dict[int, frozenset[str]],
    reports: dict[int, dict[ReportKind, Report]],
    *,
    asked: dict[int, CompletionRequest],
    outcome: Outcome,
    presentation: Presentation | None,
) -> Line:
    application.standing = Standing(actor.id)
    unanswered: tuple[str, ...] = ()
    report, request = writing.due(application, reports.get(application.id, {})), asked.get(application.id)
    if application.shown_state in WRITTEN:
        mine, form = given.get(application.id, {}), form_of(application)
        misfits = answers.misfits(application, mine, areas.get(application.lot_id, frozenset()))
        unanswered = answers.in_order(form, {*answers.missing(form, mine), *misfits})
    elif request is not None:
        unanswered = still_open(application, request, areas.get(application.lot_id, frozenset()))
    elif report.kind is not None:
        unanswered = rules.missing(application, report.begun, report.kind)
    submits = may(actor, P.application_submit, application)
    comes = next_of(
        application, actor, submits, missing=len(unanswered), report=report, request=request, outcome=outcome,
        presentation=presentation,
    )  # fmt: skip
    return Line(application, comes)
