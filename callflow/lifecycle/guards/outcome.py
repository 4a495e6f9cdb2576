"""What a decision must respect: the money, the days, the limits of the lot, and what was told already."""

from functools import lru_cache

from callflow.core import clock
from callflow.core.workflow import Case, Guard, Reason
from callflow.decisions.states import DecisionState
from callflow.dossiers.states import State


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
    if case.values and case.values.valid_until <= clock.local(case.at).date():
        return Reason("date_past")
    return None


def before_release(case: Case) -> Reason | None:
    """As long as the applicant has not been told."""
    return Reason("already_released") if case.facts.released else None


def before_deciding(case: Case) -> Reason | None:
    """What the body has decided, the coordinator does not undo, unless it was overtaken and cannot be told as
    it was decided.
    """
    decided = case.facts.decision_state is DecisionState.decided and not case.facts.overtaken
    return Reason("already_decided") if decided or case.facts.released else None


def conditions_whole(case: Case) -> Reason | None:
    """At least one condition, each with words, a proof and a day that is still to come."""
    if not case.values:
        return None
    if not case.values.conditions:
        return Reason("conditions_missing")
    if any(not (each.text.strip() and each.proof.strip()) for each in case.values.conditions):
        return Reason("condition_incomplete")
    if any(each.due_on <= clock.local(case.at).date() for each in case.values.conditions):
        return Reason("date_past")
    return None


def until_in_future(case: Case) -> Reason | None:
    """A decision is put off until a day to come, or until a later round, and the group reads why."""
    if case.values and case.values.until is not None and case.values.until <= clock.local(case.at).date():
        return Reason("date_past")
    if case.values and not case.values.motivation.strip():
        return Reason("motivation_missing")
    return None


@lru_cache(maxsize=16)
def prepared_from(origin: State) -> Guard:
    """A proposal is taken back to where it was made, and nowhere else."""

    def came_from(case: Case) -> Reason | None:
        return None if case.facts.origin in (None, origin) else Reason("prepared_elsewhere")

    came_from.__name__ = f"prepared_from_{origin.value}"
    return came_from
