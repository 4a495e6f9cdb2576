"""When the scores of a dossier may be closed."""

from callflow.core.workflow import Case, Reason


def enough_scores(case: Case) -> Reason | None:
    """The minimum number of score sheets that were handed in, abstentions left out."""
    missing = case.facts.procedure.scores_needed - case.facts.scores_given
    return Reason("scores_missing", {"count": missing}) if missing > 0 else None


def nobody_still_scoring(case: Case) -> Reason | None:
    """Every assigned juror handed in or abstained."""
    return Reason("scores_open", {"count": case.facts.scores_open}) if case.facts.scores_open else None
