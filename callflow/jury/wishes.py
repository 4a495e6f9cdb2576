"""What a coordinator wants of an assignment, and what makes a juror fit a dossier."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

READS, KNOWS, BEFORE = 50, 25, 25
"""Affinity of juror and dossier, of a hundred: reads its language, knows its lot, was on it before."""


class Earlier(StrEnum):
    """What becomes of pairings that exist and are not yet worked on."""

    keep = "keep"
    prefer = "prefer"
    drop = "drop"


@dataclass(frozen=True)
class Wishes:
    """The settings of a proposal. ``readers`` is how many jurors of a dossier must read its language."""

    per_dossier: int
    min_load: int
    max_load: int
    earlier: Earlier = Earlier.keep
    readers: int = 1
    both_sides: bool = False
    apart: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Wishes":
        """As they were asked for."""
        pairs = tuple((one, other) for one, other in stored["apart"])
        return cls(**{**stored, "earlier": Earlier(stored["earlier"]), "apart": pairs})

    def stored(self) -> dict[str, Any]:
        """As they are kept with the proposal."""
        return {**asdict(self), "earlier": self.earlier.value, "apart": [list(two) for two in self.apart]}


def fits(*, reads: bool, knows: bool, before: bool) -> tuple[int, tuple[str, ...]]:
    """The affinity and what it is made of."""
    parts = {"reads": READS * reads, "knows": KNOWS * knows, "before": BEFORE * before}
    return sum(parts.values()), tuple(name for name, points in parts.items() if points)
