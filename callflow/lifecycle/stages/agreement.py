"""The project agreement: how it is made is a small procedure of its own; here it is accepted."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle.guards import afterwards
from callflow.lifecycle.stages.stage import Row


def agreeing(entry: State) -> list[Row]:
    """The members who are asked to have accepted the text; the last of them takes the step."""
    return [
        {
            "trigger": "accept_agreement",
            "source": entry,
            "dest": State.agreed,
            "permission": P.agreement_accept,
            "guards": [
                afterwards.after_release, afterwards.offer_accepted, afterwards.nobody_heard,
                afterwards.agreement_accepted,
            ],
            "effects": [e.reveal],
        },
    ]  # fmt: skip
