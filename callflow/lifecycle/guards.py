"""The questions that hold a step back: each answers one, on a Case, with a Reason or None. No database
here.
"""

from decimal import Decimal

from callflow.core.workflow import Case, Reason
from callflow.decisions.states import DecisionState


def call_open(case: Case) -> Reason | None:
    """Between opening and closing, to the second."""
    if case.at < case.facts.opens_at:
        return Reason("call_not_open", {"opens_at": case.facts.opens_at.isoformat()})
    if case.at >= case.facts.closes_at:
        return Reason("call_closed", {"closes_at": case.facts.closes_at.isoformat()})
    return None


def answers_complete(case: Case) -> Reason | None:
    """Every question of the form is answered as it asks."""
    count = len(case.facts.unanswered)
    return (
        Reason("answers_missing", {"count": count, "fields": list(case.facts.unanswered)}) if count else None
    )


def same_text(case: Case) -> Reason | None:
    """The person submits the text they checked, not one that somebody changed meanwhile."""
    if case.values and case.values.content_version != case.record.content_version:
        return Reason("text_changed")
    return None


def every_point_passed(case: Case) -> Reason | None:
    """Each point of the checklist was looked at and found in order."""
    missing = len(case.facts.points) - case.facts.checks_passed
    if case.facts.checks_failed:
        return Reason("checks_failed", {"count": case.facts.checks_failed})
    return Reason("checks_missing", {"count": missing}) if missing > 0 else None


def article_named(case: Case) -> Reason | None:
    """A refusal names the article of the rules and the facts (act of 29-07-1991, art. 2-3; CRPA L211-5)."""
    if case.values and not (case.values.article.strip() and case.values.motivation.strip()):
        return Reason("article_missing")
    return None


def coached_enough(case: Case) -> Reason | None:
    """The number of coaching sessions that the call asks for."""
    missing = case.facts.procedure.sessions_needed - case.facts.sessions
    return Reason("sessions_missing", {"count": missing}) if missing > 0 else None


def enough_scores(case: Case) -> Reason | None:
    """The minimum number of score sheets that were handed in, abstentions left out."""
    missing = case.facts.procedure.scores_needed - case.facts.scores_given
    return Reason("scores_missing", {"count": missing}) if missing > 0 else None


def nobody_still_scoring(case: Case) -> Reason | None:
    """Every assigned juror handed in or abstained."""
    return Reason("scores_open", {"count": case.facts.scores_open}) if case.facts.scores_open else None


def within_envelope(case: Case) -> Reason | None:
    """The money of the lot, with everything already prepared or decided; needs the lot's row locked."""
    if not case.values or case.values.amount is None or case.facts.envelope is None:
        return None
    left = case.facts.envelope - case.facts.committed
    if case.values.amount > left:
        return Reason("envelope_exceeded", {"left": str(max(left, Decimal(0)))})
    return None


def within_days(case: Case) -> Reason | None:
    """The coaching days of the lot; needs the lot's row locked."""
    if not case.values or case.values.coaching_days is None or case.facts.days is None:
        return None
    left = case.facts.days - case.facts.days_committed
    return Reason("days_exceeded", {"left": max(left, 0)}) if case.values.coaching_days > left else None


def amount_allowed(case: Case) -> Reason | None:
    """Between the lot's minimum and maximum."""
    if not case.values or case.values.amount is None:
        return None
    if case.facts.maximum is not None and case.values.amount > case.facts.maximum:
        return Reason("amount_above_maximum", {"maximum": str(case.facts.maximum)})
    if case.facts.minimum is not None and case.values.amount < case.facts.minimum:
        return Reason("amount_below_minimum", {"minimum": str(case.facts.minimum)})
    return None


def valid_in_future(case: Case) -> Reason | None:
    """A reserve place that has already lapsed is no place."""
    if case.values and case.values.valid_until <= case.at.date():
        return Reason("date_past")
    return None


def before_release(case: Case) -> Reason | None:
    """As long as the applicant has not been told."""
    return Reason("already_released") if case.facts.released else None


def before_deciding(case: Case) -> Reason | None:
    """What the body has decided, the coordinator does not undo."""
    if case.facts.decision_state in (DecisionState.decided, DecisionState.released):
        return Reason("already_decided")
    return None


def after_release(case: Case) -> Reason | None:
    """What comes after a decision begins when the applicant has been told."""
    return None if case.facts.released else Reason("not_released")


def report_there(case: Case) -> Reason | None:
    """The report was filled in and sent."""
    return None if case.facts.report_submitted else Reason("report_missing")
