"""When coaching has been enough."""

from callflow.core.workflow import Case, Reason


def coached_enough(case: Case) -> Reason | None:
    """The number of coaching sessions that the call asks for, unless the coordinator waived it (N2)."""
    if case.facts.sessions_waived:
        return None
    missing = case.facts.procedure.sessions_needed - case.facts.sessions
    return Reason("sessions_missing", {"count": missing}) if missing > 0 else None
