"""All letters of a release as one print file and one zip: asked for, made by a worker under a lease."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import aliased, joinedload

from callflow.calls.models import Lot
from callflow.core import clock, print_file, trail
from callflow.core.actor import Actor
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.jobs import WORK_OPEN, WorkState, left_of, next_of
from callflow.core.pdf import PdfError
from callflow.core.permissions import P, require
from callflow.core.storage import storage
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter, LetterBatch, LetterSeal
from callflow.letters.printing import Piece, Release, printed, zipped
from callflow.letters.states import LetterState

LEASE = timedelta(minutes=5)
ATTEMPTS = 3
TOLD_EVERY = 25
"""Letters after which the page is told how far it is."""


def letters_of(lot_id: int | None, released_at: Any) -> Select[Letter, str, str | None]:
    """The decision letters that left together at this moment, with reference and sealed copy, in the order of
    the references. A release is known by its lot and the one reading of the clock that it was made under;
    without lot those of all lots are given.
    """
    other = aliased(Letter)
    written = (
        select(func.min(other.number))
        .where(
            other.dossier_id == Decision.dossier_id, other.kind == Decision.outcome,
            other.written_at >= Decision.released_at,
        )
        .scalar_subquery()
    )  # fmt: skip
    return (
        select(Letter, Dossier.reference, LetterSeal.sha256)
        .select_from(Letter)
        .join(Decision, (Decision.dossier_id == Letter.dossier_id) & (Letter.number == written))
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .outerjoin(LetterSeal, LetterSeal.letter_id == Letter.id)
        .where(
            true() if lot_id is None else Decision.lot_id == lot_id, Decision.state == DecisionState.released,
            Decision.released_at == released_at,
        )
        .order_by(Dossier.reference)
    )  # fmt: skip


def ask(actor: Actor, lot: Lot, released_at: datetime) -> LetterBatch:
    """Ask for both files of a release; ``lot`` is locked. What was made before stays until they are ready.

    Raises Refused while one of its letters has no PDF, or when they are being made already; NotFound when
    nothing was released at that moment.
    """
    require(actor, P.mail_manage, lot)
    states = db.session.scalars(letters_of(lot.id, released_at).with_only_columns(Letter.state)).all()
    if not states:
        raise NotFound
    if unmade := sum(each is not LetterState.rendered for each in states):
        raise Refused("batch_letters_missing", count=unmade)
    mine = select(LetterBatch.id).where(
        LetterBatch.lot_id == lot.id, LetterBatch.released_at == released_at,
        LetterBatch.status.in_(WORK_OPEN),
    )  # fmt: skip
    if db.session.scalar(mine.limit(1)) is not None:
        raise Refused("batch_under_way")
    made = LetterBatch(
        lot_id=lot.id, released_at=released_at, status=WorkState.waiting, done=0, total=len(states),
        asked_by=actor.id, asked_at=clock.now(), attempts=0, failure="",
    )  # fmt: skip
    db.session.add(made)
    history = trail.locked(lot.call.trail_id)
    data = {"lot": lot.key, "released_at": released_at.isoformat(), "letters": len(states)}
    trail.record(history, actor, "letters_gathered", data=data)
    return made


@dataclass(frozen=True)
class Work:
    """A claimed batch, out of the database's reach. ``made`` are (letter, reference, sealed copy)."""

    id: int
    release: Release
    made: Sequence[Any]


def drain(holder: str, stopping: Callable[[], bool]) -> int:
    """Make the files that were asked for first; how many were done."""
    work = None if stopping() else _claim(holder)
    if work is None:
        return 0
    try:
        with storage().workplace() as folder:
            _make(work, holder, Path(folder), stopping)
    except (NotFound, PdfError, print_file.Unreadable) as wrong:
        _fail(work.id, holder, getattr(wrong, "code", "print_file_refused"))
    except _Stopped:
        _give_back(work.id, holder)
        return 0
    return 1


class _Stopped(Exception):
    """The worker is to end, or the batch went to another: what was made is thrown away."""


def _claim(holder: str) -> Work | None:
    with unit_of_work():
        batch = next_of(LetterBatch, WorkState.waiting)
        if batch is None:
            return None
        batch.status, batch.lease_by, batch.lease_until = WorkState.running, holder, clock.now() + LEASE
        batch.attempts, batch.done = batch.attempts + 1, 0
        lot = db.session.scalars(
            select(Lot).where(Lot.id == batch.lot_id).options(joinedload(Lot.call), joinedload(Lot.authority))
        ).one()
        release = Release(
            lot.authority.language, lot.authority.name, lot.call.title, lot.name, batch.released_at
        )
        made = [
            (_plain(letter), reference, sealed)
            for letter, reference, sealed in db.session.execute(letters_of(lot.id, batch.released_at))
        ]
        return Work(batch.id, release, made)


def _plain(letter: Letter) -> dict[str, Any]:
    """What a piece is made of, apart from the session."""
    return {
        "number": letter.number, "code": letter.code, "kind": letter.kind.value, "language": letter.language,
        "to": letter.context["addressee"], "pdf": letter.pdf_sha256,
    }  # fmt: skip


def _make(work: Work, holder: str, folder: Path, stopping: Callable[[], bool]) -> None:
    pieces = []
    for number, (said, reference, sealed) in enumerate(work.made):
        if number % TOLD_EVERY == 0:
            if stopping():
                raise _Stopped
            _tell(work.id, holder, number)
        pieces.append(_piece(said, reference, sealed))
    _tell(work.id, holder, len(pieces))
    paper, pages = printed(work.release, pieces, folder)
    files = zipped(work.release, pieces, folder)
    sizes = paper.stat().st_size, files.stat().st_size
    hashes = storage().take(paper), storage().take(files)
    with unit_of_work():
        batch = _held(work.id, holder)
        batch.pdf_sha256, batch.zip_sha256 = hashes
        batch.pdf_size, batch.zip_size = sizes
        batch.pages, batch.done = pages, len(pieces)
        _close(batch, WorkState.done)


def _piece(said: dict[str, Any], reference: str, sealed: str | None) -> Piece:
    """Paper carries no seal: it is printed as it was made; the zip holds what its addressee is given."""
    paper = storage().sound(said["pdf"] or "")
    sent = paper if sealed is None else storage().sound(sealed)
    return Piece(
        reference, said["number"], said["code"], said["kind"], said["language"], said["to"], paper, sent,
        sealed or said["pdf"], sealed is not None, print_file.pages_in(paper),
    )  # fmt: skip


def _tell(batch_id: int, holder: str, done: int) -> None:
    with unit_of_work():
        batch = _held(batch_id, holder)
        batch.done, batch.lease_until = done, clock.now() + LEASE


def _held(batch_id: int, holder: str) -> LetterBatch:
    batch = db.session.get(LetterBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.lease_by != holder or batch.status is not WorkState.running:
        raise _Stopped
    return batch


def _fail(batch_id: int, holder: str, code: str) -> None:
    with unit_of_work():
        batch = _held(batch_id, holder)
        batch.failure = code
        _close(batch, WorkState.failed)


def _give_back(batch_id: int, holder: str) -> None:
    with unit_of_work():
        batch = db.session.get(LetterBatch, batch_id, with_for_update=True, populate_existing=True)
        if batch is not None and batch.lease_by == holder:
            batch.attempts -= 1
            _close(batch, WorkState.waiting)


def _close(batch: LetterBatch, status: WorkState) -> None:
    batch.status, batch.lease_by, batch.lease_until = status, None, None
    batch.ended_at = None if status in WORK_OPEN else clock.now()


def sweep() -> int:
    """Free what dead workers held, and throw away what they left half made. How many."""
    with unit_of_work():
        left = left_of(LetterBatch, WorkState.running)
        for each in left:
            spent = each.attempts >= ATTEMPTS
            each.failure = "worker_ended" if spent else ""
            _close(each, WorkState.failed if spent else WorkState.waiting)
    storage().tidy(older_than=timedelta(days=1))
    return len(left)


def ready(lot: Lot, number: int) -> LetterBatch:
    """A batch of this lot whose files are there. Raises NotFound."""
    found = db.session.scalar(
        select(LetterBatch).where(LetterBatch.lot_id == lot.id, LetterBatch.id == number)
    )
    if found is None or found.status is not WorkState.done:
        raise NotFound
    return found
