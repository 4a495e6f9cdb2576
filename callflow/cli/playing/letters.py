"""Letters made by the worker's own code, while a play goes on and at its end."""

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import click
from sqlalchemy import func, select

from callflow.core import heap, jobs, pdf
from callflow.core.db import db
from callflow.core.i18n import gettext
from callflow.letters import making, render
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.letters.states import LetterState

AHEAD = 2 * making.AT_A_TIME
"""Letters that the other process has before it: enough that it never waits while some dossiers are played."""
MEANWHILE = 12 * making.AT_A_TIME
"""The same while the digest is taken, which lets nobody in between."""


def can_be_made() -> str | None:
    """Nothing where PDFs can be made here, else why not."""
    try:
        pdf.made_with()
    except pdf.PdfUnavailable as lacking:
        return str(lacking)
    return None


def waiting() -> int:
    """How many have no PDF yet."""
    unmade = Letter.state.in_((LetterState.written, LetterState.rendering))
    return db.session.scalar(select(func.count(Letter.id)).where(unmade)) or 0


def made() -> int:
    """How many PDFs there are."""
    return db.session.scalar(select(func.count(Letter.id)).where(Letter.state == LetterState.rendered)) or 0


def make() -> int:
    """Make all that wait, in this process; how many PDFs there are then."""
    count = waiting()
    with _bar(count) as bar:
        while making.drain(jobs.identity("play"), lambda: False):
            bar.update(count - waiting() - bar.pos)
    return made()


def _ready() -> None:
    """In the other process, before its first letter."""
    pdf.made_with()
    heap.settle()


def _drawn(stored: dict[str, Any]) -> bytes:
    return render.as_pdf(LetterContext.of(stored))


@dataclass
class Press:
    """Another process that draws letters while this one plays on.

    It sees no database: letters are claimed and noted here, between two units of work, because a play on
    SQLite leaves others hardly a moment to write.
    """

    pool: ProcessPoolExecutor
    holder: str = field(default_factory=lambda: jobs.identity("press"))
    drawing: list[tuple[making.Work, "Future[bytes]"]] = field(default_factory=list)

    def turn(self, ahead: int = AHEAD) -> None:
        """Note what was drawn and hand over what waits, up to so many, with no unit of work open."""
        if done := [each for each in self.drawing if each[1].done()]:
            self.drawing = [each for each in self.drawing if not each[1].done()]
            for work, drawn in done:
                making.note(work, self.holder, drawn.result)
        while len(self.drawing) <= ahead - making.AT_A_TIME and (claimed := making.claim(self.holder)):
            for work in claimed:
                self.drawing.append((work, self.pool.submit(_drawn, work.context.as_stored())))

    def finish(self) -> int:
        """Make what is left, in both processes; how many PDFs there are then."""
        count = waiting()
        with _bar(count) as bar:
            while True:
                self.turn()
                here = making.claim(self.holder)
                for work in here:
                    making.make(work, self.holder)
                    self.turn()
                bar.update(count - waiting() - bar.pos)
                if not here and self.drawing:
                    self.drawing[0][1].exception()
                elif not here:
                    return made()


@contextmanager
def press() -> Iterator[Press]:
    """A press that is closed again; letters it still had are taken up by the next worker."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_ready) as pool:
        try:
            yield Press(pool)
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _bar(count: int) -> Iterator[Any]:
    with click.progressbar(length=max(count, 1), label=f"{gettext('Letters'):<14}", file=sys.stderr) as bar:
        yield bar
        bar.update(max(count, 1) - bar.pos)
