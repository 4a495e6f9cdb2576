"""What comes after a decision: conditions, the reserve list, offers, hearings, reports."""

from datetime import date

from callflow.core import clock
from callflow.core.workflow import Case, Reason


def _today(case: Case) -> date:
    """Days end at midnight where the call is, not in Greenwich."""
    return clock.local(case.at).date()


def after_release(case: Case) -> Reason | None:
    """What comes after a decision begins when the applicant has been told."""
    return None if case.facts.released else Reason("not_released")


def report_there(case: Case) -> Reason | None:
    """The report was filled in and sent."""
    return None if case.facts.report_submitted else Reason("report_missing")


def agreement_accepted(case: Case) -> Reason | None:
    """The agreement was accepted by as many members as the call asks."""
    return None if case.facts.agreed else Reason("agreement_missing")


def interim_there(case: Case) -> Reason | None:
    """The report halfway was filled in and sent."""
    return None if case.facts.interim_submitted else Reason("report_missing")


def why_returned(case: Case) -> Reason | None:
    """A report goes back with its reason: the group must know what to change."""
    return Reason("return_why") if case.values and not case.values.text.strip() else None


def costs_named(case: Case) -> Reason | None:
    """Where money was granted, its report is approved with the costs: the balance is settled upon them."""
    left_out = case.values and case.values.approved_costs is None
    return Reason("approved_costs_missing") if left_out and case.facts.granted else None


def conditions_met(case: Case) -> Reason | None:
    """The coordinator found every condition met; a day that has passed does nothing by itself."""
    count = case.facts.conditions_open
    return Reason("conditions_open", {"count": count}) if count else None


def place_holds(case: Case) -> Reason | None:
    """A place on the reserve list holds to the end of its day."""
    until = case.facts.valid_until
    if until is not None and until < _today(case):
        return Reason("place_over", {"valid_until": until.isoformat()})
    return None


def place_over(case: Case) -> Reason | None:
    """A place lapses after its day, not before."""
    until = case.facts.valid_until
    if until is not None and until >= _today(case):
        return Reason("place_holds", {"valid_until": until.isoformat()})
    return None


def in_order(case: Case) -> Reason | None:
    """The list is followed; whoever goes before another that stands as high has a reason in words."""
    if case.values and case.facts.ahead and not case.values.order.strip():
        return Reason("order_reason_missing", {"count": case.facts.ahead})
    return None


def answer_in_future(case: Case) -> Reason | None:
    """Time to answer an offer."""
    return Reason("date_past") if case.values and case.values.answer_by <= _today(case) else None


def offer_open(case: Case) -> Reason | None:
    """There is an offer that waits for an answer, and its day has not passed."""
    if case.facts.answer_by is None or case.facts.answered:
        return Reason("no_offer")
    if case.facts.answer_by < _today(case):
        return Reason("offer_over", {"answer_by": case.facts.answer_by.isoformat()})
    return None


def offer_over(case: Case) -> Reason | None:
    """An offer lapses after its day when nobody answered."""
    if case.facts.answer_by is None or case.facts.answered:
        return Reason("no_offer")
    if case.facts.answer_by >= _today(case):
        return Reason("offer_waits", {"answer_by": case.facts.answer_by.isoformat()})
    return None


def offer_accepted(case: Case) -> Reason | None:
    """What follows an offer begins when the group accepted it."""
    if case.facts.answer_by is not None and not case.facts.answered:
        return Reason("offer_waits", {"answer_by": case.facts.answer_by.isoformat()})
    return None


def nobody_heard(case: Case) -> Reason | None:
    """One hearing at a time; while one is open, nothing else is settled about the support."""
    return Reason("hearing_open") if case.facts.comment_until else None


def hearing_there(case: Case) -> Reason | None:
    """A hearing is open."""
    return None if case.facts.comment_until else Reason("hearing_missing")


def heard(case: Case) -> Reason | None:
    """Nobody loses what was promised unheard: the group commented, or its days to do so have passed (CRPA
    L121-1).
    """
    until = case.facts.comment_until
    if until is None:
        return Reason("hearing_missing")
    if not case.facts.commented and until >= _today(case):
        return Reason("hearing_runs", {"comment_until": until.isoformat()})
    return None


def grounds_named(case: Case) -> Reason | None:
    """An invitation and a revocation name the article and the facts (act of 29-07-1991, art. 2-3; CRPA
    L211-5).
    """
    given = case.values
    facts: str = getattr(given, "facts", "") or getattr(given, "motivation", "")
    return None if not given or (given.article.strip() and facts.strip()) else Reason("grounds_missing")


def comment_in_future(case: Case) -> Reason | None:
    """Time to comment."""
    return Reason("date_past") if case.values and case.values.comment_until <= _today(case) else None


def remark_there(case: Case) -> Reason | None:
    """What the group said is not empty."""
    return Reason("remarks_missing") if case.values and not case.values.text.strip() else None


def repayment_within(case: Case) -> Reason | None:
    """Nobody pays back more than was granted."""
    asked, granted = case.values.repayment if case.values else None, case.facts.granted
    if asked is not None and asked > (granted or 0):
        return Reason("repayment_above_grant", {"granted": str(granted or 0)})
    return None
