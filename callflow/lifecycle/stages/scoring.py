"""The jury judges."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
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


def again(entry: State) -> list[Row]:
    """A second round: what was scored is scored once more, and the round before is kept."""
    return [
        {
            "trigger": "score_again",
            "source": State.scored,
            "dest": entry,
            "permission": P.jury_close,
            "values": v.ScoringAgain,
            "guards": [scores.why_again],
            "effects": [e.open_round, e.reveal],
        },
    ]


def meeting(entry: State) -> list[Row]:
    """The jury meets and settles each dossier: its scores stand, or a total is agreed."""
    return [
        {
            "trigger": "settle",
            "source": entry,
            "dest": entry,
            "permission": P.jury_meet,
            "values": v.Settling,
            "guards": [scores.on_agenda, scores.quorum_there, scores.agreed_with_reason],
            "effects": [e.settle],
        },
    ]


def only_met(rows: list[Row]) -> list[Row]:
    """Where a jury meets, nothing is proposed for a dossier that it has not settled."""
    return [
        {**row, "guards": [scores.met, *row.get("guards", [])]}
        if row["permission"] is P.dossier_decide and row["source"] is State.scored
        else row
        for row in rows
    ]
