"""Documents that are drawn when somebody asks for them, as minutes or a list for the deciding body: a worker
draws, so that no page waits for it and no web process holds the memory that drawing takes.

A document is known by what it says; whoever may ask for the same is given the same. It is no record: after a
day it is thrown away and drawn again for whoever asks. Letters are something else (letters/).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import LargeBinary, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core import clock, pdf
from callflow.core.db import Model, UtcDateTime, db, in_turn, stored, unit_of_work
from callflow.core.jobs import WORK_OPEN, WorkState, left_of, next_of
from config import ROOT

log = logging.getLogger("callflow.worker")
LEASE = timedelta(minutes=5)
ATTEMPTS = 3
KEPT = timedelta(days=1)
SHEETS = ROOT / "templates"


class Document(Model):
    """``digest`` is over the sheet and ``html``, which is emptied when ``content``, the PDF, is there."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    sheet: Mapped[str] = mapped_column(String(60))
    html: Mapped[str] = mapped_column(Text, deferred=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    status: Mapped[WorkState] = mapped_column(stored(WorkState, "document_status"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_by: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Wanted:
    """What is to be drawn."""

    html: str
    sheet: str

    @property
    def digest(self) -> str:
        """What this document is known by: another release may style the same words differently."""
        told = sha256(self.sheet.encode())
        told.update((SHEETS / self.sheet).read_bytes())
        told.update(self.html.encode())
        return told.hexdigest()


def wanted(html: str, sheet: Path) -> Wanted:
    """This HTML, its texts as they were typed, with this sheet, which lies among the templates."""
    return Wanted(pdf.readable(html), sheet.relative_to(SHEETS).as_posix())


@dataclass(frozen=True)
class Stand:
    """How far a document is, and since when it was asked for."""

    status: WorkState
    asked_at: datetime

    @property
    def open(self) -> bool:
        """Whether a worker still has something to do."""
        return self.status in WORK_OPEN


def stand(digest: str) -> Stand | None:
    """How far it is; None when nobody asked for it since it was last thrown away."""
    asked = select(Document.status, Document.asked_at).where(Document.digest == digest)
    row = db.session.execute(asked).first()
    return None if row is None else Stand(*row)


def content(digest: str) -> bytes | None:
    """The PDF, once it is there."""
    return db.session.scalar(select(Document.content).where(Document.digest == digest))


def ask(what: Wanted) -> None:
    """Have it drawn, in the running unit of work; what is asked for already or there stays as it is."""
    digest = what.digest
    in_turn(f"document {digest}")
    found = db.session.scalar(select(Document).where(Document.digest == digest))
    if found is None:
        found = Document(digest=digest, sheet=what.sheet, html=what.html, attempts=0)
        db.session.add(found)
    elif found.status is not WorkState.failed:
        return
    found.status, found.asked_at, found.attempts = WorkState.waiting, clock.now(), 0


def drain(holder: str, stopping: Callable[[], bool]) -> int:
    """Draw the document that was asked for first; how many were done."""
    claimed = None if stopping() else _claim(holder)
    if claimed is None:
        return 0
    number, what = claimed
    try:
        drawn = pdf.make(what.html, sheet=SHEETS / what.sheet, typed=True)
    except pdf.PdfError:
        log.exception("document %d cannot be drawn", number)
        drawn = None
    _note(number, holder, drawn)
    return 1


def _claim(holder: str) -> tuple[int, Wanted] | None:
    with unit_of_work():
        found = next_of(Document, WorkState.waiting)
        if found is None:
            return None
        found.status, found.attempts = WorkState.running, found.attempts + 1
        found.lease_by, found.lease_until = holder, clock.now() + LEASE
        return found.id, Wanted(found.html, found.sheet)


def _note(number: int, holder: str, drawn: bytes | None) -> None:
    """Keep what was drawn, unless it went to another worker meanwhile or was thrown away."""
    with unit_of_work():
        found = db.session.get(Document, number, with_for_update=True, populate_existing=True)
        if found is None or found.lease_by != holder or found.status is not WorkState.running:
            return
        if drawn is not None:
            found.html, found.content = "", drawn
        found.status = WorkState.failed if drawn is None else WorkState.done
        found.lease_by = found.lease_until = None


def sweep() -> int:
    """Free what dead workers held; how many. What no worker lived through is failed."""
    with unit_of_work():
        left = left_of(Document, WorkState.running)
        for each in left:
            each.status = WorkState.failed if each.attempts >= ATTEMPTS else WorkState.waiting
            each.lease_by = each.lease_until = None
    return len(left)


def throw_away() -> None:
    """What was asked for a day ago goes, whatever became of it: it holds names and sums of that day."""
    with unit_of_work():
        db.session.execute(delete(Document).where(Document.asked_at < clock.now() - KEPT))
