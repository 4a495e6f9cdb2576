"""The small procedure of a decision."""

from enum import StrEnum


class DecisionState(StrEnum):
    """Prepared by the coordinator, decided by the body, released to the applicant."""

    prepared = "prepared"
    decided = "decided"
    released = "released"
