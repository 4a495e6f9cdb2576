"""An applicant withdraws."""

from collections.abc import Sequence

from callflow.core.permissions import P
from callflow.core.workflow import Effect, Guard
from callflow.dossiers.states import UNDER_WAY, State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import afterwards, outcome
from callflow.lifecycle.stages.stage import Row

EARLY = tuple(state for state in UNDER_WAY if state is not State.incomplete)
PROMISED = (
    State.selected, State.selected_with_conditions, State.agreed, State.guided, State.interim_reported,
    State.interim_approved, State.reserve, State.postponed,
)  # fmt: skip
"""What a group can give up after it was told."""
REFUSED = (State.not_selected, State.inadmissible, State.not_invited, State.revoked)


def withdrawing() -> list[Row]:
    """An applicant withdraws until told of a refusal, whatever has been prepared meanwhile: buttons must not
    betray it. A project that was promised something gives it up, but not while it is heard about losing it:
    then the body decides.
    """
    left = [e.discard_decision, e.reveal, e.confirm_withdrawal]
    return [
        _withdrawal(State.draft, effects=[e.reveal]),
        _withdrawal(State.incomplete, effects=[e.end_completion, *left]),
        *(_withdrawal(source, effects=left) for source in EARLY),
        *(_withdrawal(source, guards=[afterwards.nobody_heard], effects=left) for source in PROMISED),
        *(
            _withdrawal(source, guards=[outcome.before_release, afterwards.nobody_heard], effects=left)
            for source in REFUSED
        ),
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
