"""What must hold between a dossier and the rows that hang on it."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from callflow.applications.models import Submission
from callflow.calls.models import Call, JointEnvelope, JointLot, Lot
from callflow.coaching.models import Advice, Session, Waiver, session_dossier
from callflow.coaching.states import Stretch
from callflow.core.trail import Event
from callflow.decisions import joint
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState, Ending
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.states import (
    AFTER_SELECTION,
    GRANTING,
    OUTCOMES,
    UNDER_WAY,
    Fate,
    Kind,
    State,
    Task,
)
from callflow.jury.models import Sheet
from callflow.letters.models import Letter
from callflow.letters.states import LetterState
from callflow.lifecycle.checking import Checks, Query
from callflow.people.models import Membership
from callflow.reports.models import Report
from callflow.reports.states import ReportKind
from callflow.screening.models import CompletionItem, CompletionRequest

DECIDED = frozenset(OUTCOMES) | frozenset(AFTER_SELECTION)
LETTERS = tuple(sorted(outcome.value for outcome in OUTCOMES))


check = Checks()


def _released() -> ColumnElement[bool]:
    """Whether the applicant was told of a decision."""
    return Decision.state == DecisionState.released


def _with_decision(detail: Any = Dossier.state) -> Query:
    """Each application with its current decision."""
    current = and_(Decision.dossier_id == Dossier.id, Decision.current)
    applied = select(Dossier.reference, detail).where(Dossier.kind == Kind.application)
    return applied.outerjoin(Decision, current)


@check
def decision_missing() -> Query:
    """A dossier with an outcome has the decision that gave it; a place that lapsed had one."""
    lapsed = and_(Dossier.state == State.not_selected, ended(Ending.lapsed))
    return _with_decision().where(Dossier.state.in_(DECIDED), Decision.id.is_(None), not_(lapsed))


def ended(*how: Ending) -> ColumnElement[bool]:
    """Whether a decision on the dossier ended in one of these ways."""
    one = aliased(Decision)
    return exists(
        select(one.id).where(one.dossier_id == Dossier.id, one.ended_how.in_(how)).correlate(Dossier)
    )


@check
def decision_disagrees() -> Query:
    """The outcome of the decision is that of the dossier; what comes later begins with being selected."""
    same = or_(
        and_(Dossier.state.in_(OUTCOMES), Decision.outcome == Dossier.state),
        and_(Dossier.state.in_(AFTER_SELECTION), Decision.outcome.in_(GRANTING)),
    )
    return _with_decision().where(Decision.id.is_not(None), not_(same))


@check
def shown_too_early() -> Query:
    """Nobody outside is shown an outcome before its release."""
    untold = or_(Decision.id.is_(None), not_(_released()))
    known = or_(ended(Ending.lapsed), _told_before())
    return _with_decision(Dossier.shown_state).where(untold, Dossier.shown_state.in_(DECIDED), not_(known))


def _told_before() -> ColumnElement[bool]:
    """What is shown was told by a decision that still holds while the next one is prepared."""
    one = aliased(Decision)
    told = and_(one.state == DecisionState.released, one.ended_at.is_(None))
    same = or_(
        one.outcome == Dossier.shown_state,
        and_(one.outcome.in_(GRANTING), Dossier.shown_state.in_(AFTER_SELECTION)),
    )
    return exists(select(one.id).where(one.dossier_id == Dossier.id, told, same).correlate(Dossier))


@check
def shown_state_behind() -> Query:
    """What is shown is what is, unless an outcome waits for its release."""
    before = or_(Dossier.shown_state.in_(UNDER_WAY), Dossier.shown_state == Decision.origin)
    waits = and_(Decision.id.is_not(None), not_(_released()), before)
    return _with_decision(Dossier.shown_state).where(Dossier.state != Dossier.shown_state, not_(waits))


@check
def lot_elsewhere() -> Query:
    """A dossier's lot is one of its call, and its decision counts in that lot."""
    elsewhere = or_(Lot.call_id != Dossier.call_id, Decision.lot_id != Dossier.lot_id)
    return _with_decision(Dossier.lot_id).join(Lot, Lot.id == Dossier.lot_id).where(elsewhere)


@check
def envelope_exceeded() -> Query:
    """What is promised in a lot stays within its money and that of the joint envelope behind it."""
    given, behind = func.sum(Decision.amount), func.coalesce(func.max(JointEnvelope.amount), 0)
    query = _promised(given).outerjoin(JointLot, JointLot.lot_id == Lot.id)
    query = query.outerjoin(JointEnvelope, JointEnvelope.id == JointLot.joint_id)
    return query.having(given > Lot.envelope + behind)


@check
def joint_envelope_exceeded() -> Query:
    """What lots promise above their own envelopes stays within the joint one."""
    over = joint.spilt().subquery()
    paid = func.sum(over.c.spilt)
    return (
        select(Call.reference + "/" + JointEnvelope.key, paid)
        .join(JointEnvelope, JointEnvelope.call_id == Call.id)
        .join(over, over.c.joint_id == JointEnvelope.id)
        .group_by(Call.reference, JointEnvelope.id, JointEnvelope.key, JointEnvelope.amount)
        .having(paid > JointEnvelope.amount)
    )


@check
def coaching_days_exceeded() -> Query:
    """What is promised in a lot stays within its coaching days."""
    given = func.sum(Decision.coaching_days)
    return _promised(given).having(given > Lot.coaching_days)


def _promised(given: Any) -> Query:
    return (
        select(Call.reference + "/" + Lot.key, given)
        .join(Lot, Lot.call_id == Call.id)
        .join(Decision, Decision.lot_id == Lot.id)
        .where(Decision.outcome.in_(GRANTING), Decision.ended_at.is_(None))
        .group_by(Call.reference, Lot.id, Lot.key, Lot.envelope, Lot.coaching_days)
    )


@check
def history_disagrees() -> Query:
    """The state is where the last step on the trail led."""
    step = aliased(Event)
    last = select(func.max(step.sequence)).where(step.trail_id == Dossier.trail_id, step.dest.is_not(None))
    newest = last.correlate(Dossier).scalar_subquery()
    led = func.coalesce(Event.dest, State.draft.value)
    query = select(Dossier.reference, led).outerjoin(
        Event, and_(Event.trail_id == Dossier.trail_id, Event.sequence == newest)
    )
    return query.where(Dossier.state != led)


@check
def submission_missing() -> Query:
    """The moment of the dossier is that of its first frozen version, or of the whole application after a
    short form, which handing it in wrote on the trail.
    """
    asked = and_(Event.trail_id == Dossier.trail_id, Event.action.in_(("preapply", "submit")))
    steps = select(func.max(Event.at)).where(asked)
    count = select(func.count()).select_from(Event).where(asked).correlate(Dossier).scalar_subquery()
    version = and_(Submission.application_id == Dossier.id, Submission.number == count)
    return (
        select(Dossier.reference, Submission.number)
        .outerjoin(Submission, version)
        .where(
            Dossier.kind == Kind.application,
            Dossier.submitted_at.is_not(None),
            or_(
                Submission.id.is_(None),
                Submission.submitted_at != Dossier.submitted_at,
                func.coalesce(steps.scalar_subquery() == Dossier.submitted_at, False).is_(False),
            ),
        )
    )


@check
def versions_disagree() -> Query:
    """Each frozen version was handed in by a step: in short, whole, completed, or a better one."""
    handed_in = Event.action.in_(("preapply", "submit", "complete", "revise"))
    steps = select(func.count()).where(Event.trail_id == Dossier.trail_id, handed_in).scalar_subquery()
    frozen = select(func.count()).where(Submission.application_id == Dossier.id).scalar_subquery()
    return select(Dossier.reference, frozen).where(Dossier.kind == Kind.application, frozen != steps)


@check
def completion_disagrees() -> Query:
    """A dossier waits for completion exactly while a request is open."""
    waits = exists().where(CompletionRequest.dossier_id == Dossier.id, CompletionRequest.ended_at.is_(None))
    return select(Dossier.reference, Dossier.state).where((Dossier.state == State.incomplete) != waits)


@check
def completion_asks_nothing() -> Query:
    """Every request names something."""
    asked = exists().where(CompletionItem.request_id == CompletionRequest.id)
    return (
        select(Dossier.reference, CompletionRequest.number)
        .join(CompletionRequest, CompletionRequest.dossier_id == Dossier.id)
        .where(~asked)
    )


@check
def completion_unasked() -> Query:
    """Every request was made by a step at its moment."""
    made = and_(
        Event.trail_id == Dossier.trail_id,
        Event.action == "return_for_completion",
        Event.at == CompletionRequest.asked_at,
    )
    return (
        select(Dossier.reference, CompletionRequest.number)
        .join(CompletionRequest, CompletionRequest.dossier_id == Dossier.id)
        .outerjoin(Event, made)
        .where(Event.id.is_(None))
    )


@check
def excluded_juror_counts() -> Query:
    """The scores of somebody with a conflict count nowhere."""
    theirs = and_(Sheet.dossier_id == Exclusion.dossier_id, Sheet.juror_id == Exclusion.person_id)
    return (
        select(Dossier.reference, Exclusion.person_id)
        .join(Exclusion, Exclusion.dossier_id == Dossier.id)
        .join(Sheet, theirs)
        .where(Sheet.given_at.is_not(None), ~Sheet.abstained, Exclusion.scores != Fate.kept)
    )


@check
def sheet_of_a_stranger() -> Query:
    """Scores that count are those of a juror assigned to the dossier."""
    theirs = and_(
        Assignment.dossier_id == Sheet.dossier_id,
        Assignment.person_id == Sheet.juror_id,
        Assignment.task == Task.juror,
    )
    return (
        select(Dossier.reference, Sheet.juror_id)
        .join(Sheet, Sheet.dossier_id == Dossier.id)
        .outerjoin(Assignment, theirs)
        .where(Sheet.given_at.is_not(None), ~Sheet.abstained, Assignment.id.is_(None))
    )


@check
def coach_is_juror() -> Query:
    """Who coached a dossier does not score it."""
    judged = and_(Sheet.dossier_id == session_dossier.c.dossier_id, Sheet.juror_id == Session.coach_id)
    return (
        select(Dossier.reference, Session.coach_id)
        .join(session_dossier, session_dossier.c.dossier_id == Dossier.id)
        .join(Session, Session.id == session_dossier.c.session_id)
        .join(Sheet, judged)
        .distinct()
    )


@check
def coached_too_little() -> Query:
    """Coaching was closed after the sessions that the call asks for, or a waiver says why not."""
    needed = Call.procedure["sessions_needed"].as_integer()
    closings = {"finish_coaching": Stretch.coaching, "finish_guidance": Stretch.guidance}
    short = [
        and_(
            exists().where(Event.trail_id == Dossier.trail_id, Event.action == step),
            _held(stretch) < needed,
            ~exists().where(Waiver.dossier_id == Dossier.id, Waiver.stretch == stretch),
        )
        for step, stretch in closings.items()
    ]
    applied = select(Dossier.reference, needed).where(Dossier.kind == Kind.application)
    return applied.join(Call, Call.id == Dossier.call_id).where(or_(*short))


def _held(stretch: Stretch) -> Any:
    counted = select(func.count()).select_from(session_dossier)
    held = counted.where(session_dossier.c.dossier_id == Dossier.id, session_dossier.c.stretch == stretch)
    return held.correlate(Dossier).scalar_subquery()


@check
def advice_without_session() -> Query:
    """Advice is to a dossier that its session served, on something that was handed in by then."""
    served = and_(
        session_dossier.c.session_id == Advice.session_id, session_dossier.c.dossier_id == Advice.dossier_id
    )
    version = and_(
        Submission.application_id == Advice.dossier_id, Submission.number == Advice.submission_number
    )
    return (
        select(Dossier.reference, Advice.id)
        .join(Advice, Advice.dossier_id == Dossier.id)
        .outerjoin(session_dossier, served)
        .outerjoin(Submission, version)
        .where(or_(session_dossier.c.session_id.is_(None), Submission.id.is_(None)))
    )


@check
def member_works_on_own() -> Query:
    """Nobody coaches or scores a dossier of their own group; who joined it later stands aside."""
    own = and_(Membership.group_id == Dossier.group_id, Membership.user_id == Assignment.person_id)
    aside = exists().where(Exclusion.dossier_id == Dossier.id, Exclusion.person_id == Assignment.person_id)
    return (
        select(Dossier.reference, Assignment.person_id)
        .join(Assignment, Assignment.dossier_id == Dossier.id)
        .join(Membership, own)
        .where(~aside)
    )


@check
def report_missing() -> Query:
    """A reported project has its report, sent in; a closed one that reported has it approved; and the same
    halfway.
    """
    halfway = (State.interim_reported, State.interim_approved)
    kind = case((Dossier.state.in_(halfway), ReportKind.interim), else_=ReportKind.final)
    unsent = or_(Report.id.is_(None), Report.submitted_at.is_(None))
    sent = and_(Dossier.state.in_((State.interim_reported, State.reported)), unsent)
    approved = and_(
        Dossier.state == State.closed, Report.submitted_at.is_not(None), Report.approved_at.is_(None)
    )
    opened = and_(Dossier.state == State.interim_approved, or_(unsent, Report.approved_at.is_(None)))
    return (
        select(Dossier.reference, Dossier.state)
        .outerjoin(Report, and_(Report.dossier_id == Dossier.id, Report.kind == kind))
        .where(Dossier.kind == Kind.application, or_(sent, approved, opened))
    )


@check
def letter_failed() -> Query:
    """A letter that was written can be made; one that failed waits for somebody, its mails with it."""
    return (
        select(Dossier.reference, Letter.number)
        .join(Letter, Letter.dossier_id == Dossier.id)
        .where(Letter.state == LetterState.failed)
        .order_by(Letter.id)
    )
