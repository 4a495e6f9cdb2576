"""When the screening may end, and how."""

from callflow.core.workflow import Case, Reason


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
