"""Rules of decisions that need no database."""

from collections.abc import Iterable
from typing import Any

from callflow.decisions.models import Decision
from callflow.dossiers.states import State

RANKED = frozenset({State.selected, State.reserve, State.not_selected})


def undecided(decisions: Iterable[Decision]) -> frozenset[int]:
    """Ids of dossiers that score the same, also on every tie-break the call published, and yet fare
    differently.

    Such a tie is for the jury or the body to break with a reason, never for the software or the order of
    rows.
    """
    groups: dict[tuple[Any, ...], list[Decision]] = {}
    for decision in decisions:
        if decision.outcome in RANKED and decision.dossier.total_percent is not None:
            groups.setdefault(standing(decision), []).append(decision)
    return frozenset(
        decision.dossier_id
        for equals in groups.values()
        if len({(decision.outcome, decision.rank) for decision in equals}) > 1
        for decision in equals
    )


def standing(decision: Decision) -> tuple[Any, ...]:
    """What a dossier is ranked by: its total, then the means that the call names as tie-breaks, in that
    order.
    """
    means = {reason["key"]: reason["mean"] for reason in decision.reasons}
    return (decision.dossier.total_percent, *(means.get(key) for key in decision.dossier.call.tie_breaks))
