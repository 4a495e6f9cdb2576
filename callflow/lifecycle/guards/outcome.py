"""What a decision must respect: the money, the days, the limits of the lot, and what was told already."""

from callflow.core.workflow import Case, Reason
from callflow.decisions.states import DecisionState


def within_envelope(case: Case) -> Reason | None:
    """The money of the lot and of the joint envelope behind it, with everything already prepared or decided;
    needs the rows of all lots that share it locked.
    """
    left = case.facts.left
    if not case.values or case.values.amount is None or left is None:
        return None
    return Reason("envelope_exceeded", {"left": str(left)}) if case.values.amount > left else None


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
