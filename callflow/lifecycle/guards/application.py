"""When an application may be handed in."""

from callflow.core.workflow import Case, Reason


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


def something_new(case: Case) -> Reason | None:
    """A better version differs from what was handed in last."""
    return None if case.facts.revised else Reason("nothing_revised")


def same_text(case: Case) -> Reason | None:
    """The person submits the text they checked, not one that somebody changed meanwhile."""
    if case.values and case.values.content_version != case.record.content_version:
        return Reason("text_changed")
    return None
