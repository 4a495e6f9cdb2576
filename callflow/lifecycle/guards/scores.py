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


def why_again(case: Case) -> Reason | None:
    """Jurors and the group's file read why a project is scored once more."""
    return Reason("again_why") if case.values and not case.values.text.strip() else None


def on_agenda(case: Case) -> Reason | None:
    """A dossier is settled in a meeting that is open and has it on its agenda."""
    return None if case.facts.quorum is not None else Reason("not_on_agenda")


def quorum_there(case: Case) -> Reason | None:
    """Who has a conflict leaves the room and does not count."""
    if case.facts.quorum is None or case.facts.in_room >= case.facts.quorum:
        return None
    return Reason("quorum_missing", {"count": case.facts.in_room, "quorum": case.facts.quorum})


def agreed_with_reason(case: Case) -> Reason | None:
    """A total that goes before the scores lies on the scale and has its reason."""
    if not case.values or case.values.agreed is None:
        return None
    if not 0 <= case.values.agreed <= 100:
        return Reason("agreed_off_scale")
    return None if case.values.motivation.strip() else Reason("agreed_why")


def met(case: Case) -> Reason | None:
    """The jury settled this dossier in a meeting."""
    return None if case.facts.met else Reason("not_met")
