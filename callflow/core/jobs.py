"""Background work: rows are the queue, a worker takes them under a lease, and no dead worker holds anything
back.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import FrameType
from typing import Any, Protocol, TypeVar

from sqlalchemy import select

from callflow.core import clock, ids
from callflow.core.db import db

log = logging.getLogger("callflow.worker")
RESTS = 30.0
"""Seconds that work of one kind rests after it went wrong, and the other kinds go on."""
_token = ids.secret()[:6]


def identity(name: str) -> str:
    """Who holds a lease: the worker's name, its machine, and which process it is there."""
    return f"{name[:20]}@{socket.gethostname()[:36]}:{os.getpid()}:{_token}"


def gone(holder: str | None) -> bool:
    """Whether the process that took this lease is certainly no more; False where that cannot be known from
    here.
    """
    if not holder or holder.count(":") < 2:
        return False
    place, pid, token = holder.rsplit(":", 2)
    if place.partition("@")[2] != socket.gethostname()[:36] or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return token != _token
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class WorkState(StrEnum):
    """Something that a person waits for: asked for, taken by a worker, done or failed."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


WORK_OPEN = frozenset({WorkState.waiting, WorkState.running})
"""A worker still has something to do."""


class Leased(Protocol):
    """A row that a worker has taken."""

    lease_by: Any
    lease_until: Any


Row = TypeVar("Row", bound=Leased)
Result = TypeVar("Result")


def abandoned(held: Iterable[Row]) -> list[Row]:
    """Those of these rows whose worker is gone, or whose lease ran out."""
    now = clock.now()
    return [each for each in held if gone(each.lease_by) or (each.lease_until or now) < now]


def next_of(kind: type[Row], waiting: StrEnum) -> Row | None:
    """The row that waits longest and that no other worker has in hand; locked."""
    table: Any = kind
    oldest = select(kind).where(table.status == waiting).order_by(table.id).limit(1)
    return db.session.scalar(oldest.with_for_update(skip_locked=True))


def left_of(kind: type[Row], running: StrEnum) -> list[Row]:
    """The rows that dead workers left in this state; locked."""
    table: Any = kind
    held = select(kind).where(table.status == running).with_for_update(skip_locked=True)
    return abandoned(db.session.scalars(held).all())


@dataclass(frozen=True)
class Task:
    """One kind of work. ``drain`` takes what is due, a bounded number at a time, and counts it; ``sweep``
    frees what dead workers held. ``drain`` asks ``stopping`` before each item.
    """

    name: str
    drain: Callable[[str, Callable[[], bool]], int]
    sweep: Callable[[], int]


@dataclass
class Every:
    """A chore that is done when so many seconds have gone since the last time."""

    seconds: float
    chore: Callable[[], object]
    last: datetime | None = None

    def __call__(self) -> None:
        now = clock.now()
        if self.last is None or (now - self.last).total_seconds() >= self.seconds:
            self.last = now
            self.chore()


@dataclass
class Worker:
    """Does its tasks in their order until told to stop: looks again every ``idle`` seconds, sweeps every
    ``sweep_every`` and does the ``chores`` then, which keep the house in order.

    What goes wrong in one of them is told in the log and keeps no other back: that task rests, and is in
    ``failed``.
    """

    name: str
    tasks: Sequence[Task]
    chores: Sequence[Callable[[], object]] = ()
    idle: float = 0.5
    sweep_every: float = 60.0
    done: dict[str, int] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.holder = identity(self.name)
        self._stop = threading.Event()
        self._rests: dict[str, datetime] = {}

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Finish the item in hand and end."""
        self._stop.set()

    def obey_signals(self) -> None:
        """SIGTERM and Ctrl-C stop this worker; only in the main thread of a process of its own."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self.stop)

    def run(self, *, once: bool = False) -> dict[str, int]:
        """Work until stopped; with ``once`` until nothing is due. What was done, by task."""
        swept = None
        while not self._stop.is_set():
            now = clock.now()
            if swept is None or (now - swept).total_seconds() >= self.sweep_every:
                self._sweep()
                swept = now
            worked = sum(self._drain(task) for task in self.tasks)
            if once and not worked:
                break
            if not worked:
                self._stop.wait(self.idle)
        return self.done

    def _sweep(self) -> None:
        for task in self.tasks:
            if freed := self._tried(f"sweep of {task.name}", task.sweep):
                log.warning("%s: %s: %d left by a dead worker", self.name, task.name, freed)
        for chore in self.chores:
            self._tried("chore", chore)

    def _drain(self, task: Task) -> int:
        if self._rests.get(task.name, clock.now()) > clock.now():
            return 0
        worked = self._tried(task.name, lambda: task.drain(self.holder, self._stop.is_set)) or 0
        self.done[task.name] = self.done.get(task.name, 0) + worked
        return worked

    def _tried(self, name: str, work: Callable[[], Result]) -> Result | None:
        """What it gives; None when it went wrong, and it rests then."""
        try:
            return work()
        except Exception:
            log.exception("%s: %s went wrong", self.name, name)
            self.failed.add(name)
            self._rests[name] = clock.now() + timedelta(seconds=RESTS)
            return None
        finally:
            db.session.remove()
