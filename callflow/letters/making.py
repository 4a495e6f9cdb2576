"""The worker's side of letters: take a few under a lease, make each PDF, store it, let its mails go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from callflow.core import clock, failpoint, outbox, pdf
from callflow.core.db import db, unit_of_work
from callflow.core.jobs import gone
from callflow.core.storage import storage
from callflow.letters import render, rules
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.letters.states import LetterState

AT_A_TIME = 8
"""Letters under one lease: few enough that a second worker finds some, many enough that claiming costs
nothing.
"""
LEASE = timedelta(minutes=3)
ATTEMPTS = 3


@dataclass(frozen=True)
class Work:
    """A claimed letter, out of the database's reach: no transaction is open while it is drawn."""

    id: int
    code: str
    context: LetterContext


def drain(holder: str, stopping: Callable[[], bool]) -> int:
    """Make the letters of one claim; how many were finished, failed or given back."""
    claimed = claim(holder)
    for done, work in enumerate(claimed):
        if stopping():
            give_back(holder, [each.id for each in claimed[done:]])
            return done
        make(work, holder)
    return len(claimed)


def claim(holder: str) -> list[Work]:
    """Take the oldest letters that nobody has, in a unit of work of its own."""
    with unit_of_work():
        letters = db.session.scalars(
            select(Letter)
            .where(Letter.state == LetterState.written)
            .order_by(Letter.id)
            .limit(AT_A_TIME)
            .with_for_update(skip_locked=True)
        ).all()
        for letter in letters:
            rules.move(letter, "take")
            letter.lease_by, letter.lease_until = holder, clock.now() + LEASE
            letter.attempts += 1
        return [Work(each.id, each.code, LetterContext.of(each.context)) for each in letters]


def make(work: Work, holder: str) -> None:
    """Draw one letter, store and note it."""
    note(work, holder, lambda: render.as_pdf(work.context))


def note(work: Work, holder: str, draw: Callable[[], bytes]) -> None:
    """Store what ``draw`` gives, here or from another process. What can be mended only by a person makes
    the letter fail, with the cause.
    """
    try:
        content = draw()
    except (render.LetterError, pdf.PdfError) as wrong:
        fail(work.id, holder, str(wrong))
        return
    finish(work, holder, storage().put(content), len(content))


def finish(work: Work, holder: str, sha256: str, size: int) -> None:
    """The PDF is there: the letter is rendered and its mails can go; unless the lease went to somebody
    else.
    """
    with unit_of_work():
        letter = _held(work.id, holder)
        if letter is None:
            return
        failpoint.enter("letter")
        letter.pdf_sha256, letter.pdf_size, letter.made_with = sha256, size, pdf.made_with()
        letter.lease_until, letter.lease_by, letter.failure = None, None, None
        rules.move(letter, "finish")
        outbox.letter_made(f"letter:{work.code}", sha256)


def fail(letter_id: int, holder: str, cause: str) -> None:
    """It cannot be made as it is: somebody must look. Its mails go on waiting."""
    with unit_of_work():
        letter = _held(letter_id, holder)
        if letter is not None:
            rules.move(letter, "fail")
            letter.failure, letter.lease_until, letter.lease_by = cause[:500], None, None
            outbox.letter_failed(f"letter:{letter.code}")


def give_back(holder: str, letter_ids: list[int]) -> None:
    """The worker stops before it came to these."""
    with unit_of_work():
        for letter_id in letter_ids:
            letter = _held(letter_id, holder)
            if letter is not None:
                rules.move(letter, "give_back")
                letter.lease_until, letter.lease_by = None, None
                letter.attempts -= 1


def sweep() -> int:
    """Free what dead workers held; a letter that ended several workers is not tried for ever. How many."""
    with unit_of_work():
        held = db.session.scalars(
            select(Letter).where(Letter.state == LetterState.rendering).with_for_update(skip_locked=True)
        ).all()
        lost = [
            each for each in held if gone(each.lease_by) or (each.lease_until or clock.now()) < clock.now()
        ]
        for letter in lost:
            letter.lease_until, letter.lease_by = None, None
            spent = letter.attempts >= ATTEMPTS
            rules.move(letter, "fail" if spent else "give_back")
            if spent:
                letter.failure = "several workers ended while making this"
                outbox.letter_failed(f"letter:{letter.code}")
    return len(lost)


def _held(letter_id: int, holder: str) -> Letter | None:
    letter = db.session.get(Letter, letter_id, with_for_update=True)
    return letter if letter and letter.lease_by == holder and letter.state == LetterState.rendering else None
