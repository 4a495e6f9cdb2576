"""The switches of a call's procedure: which stages it has and with what numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from callflow.calls.states import Coaching, Counting

DAY_MINUTES = 480
"""A day of coaching where the set-up says nothing: eight hours, so that two half days make one."""


@dataclass(frozen=True)
class Procedure:
    """What a call's set-up says about its stages. ``sessions_needed`` and ``scores_needed`` are per
    dossier; ``day_minutes`` is what a day of coaching stands for; with ``own_scores`` a group reads each
    score that its project got, without names, once it was told of the decision; ``signatures`` is how many
    members of the group accept the agreement; with ``preapplication`` a group hands in a short form first.
    """

    coaching: Coaching = Coaching.none
    sessions_needed: int = 0
    scores_needed: int = 1
    counting: Counting = Counting.mean
    second_round: bool = False
    meeting: bool = False
    reserve: bool = True
    conditions: bool = True
    postponing: bool = True
    report: bool = True
    day_minutes: int = DAY_MINUTES
    completion: bool = True
    own_scores: bool = False
    presentation: bool = False
    agreement: bool = False
    signatures: int = 1
    interim: bool = False
    preapplication: bool = False

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Procedure":
        """The procedure as it stands in the database."""
        counting = Counting(stored.get("counting", Counting.mean))
        return cls(**{**stored, "coaching": Coaching(stored["coaching"]), "counting": counting})

    def as_stored(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return {
            name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(self).items()
        }
