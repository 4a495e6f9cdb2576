"""When papers may be asked for, when they may still be brought, and what the coordinator may do instead."""

from callflow.core import clock
from callflow.core.workflow import Case, Reason
from callflow.lifecycle.terms import terms_of


def something_asked(case: Case) -> Reason | None:
    """At least one answer or paper is named, each with its reason (CRPA L114-5: say what is missing)."""
    if case.values is None:
        return None
    if not case.values.asked:
        return Reason("nothing_asked")
    missing = sum(1 for each in case.values.asked if not each.reason.strip())
    return Reason("asked_reasons_missing", {"count": missing}) if missing else None


def due_within_terms(case: Case) -> Reason | None:
    """The group gets the least days, and the calendar of the call holds."""
    if case.values is None:
        return None
    terms, due = terms_of(case.record, case.at), case.values.due_at
    if due <= case.at or clock.local(due).date() < terms.earliest:
        return Reason("due_too_early", {"earliest_day": terms.earliest.isoformat()})
    return Reason("due_too_late", {"latest_at": terms.latest.isoformat()}) if due > terms.latest else None


def in_time(case: Case) -> Reason | None:
    """Before the moment that was set, to the second."""
    due = case.facts.completion_due
    if due is not None and case.at >= due:
        return Reason("completion_late", {"due_at": due.isoformat()})
    return None


def same_copy(case: Case) -> Reason | None:
    """The person hands in the copy they checked, not one that somebody changed meanwhile."""
    if case.values and case.values.content_version != case.facts.completion_version:
        return Reason("text_changed")
    return None


def term_over(case: Case) -> Reason | None:
    """What is missing is held against a group only after the time that it was given."""
    due = case.facts.completion_due
    if due is not None and case.at < due:
        return Reason("completion_open", {"due_at": due.isoformat()})
    return None


def reason_before_due(case: Case) -> Reason | None:
    """Whoever stops waiting before the time is over says why."""
    due = case.facts.completion_due
    if case.values and due is not None and case.at < due and not case.values.text.strip():
        return Reason("reason_before_due", {"due_at": due.isoformat()})
    return None
