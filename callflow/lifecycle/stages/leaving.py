"""An applicant withdraws."""

from collections.abc import Sequence

from callflow.core.permissions import P
from callflow.core.workflow import Effect, Guard
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import outcome
from callflow.lifecycle.stages.stage import Row


def withdrawing() -> list[Row]:
    """An applicant withdraws until told of a decision, whatever has been prepared meanwhile: buttons must not
    betray it.
    """
    early = (State.submitted, State.screened, State.coached, State.scored)
    prepared = (State.selected, State.reserve, State.not_selected, State.inadmissible)
    told = [e.discard_decision, e.reveal, e.confirm_withdrawal]
    return [
        _withdrawal(State.draft, effects=[e.reveal]),
        _withdrawal(State.incomplete, effects=[e.end_completion, *told]),
    ] + [
        _withdrawal(
            source,
            guards=[outcome.before_release] if source in prepared else [],
            effects=told,
        )
        for source in (*early, *prepared)
    ]


def _withdrawal(source: State, *, guards: Sequence[Guard] = (), effects: Sequence[Effect]) -> Row:
    return {
        "trigger": "withdraw",
        "source": source,
        "dest": State.withdrawn,
        "permission": P.application_withdraw,
        "values": v.Reason,
        "guards": guards,
        "effects": effects,
    }
