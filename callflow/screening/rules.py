"""When the checklist of a dossier is open, and what a verdict must say."""

from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.screening.models import Verdict


def being_screened(dossier: Dossier) -> bool:
    """From submission until the screening ends with a step."""
    return dossier.state in (State.submitted, State.incomplete)


def needs_reason(verdict: Verdict) -> bool:
    """A point that is not in order is explained: the letter to the group stands on it."""
    return verdict is Verdict.failed
