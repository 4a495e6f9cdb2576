"""The small procedure of a decision, how a condition stands, and how a decision stops to hold."""

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


class Ending(StrEnum):
    """Why a released decision no longer holds: the group gave it up, it was revoked, its time ran out, a
    later decision took its place, or the dossier was taken up again.
    """

    withdrawn = "withdrawn"
    revoked = "revoked"
    lapsed = "lapsed"
    followed = "followed"
    resumed = "resumed"


class Fulfilment(StrEnum):
    """How a condition stands; nothing changes by itself when its day has passed."""

    open = "open"
    met = "met"
    unmet = "unmet"
