"""How far a proposal for an assignment is."""

from enum import StrEnum


class RunState(StrEnum):
    """Asked for, taken by a worker, and what came of it; ``dropped`` when something newer replaced it."""

    waiting = "waiting"
    running = "running"
    proposed = "proposed"
    impossible = "impossible"
    failed = "failed"
    confirmed = "confirmed"
    dropped = "dropped"


OPEN = frozenset({RunState.waiting, RunState.running})
"""States in which a worker still has something to do."""
