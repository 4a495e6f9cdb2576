"""What comes after a decision."""

from callflow.core.workflow import Case, Reason


def after_release(case: Case) -> Reason | None:
    """What comes after a decision begins when the applicant has been told."""
    return None if case.facts.released else Reason("not_released")


def report_there(case: Case) -> Reason | None:
    """The report was filled in and sent."""
    return None if case.facts.report_submitted else Reason("report_missing")
