"""HiGHS, the solver of linear and integer programmes, without the banner it prints once a process."""

import os
import sys
from functools import lru_cache
from threading import Lock
from typing import Any

_first = Lock()


def highs() -> Any:
    """The module highspy. The first call imports it; until then nobody waits for it or carries it."""
    with _first:
        return _quietly()


@lru_cache(maxsize=1)
def _quietly() -> Any:
    """The first solver of a process writes its banner to the standard output itself, past every option: into
    a table that a command writes there.
    """
    import highspy  # slow import: a tenth of a second, and numpy with it

    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor says nothing of itself
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    return highspy
