"""When the scores of a dossier may be closed."""

from callflow.core.workflow import Case, Reason


def enough_scores(case: Case) -> Reason | None:
    """The minimum number of score sheets that were handed in, abstentions left out."""
    missing = case.facts.procedure.scores_needed - case.facts.scores_given
    return Reason("scores_missing", {"count": missing}) if missing > 0 else None


def nobody_still_scoring(case: Case) -> Reason | None:
    """Every assigned juror handed in or abstained."""
    return Reason("scores_open", {"count": case.facts.scores_open}) if case.facts.scores_open else None


def counted(case: Case) -> Reason | None:
    """Where habits are taken out of the totals, they are frozen before anybody is chosen by them."""
    return Reason("uncounted") if case.facts.uncounted else None


def recusals_decided(case: Case) -> Reason | None:
    """For every juror who stood aside after handing in, it is decided whether those scores count."""
    return Reason("recusals_open", {"count": case.facts.recusals_open}) if case.facts.recusals_open else None
