"""The small procedure of a decision."""

from enum import StrEnum


class DecisionState(StrEnum):
    """Prepared by the coordinator, decided by the body, released to the applicant."""

    prepared = "prepared"
    decided = "decided"
    released = "released"


class Method(StrEnum):
    """How a selection board was worked out: by a plain rule, or as the best selection there is."""

    skip = "skip"
    stop = "stop"
    best = "best"
