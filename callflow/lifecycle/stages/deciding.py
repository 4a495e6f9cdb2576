"""Outcomes are prepared, and taken back before the body decides."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import outcome, scores
from callflow.lifecycle.stages.stage import Row


def deciding(entry: State) -> list[Row]:
    """Selected or not, prepared for the body that decides."""
    return [
        {
            "trigger": "select",
            "source": entry,
            "dest": State.selected,
            "permission": P.dossier_decide,
            "values": v.Selecting,
            "guards": [scores.counted, outcome.amount_allowed, outcome.within_envelope, outcome.within_days],
            "effects": [e.prepare_decision],
        },
        {
            "trigger": "decline",
            "source": entry,
            "dest": State.not_selected,
            "permission": P.dossier_decide,
            "values": v.Declining,
            "guards": [scores.counted],
            "effects": [e.prepare_decision],
        },
        *(_reopening(prepared, entry) for prepared in (State.selected, State.not_selected)),
    ]


def reserving(entry: State) -> list[Row]:
    """A place on the reserve list."""
    return [
        {
            "trigger": "reserve",
            "source": entry,
            "dest": State.reserve,
            "permission": P.dossier_decide,
            "values": v.Reserving,
            "guards": [scores.counted, outcome.valid_in_future],
            "effects": [e.prepare_decision],
        },
        _reopening(State.reserve, entry),
    ]


def _reopening(prepared: State, entry: State) -> Row:
    return {
        "trigger": "reopen",
        "source": prepared,
        "dest": entry,
        "permission": P.dossier_decide,
        "guards": [outcome.before_deciding],
        "effects": [e.discard_decision],
    }
