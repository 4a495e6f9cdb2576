"""When a group is invited to write the whole application, and until when it can hand it in."""

from callflow.core.workflow import Case, Reason


def time_to_write(case: Case) -> Reason | None:
    """Nobody is invited to write what can no longer be handed in."""
    return _late(case, "full_closed")


def full_in_time(case: Case) -> Reason | None:
    """Before the moment that the calendar names, to the second."""
    return _late(case, "full_late")


def full_over(case: Case) -> Reason | None:
    """An invitation lapses at that moment, not before."""
    until = case.facts.full_until
    if until is not None and case.at < until:
        return Reason("full_open", {"full_until": until.isoformat()})
    return None


def _late(case: Case, code: str) -> Reason | None:
    until = case.facts.full_until
    return Reason(code, {"full_until": until.isoformat()}) if until is not None and case.at >= until else None


def reason_given(case: Case) -> Reason | None:
    """The letter gives the reasons (act of 29-07-1991, art. 2-3; CRPA L211-5)."""
    return Reason("motivation_missing") if case.values and not case.values.motivation.strip() else None
