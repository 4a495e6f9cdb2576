"""Rules of decisions that need no database."""

from collections.abc import Iterable
from typing import Any

from callflow.core.errors import Refused
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import GRANTING, State

ON_SCORES = GRANTING | {State.reserve, State.not_selected}
"""Outcomes that rest on the scores, with reasons per criterion; any other rests on what is written."""


def undecided(decisions: Iterable[Decision]) -> frozenset[int]:
    """Ids of dossiers that score the same, also on every tie-break the call published, and yet fare
    differently.

    Such a tie is for the jury or the body to break with a reason, never for the software or the order of
    rows.
    """
    groups: dict[tuple[Any, ...], list[Decision]] = {}
    for decision in decisions:
        if _compared(decision):
            groups.setdefault(standing(decision), []).append(decision)
    return frozenset(
        decision.dossier_id
        for equals in groups.values()
        if len({(_fares(decision.outcome), decision.rank) for decision in equals}) > 1
        for decision in equals
    )


def _compared(decision: Decision) -> bool:
    """What no longer holds, or was decided after a place came free, is no part of a tie."""
    scored = decision.outcome in ON_SCORES and decision.dossier.total_percent is not None
    return scored and decision.current and decision.origin is not State.reserve


def _fares(outcome: State) -> State:
    """Conditions are a project's own: with them or without, it is selected."""
    return State.selected if outcome in GRANTING else outcome


def refuse_unless_conditional(dossier: Dossier) -> None:
    """Raise Refused unless the group was told that its project is selected with conditions."""
    if not dossier.state is dossier.shown_state is State.selected_with_conditions:
        raise Refused("conditions_over")


def standing(decision: Decision) -> tuple[Any, ...]:
    """What a dossier is ranked by: its total, then the means that the call names as tie-breaks, in that
    order.
    """
    means = {reason["key"]: reason["mean"] for reason in decision.reasons}
    return (decision.dossier.total_percent, *(means.get(key) for key in decision.dossier.call.tie_breaks))
