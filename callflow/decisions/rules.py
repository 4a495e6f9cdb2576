"""Rules of decisions that need no database."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
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
    return tied_among(
        (each.dossier_id, standing(each), fares(each.outcome, each.rank))
        for each in decisions
        if compared(each, each.dossier.total_percent)
    )


def tied_among(found: Iterable[tuple[int, Hashable, Hashable]]) -> frozenset[int]:
    """The ids of those that stand equal and fare differently."""
    groups: dict[Hashable, dict[int, Hashable]] = {}
    for dossier_id, stands, outcome in found:
        groups.setdefault(stands, {})[dossier_id] = outcome
    return frozenset(
        dossier_id for equals in groups.values() if len(set(equals.values())) > 1 for dossier_id in equals
    )


def compared(decision: Any, total: Decimal | None) -> bool:
    """What no longer holds, or was decided after a place came free, is no part of a tie."""
    scored = decision.outcome in ON_SCORES and total is not None
    return scored and decision.current and decision.origin is not State.reserve


def fares(outcome: State, rank: int | None) -> Hashable:
    """Conditions are a project's own: with them or without, it is selected."""
    return State.selected if outcome in GRANTING else outcome, rank


def day_over(said: Any, today: date) -> date | None:
    """The first of the days that its letter names, when it has come: whoever is told only then can no longer
    keep it. None while all of them lie ahead.
    """
    named = (said.answer_by, said.valid_until, said.postponed_until, said.proof_by)
    return min((day for day in named if day is not None and day <= today), default=None)


def unread(remarks_at: datetime | None, recorded_at: datetime | None) -> bool:
    """Whether the group commented after it was noted what the body decided: its letter would quote what
    nobody weighed (CRPA L121-1).
    """
    return remarks_at is not None and recorded_at is not None and remarks_at > recorded_at


def refuse_unless_conditional(dossier: Dossier) -> None:
    """Raise Refused unless the group was told that its project is selected with conditions."""
    if not dossier.state is dossier.shown_state is State.selected_with_conditions:
        raise Refused("conditions_over")


def standing(decision: Decision) -> tuple[Any, ...]:
    """What a dossier is ranked by: its total, then the means that the call names as tie-breaks, in that
    order.
    """
    return ranked_by(decision.dossier.total_percent, decision.reasons, decision.dossier.call.tie_breaks)


def ranked_by(
    total: Decimal | None, reasons: Iterable[Mapping[str, Any]], tie_breaks: Iterable[str]
) -> tuple[Any, ...]:
    """The same from what it rests on."""
    means = {reason["key"]: reason["mean"] for reason in reasons}
    return (total, *(means.get(key) for key in tie_breaks))
