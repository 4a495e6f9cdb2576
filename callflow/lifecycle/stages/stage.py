"""What a stage is: an entry, rows that read like the rules of a call, and an exit to join to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callflow.dossiers.states import State

Row = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """A stretch of the procedure. ``rows`` makes its steps for the state it is entered from; ``exit`` leads
    to the next.
    """

    name: str
    rows: Callable[[State], list[Row]]
    exit: State
