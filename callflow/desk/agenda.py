"""The prepared decisions of a lot as the deciding body gets them: best first, with what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from callflow.calls.models import Lot
from callflow.core.actor import Actor
from callflow.decisions import queries
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.desk import decisions as desk
from callflow.desk.reserve import reserve_lists
from callflow.dossiers.states import GRANTING, State

ORDER = (
    State.selected, State.selected_with_conditions, State.reserve, State.postponed, State.not_selected,
    State.inadmissible, State.not_invited, State.revoked,
)  # fmt: skip


@dataclass(frozen=True)
class Agenda:
    """``parts`` are the decisions by outcome; ``left`` is what the lot keeps when all of it is decided,
    for who may see all of it.
    """

    lot: Lot
    parts: Sequence[tuple[State, Sequence[Decision]]]
    left: Decimal | None

    @property
    def number(self) -> int:
        """How many decisions are asked of the body."""
        return sum(len(decisions) for _, decisions in self.parts)

    @property
    def amount(self) -> Decimal:
        """What the body grants with this list."""
        granted = (each for outcome, part in self.parts if outcome in GRANTING for each in part)
        return sum((each.amount or Decimal(0) for each in granted), Decimal(0))


def agenda_of(actor: Actor, reference: str, key: str) -> Agenda:
    """Of one lot. Raises NotFound out of the actor's reach."""
    lot = desk.lot_of(actor, reference, key)
    found = queries.of_lot(lot.id, by=actor, states=[DecisionState.prepared])
    parts = [(outcome, [each for each in found if each.outcome is outcome]) for outcome in ORDER]
    (free,) = reserve_lists(actor, lot.call_id, lot_id=lot.id)
    left = free.left if desk.sees_all_of(actor, lot) else None
    return Agenda(lot, [(outcome, _ordered(part)) for outcome, part in parts if part], left)


def _ordered(decisions: Sequence[Decision]) -> list[Decision]:
    """By place on the reserve list, then by score; equals by their titles, which decides nothing."""
    return sorted(decisions, key=_place)


def _place(decision: Decision) -> tuple[int, Decimal, str]:
    dossier = decision.dossier
    return decision.rank or 0, -(dossier.total_percent or Decimal(0)), dossier.title_key
