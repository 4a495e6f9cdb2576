"""The jury judges."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle.guards import scores
from callflow.lifecycle.stages.stage import Row


def scoring(entry: State) -> list[Row]:
    """Jurors score one by one, until the coordinator closes it."""
    return [
        {
            "trigger": "close_scoring",
            "source": entry,
            "dest": State.scored,
            "permission": P.jury_close,
            "guards": [scores.enough_scores, scores.nobody_still_scoring, scores.recusals_decided],
            "effects": [e.total_up, e.reveal],
        },
    ]
