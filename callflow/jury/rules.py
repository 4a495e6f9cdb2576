"""When a sheet is open, what is still missing on it, and who may read before scoring."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from callflow.calls.models import Criterion
from callflow.calls.procedure import Procedure
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State

REASON = 4_000
"""Longest reason on one criterion, in characters."""

REMINDER = "jury_reminder"
"""The notice of the mail that reminds a juror of what still waits."""
REST = timedelta(hours=20)
"""Nobody is reminded twice within this time."""


@dataclass(frozen=True)
class Given:
    """What a juror gives on one criterion; ``value`` is None while there is none, or when none applies."""

    value: Decimal | None = None
    not_applicable: bool = False
    reason: str = ""

    @property
    def settled(self) -> bool:
        """A score, or the word that none applies."""
        return self.not_applicable or self.value is not None


@dataclass(frozen=True)
class Gap:
    """What a criterion still lacks before the sheet is handed in: ``score_missing`` or ``reason_missing``."""

    criterion: str
    code: str


_BEFORE: dict[str, Callable[[Procedure], State]] = {}


def install(before_scoring: Callable[[Procedure], State]) -> None:
    """Who composes procedures lies above and says in which state scoring begins; called once by app.py."""
    _BEFORE["scoring"] = before_scoring


def scoring_from(procedure: Procedure) -> State:
    """The state in which dossiers of such a call are scored."""
    return _BEFORE["scoring"](procedure)


def scoring_open(dossier: Dossier) -> bool:
    """Whether jurors may write: the dossier got as far as scoring, and nobody closed it yet."""
    return dossier.state is scoring_from(Procedure.of(dossier.call.procedure))


def on_scale(value: Decimal, scale_max: int) -> bool:
    """Whole points or halves between zero and the top of the scale."""
    return 0 <= value <= scale_max and value * 2 == int(value * 2)


def gaps(criteria: Iterable[Criterion], given: Mapping[str, Given]) -> list[Gap]:
    """What is missing, in the order of the rubric; "not applicable" needs its reason too, for the group."""
    found = []
    for criterion in criteria:
        each = given.get(criterion.key, Given())
        if not each.settled:
            found.append(Gap(criterion.key, "score_missing"))
        elif not each.reason.strip():
            found.append(Gap(criterion.key, "reason_missing"))
    return found
