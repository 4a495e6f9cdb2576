"""When a group is invited to present its project, and when it is noted whether it did."""

from callflow.core.workflow import Case, Reason


def time_and_place(case: Case) -> Reason | None:
    """An invitation says where, and when in time to come."""
    if case.values is None:
        return None
    if not case.values.place.strip():
        return Reason("presentation_nowhere")
    return Reason("presentation_past") if case.values.held_at <= case.at else None


def invited(case: Case) -> Reason | None:
    """Nobody is missed who was not invited."""
    return None if case.facts.presents_at is not None else Reason("not_invited")


def time_has_come(case: Case) -> Reason | None:
    """What took place is noted once it has begun."""
    at = case.facts.presents_at
    if at is not None and case.at < at:
        return Reason("presentation_ahead", {"held_at": at.isoformat()})
    return None


def absence_explained(case: Case) -> Reason | None:
    """The jury and the group's file read why nobody came."""
    if case.values and not case.values.came and not case.values.text.strip():
        return Reason("absence_unexplained")
    return None
