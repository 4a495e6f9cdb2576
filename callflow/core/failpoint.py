"""A power cut on demand, for tests only: the process ends itself between two statements of a named passage.

Nothing happens unless CALLFLOW_ENV is ``test`` and CALLFLOW_FAILPOINT names a file. A passage of the code
calls ``enter("release")`` where it begins. When the file then holds ``release 7``, the thread that entered is
counted along: each SQL statement that was carried out is one, and so is each commit. At the seventh the file
is renamed to ``….reached`` and the process gets SIGKILL, as from ``kill -9``: nothing is rolled back, closed
or flushed. Only one process of several can rename the file, so one file is one cut.
"""

import os
import signal
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

_order = Path(os.environ["CALLFLOW_FAILPOINT"]) if os.environ.get("CALLFLOW_FAILPOINT") else None
_left = threading.local()
_listening = threading.Event()


def enter(passage: str) -> None:
    """From here on this thread is in the passage of that name."""
    if _order is None or os.environ.get("CALLFLOW_ENV") != "test":
        return
    try:
        wanted, count = _order.read_text(encoding="ascii").split()
    except (FileNotFoundError, ValueError):
        return
    if wanted == passage:
        _left.statements = int(count)
        _listen()


def _listen() -> None:
    if not _listening.is_set():
        _listening.set()
        event.listen(Engine, "after_cursor_execute", _passed)
        event.listen(Session, "after_commit", _passed)


def _passed(*_what: Any) -> None:
    left = getattr(_left, "statements", 0)
    if left == 0:
        return
    _left.statements = left - 1
    if left == 1:
        _cut()


def _cut() -> None:
    if _order is None:
        return
    try:
        _order.rename(_order.with_suffix(".reached"))
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
