"""The one source of time: read once per request or job, fixed in tests and rehearsals."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
_reading: ContextVar[datetime | None] = ContextVar("clock_reading", default=None)
_read_here: ContextVar[bool] = ContextVar("clock_read_here", default=False)


def now() -> datetime:
    """The moment of this request or job, in UTC; the wall clock where nobody has read it yet."""
    return _reading.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Brussels, which is also that of Paris."""
    return now().astimezone(BRUSSELS).date()


def read() -> None:
    """Fix the clock for the rest of this request, so that a request that waits for a lock is not late.

    Where somebody fixed it already (a rehearsal, a test), it stays as it is.
    """
    if _reading.get() is None:
        _reading.set(datetime.now(UTC))
        _read_here.set(True)


def release() -> None:
    """Let the clock run again: at the end of a request, because its thread serves others."""
    if _read_here.get():
        _reading.set(None)
        _read_here.set(False)


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Everything inside happens at ``at`` (aware)."""
    token = _reading.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _reading.reset(token)


def local(moment: datetime) -> datetime:
    """The same moment as clocks in Brussels show it."""
    return moment.astimezone(BRUSSELS)


def at(day: date, hour: time) -> datetime:
    """The moment at which clocks in Brussels show this hour on this day, in UTC.

    An hour that the clocks skip in spring is the moment at which they go forward (02:30 is 03:00 summer
    time); one that they show twice in autumn is the later one: nothing happens before its hour is over.
    """
    wanted = datetime.combine(day, hour, BRUSSELS).replace(fold=1)
    moment = wanted.astimezone(UTC)
    if moment.astimezone(BRUSSELS).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return moment
    before, after = moment, wanted.replace(fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        between = before + (after - before) / 2
        changed = between.astimezone(BRUSSELS).utcoffset() != before.astimezone(BRUSSELS).utcoffset()
        before, after = (before, between) if changed else (between, after)
    return after.replace(microsecond=0)
