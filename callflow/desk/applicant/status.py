"""The page of one application: where it is, what comes next, why not yet, what happened, what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.models import Application
from callflow.applications.rules import form_of, revisable
from callflow.calls.procedure import Procedure
from callflow.coaching import queries as coaching
from callflow.coaching.queries import Logged
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.core.trail import Event
from callflow.core.workflow import Reason
from callflow.decisions.models import Decision
from callflow.desk.applicant import writing
from callflow.desk.applicant.next import Next, next_of
from callflow.desk.applicant.own import offers, own
from callflow.desk.applicant.writing import Due
from callflow.desk.coaching.changes import Since, changes_since
from callflow.desk.outcome import Outcome, outcome_of
from callflow.dossiers.states import OUTCOMES, State
from callflow.jury.models import Presentation
from callflow.jury.queries import presentation_of
from callflow.letters import queries as letters
from callflow.letters.queries import Listed
from callflow.lifecycle.stages import road_of
from callflow.people.models import Membership, User
from callflow.people.states import Right
from callflow.reports import rules
from callflow.reports.models import Report
from callflow.reports.queries import reports_of
from callflow.reports.states import ReportKind
from callflow.screening import queries as completions
from callflow.screening.models import CompletionRequest
from callflow.screening.queries import request_of

BY_GROUP = frozenset(
    {
        "created", "answers_saved", "file_added", "file_removed", "preapply", "submit", "revise", "withdraw",
        "report_saved", "report_file_added", "report_interim", "report", "completion_saved", "complete",
        "proof_added", "accept_offer", "decline_offer", "remarks_sent", "payee_named", "agreement_signed",
        "agreement_send_back", "accept_agreement",
    }
)  # fmt: skip
BY_OFFICE = frozenset(
    {
        "invite",
        "lapse_invitation",
        "return_for_completion",
        "judge_as_is",
        "screen",
        "session_logged",
        "sessions_waived",
        "finish_coaching",
        "invite_to_present",
        "note_presentation",
        "close_scoring",
        "decision_released",
        "finish_guidance",
        "close",
        "condition_judged",
        "confirm",
        "resume",
        "lapse",
        "hear",
        "note_remarks",
        "drop_hearing",
        "agreement_offer",
        "agreement_take_back",
        "approve_interim",
        "return_interim",
        "return_report",
        "message_written",
    }
)
"""What a group may read in its history. Anything else is for the office, above all what is only prepared."""
TELLING = frozenset({"decision_released", "lapse"})
DECISION = "decision"
REACHES: dict[str, State | str] = {
    "created": State.draft,
    "preapply": State.preapplied,
    "invite": State.invited,
    "lapse_invitation": State.lapsed,
    "submit": State.submitted,
    "return_for_completion": State.incomplete,
    "screen": State.screened,
    "finish_coaching": State.coached,
    "note_presentation": State.presented,
    "close_scoring": State.scored,
    "finish_guidance": State.guided,
    "accept_agreement": State.agreed,
    "report_interim": State.interim_reported,
    "approve_interim": State.interim_approved,
    "report": State.reported,
    "close": State.closed,
    "withdraw": State.withdrawn,
    "decline_offer": State.withdrawn,
}
ENDED = frozenset({State.withdrawn, State.inadmissible, State.not_invited, State.lapsed, State.revoked})
"""States off the road, from which nothing comes."""


@dataclass(frozen=True)
class Happened:
    """A line of the timeline. ``by`` is the name of a member or the coach, None for the office; ``outcome``
    what was decided.
    """

    at: datetime
    action: str
    by: str | None
    outcome: str | None = None


@dataclass(frozen=True)
class Stage:
    """A pole of the steps bar: a state, or "decision" while nobody knows it; ``at`` or ``due`` says when."""

    state: str
    is_: str
    at: datetime | None = None
    due: str | None = None


@dataclass(frozen=True)
class Status:
    """Everything that the page shows."""

    application: Application
    stages: Sequence[Stage]
    next: Next
    offers: Mapping[str, list[Reason]]
    events: Sequence[Happened]
    letters: Sequence[Listed]
    log: Sequence[Logged]
    since: Mapping[int, Since]
    outcome: Outcome
    reports: Mapping[ReportKind, Report]
    due: Due
    request: CompletionRequest | None
    submitters: Sequence[str]
    presentation: Presentation | None = None

    @property
    def decision(self) -> Decision | None:
        """The decision that the group was told of and that holds."""
        return self.outcome.standing


def status(reference: str, actor: Actor, *, language: str) -> Status:
    """The same few statements whatever the application went through. Raises NotFound."""
    application = own(reference, actor)
    events, reports = _events(application), reports_of([application.id]).get(application.id, {})
    report = writing.due(application, reports)
    outcome = outcome_of(application.id, told=True)
    request = request_of(application) if application.submitted_at else None
    unanswered = _unanswered(application, report, request)
    submits = may(actor, P.application_submit, application)
    log = coaching.log_of(application)
    asked = Procedure.of(application.call.procedure).presentation
    presentation = presentation_of(application.id) if asked else None
    return Status(
        application=application,
        stages=stages(application, events, outcome.standing.outcome if outcome.standing else None),
        next=next_of(
            application,
            actor,
            submits,
            missing=len(unanswered),
            report=report,
            request=request,
            outcome=outcome,
            presentation=presentation,
        ),
        offers=_with_report(offers(application, actor, unanswered=unanswered), len(unanswered)),
        events=[event for event in events if event.action in BY_GROUP | BY_OFFICE][::-1],
        letters=letters.of_dossier(application.id),
        log=log,
        since=changes_since(application, log, language=language, present=True),
        outcome=outcome,
        reports=reports,
        due=report,
        request=request,
        submitters=submitters(application),
        presentation=presentation,
    )


def _unanswered(application: Application, report: Due, request: CompletionRequest | None) -> tuple[str, ...]:
    """What the form that is before the group still misses: the draft, the copy, or the report."""
    if application.shown_state in (State.draft, State.invited) or revisable(application):
        return answers.unanswered(application, form_of(application))
    if application.shown_state is State.incomplete and request is not None:
        return completions.unanswered(application, request)
    return rules.missing(application, report.begun, report.kind) if report.kind else ()


def _with_report(found: dict[str, list[Reason]], missing: int) -> dict[str, list[Reason]]:
    """The engine waits for a report that was sent; the group is told what to write before it can be sent."""
    for step in rules.STEPS.values():
        if step in found:
            others = [reason for reason in found[step] if reason.code != "report_missing"]
            unwritten = [Reason("answers_missing", {"count": missing})] if missing else []
            return {**found, step: [*others, *unwritten]}
    return found


def _events(application: Application) -> list[Happened]:
    """From the first to the last, and only those whose name is on one of the two lists."""
    rows = db.session.execute(
        select(Event.at, Event.action, User.name, Event.data)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.trail_id == application.trail_id, Event.action.in_(BY_GROUP | BY_OFFICE))
        .order_by(Event.sequence)
    )
    named = BY_GROUP | {"session_logged", "session_corrected"}
    return [
        Happened(at, action, name if action in named else None, data.get("outcome"))
        for at, action, name, data in rows
    ]


def submitters(application: Application) -> list[str]:
    """The names of the members who may submit, for those who may not."""
    return list(
        db.session.scalars(
            select(User.name)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.group_id == application.group_id, Membership.right == Right.submit)
            .order_by(User.name)
        )
    )


def stages(application: Application, events: Sequence[Happened], outcome: State | None = None) -> list[Stage]:
    """The way of this application, from what the group knows: past, now, and still to come.

    ``outcome`` is that of the released decision.
    """
    reached: dict[State | str, datetime] = {
        REACHES[event.action]: event.at for event in events if event.action in REACHES
    }
    told = next((event.at for event in reversed(events) if event.action in TELLING), None)
    now = application.shown_state
    way = _way(application)
    if now is State.incomplete:
        way.insert(way.index(State.submitted) + 1, State.incomplete)
    if now in ENDED:
        done = [Stage(str(state), "past", at) for state in way if (at := reached.get(state))]
        return [*done, Stage(str(now), "now", reached.get(now) or told)]
    here = DECISION if now in OUTCOMES else str(now)
    words = [str(state) for state in way]
    position = words.index(here) if here in words else words.index(str(State.submitted))
    found = []
    for number, state in enumerate(way):
        word = str(outcome) if state == DECISION and outcome else str(state)
        at = told if state == DECISION else reached.get(state)
        is_ = "past" if number < position else "now" if number == position else "coming"
        due = _due(application, str(state)) if is_ == "coming" else None
        found.append(Stage(word, is_, at if is_ != "coming" else None, due))
    return found


def _way(application: Application) -> list[State | str]:
    procedure = Procedure.of(application.call.procedure)
    straight = road_of(procedure)
    decided = straight.index(State.selected)
    refused = application.shown_state in (State.reserve, State.not_selected, State.postponed)
    return [*straight[:decided], DECISION, *([] if refused else straight[decided + 1 :])]


def _due(application: Application, state: str) -> str | None:
    """The day that the calendar of the call names for a step to come."""
    calendar = application.call.calendar
    closes, full = application.call.closes_at.isoformat(), calendar.get("full_until")
    named = {
        "preapplied": closes,
        "invited": calendar.get("invitations_on"),
        "submitted": full or closes,
        "coached": (calendar.get("coaching") or {}).get("until"),
        "scored": calendar.get("jury_on"),
        "decision": calendar.get("decision_on"),
        "guided": (calendar.get("guidance") or {}).get("until"),
        "interim_reported": calendar.get("interim_due"),
        "reported": calendar.get("report_due"),
    }
    return named.get(state)
