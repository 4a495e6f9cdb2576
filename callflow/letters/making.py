"""The worker's side of letters: take a few under a lease, make each PDF, seal it where its authority has a
certificate, store it, let its mails go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from callflow.calls.models import Authority, Lot
from callflow.core import clock, failpoint, i18n, outbox, pdf, seal, trail
from callflow.core.db import db, unit_of_work
from callflow.core.i18n import gettext as _
from callflow.core.jobs import abandoned
from callflow.core.seal import SealBroken, Sealed
from callflow.core.storage import storage
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.letters import render, rules
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter, LetterSeal
from callflow.letters.states import LetterState

AT_A_TIME = 8
"""Letters under one lease: few enough that a second worker finds some, many enough that claiming costs
nothing.
"""
LEASE = timedelta(minutes=3)
ATTEMPTS = 3
RESTS = timedelta(minutes=1)
"""How long letters of an authority wait after its seal could not be applied."""

_resting: dict[str, tuple[datetime, str]] = {}
"""By key of the authority, until when and for which reason."""


@dataclass(frozen=True)
class Work:
    """A claimed letter, out of the database's reach: no transaction is open while it is drawn."""

    id: int
    code: str
    context: LetterContext
    reference: str
    authority: str


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
    """Take the oldest letters that nobody has, in a unit of work of its own.

    Letters of an authority whose seal cannot be used stay where they are, and say so.
    """
    broken = unusable()
    with unit_of_work():
        _note_waiting(broken)
        rows = db.session.execute(
            _written()
            .where(Authority.key.not_in(list(broken)))
            .order_by(Letter.attempts, Letter.id)
            .limit(AT_A_TIME)
            .with_for_update(of=Letter, skip_locked=True)
        ).all()
        return [
            Work(letter.id, letter.code, context, reference, authority)
            for letter, reference, authority in _innocent(rows)
            if (context := _taken(letter, holder)) is not None
        ]


def _innocent(rows: Sequence[Any]) -> Sequence[Any]:
    """Those never tried before, else one alone: what ends workers would take those beside it along."""
    return [row for row in rows if row[0].attempts == 0] or rows[:1]


def _taken(letter: Letter, holder: str) -> LetterContext | None:
    """What it says, and it is in these hands; None when that cannot be read, and it is failed."""
    rules.move(letter, "take")
    try:
        context = LetterContext.of(letter.context)
    except (LookupError, TypeError, ValueError, AttributeError) as unreadable:
        _fail(letter, f"{type(unreadable).__name__}: {unreadable}")
        return None
    letter.lease_by, letter.lease_until = holder, clock.now() + LEASE
    letter.attempts += 1
    return context


def _written() -> Select[Letter, str, str]:
    return (
        select(Letter, Dossier.reference, Authority.key)
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .join(Lot, Lot.id == Dossier.lot_id)
        .join(Authority, Authority.id == Lot.authority_id)
        .where(Letter.state == LetterState.written)
    )


def unusable() -> dict[str, str]:
    """By key of the authority the code of what keeps its letters from being sealed now."""
    now = clock.now()
    resting = {authority: why for authority, (until, why) in _resting.items() if now < until}
    return resting | {authority: each.code for authority, each in seal.problems().items()}


def _note_waiting(broken: Mapping[str, str]) -> None:
    """Once for each letter: its mails then stand among what waits for somebody."""
    for authority, code in broken.items():
        waiting = _written().where(Authority.key == authority, Letter.failure.is_distinct_from(code))
        for letter, _reference, _authority in db.session.execute(waiting.with_for_update(of=Letter)):
            letter.failure = code
            outbox.letter_failed(f"letter:{letter.code}")


def make(work: Work, holder: str) -> None:
    """Draw one letter, seal, store and note it."""
    note(work, holder, lambda: render.as_pdf(work.context))


def note(work: Work, holder: str, draw: Callable[[], bytes]) -> None:
    """Seal and store what ``draw`` gives, here or from another process. What can be mended only by a person
    makes the letter fail, with the cause; a seal that cannot be applied gives it back.
    """
    try:
        content = draw()
        sealed = _sealed(work, content)
    except (render.LetterError, pdf.PdfError) as wrong:
        fail(work.id, holder, str(wrong))
        return
    except SealBroken as broken:
        _resting[work.authority] = (clock.now() + RESTS, broken.code)
        give_back(holder, [work.id])
        return
    finish(work, holder, storage().put(content), len(content), sealed)


def _sealed(work: Work, content: bytes) -> Sealed | None:
    """Sealed last of all: whatever changes a byte afterwards breaks the seal."""
    own = seal.configured().get(work.authority)
    if own is None:
        return None
    with i18n.speaking(work.context.language):
        return seal.applied(
            own, content, label=_("Seal of the authority"), reason=_("Origin and integrity of this letter")
        )


def finish(work: Work, holder: str, sha256: str, size: int, sealed: Sealed | None = None) -> None:
    """The PDF is there: the letter is rendered and its mails can go; unless the lease went to somebody
    else.
    """
    kept = None if sealed is None else storage().put(sealed.content)
    with unit_of_work():
        if sealed is not None:
            dossiers.lock([work.reference])
        letter = _held(work.id, holder)
        if letter is None:
            return
        failpoint.enter("letter")
        letter.pdf_sha256, letter.pdf_size, letter.made_with = sha256, size, pdf.made_with()
        letter.lease_until, letter.lease_by, letter.failure = None, None, None
        rules.move(letter, "finish")
        if sealed is not None and kept is not None:
            _note_seal(letter, sealed, kept)
        outbox.letter_made(f"letter:{work.code}", kept or sha256)


def _note_seal(letter: Letter, sealed: Sealed, sha256: str) -> None:
    """The seal beside the letter, and on the trail of the dossier, whose row is locked."""
    by = sealed.certificate
    db.session.add(
        LetterSeal(
            letter_id=letter.id, sha256=sha256, size=len(sealed.content), signer=by.signer, issuer=by.issuer,
            serial=by.serial, valid_until=by.valid_until, timestamped=sealed.timestamped,
            sealed_at=clock.now(),
        )
    )  # fmt: skip
    query = select(Dossier).where(Dossier.id == letter.dossier_id).options(joinedload(Dossier.trail))
    dossier = db.session.scalars(query.execution_options(populate_existing=True)).one()
    said = {"number": letter.number, "sha256": sha256, "serial": by.serial}
    trail.record(dossier.trail, rules.WORKER, "letter_sealed", data=said)


def fail(letter_id: int, holder: str, cause: str) -> None:
    """It cannot be made as it is: somebody must look. Its mails go on waiting."""
    with unit_of_work():
        letter = _held(letter_id, holder)
        if letter is not None:
            _fail(letter, cause)


def _fail(letter: Letter, cause: str) -> None:
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
        left = abandoned(held)
        for letter in left:
            letter.lease_until, letter.lease_by = None, None
            spent = letter.attempts >= ATTEMPTS
            rules.move(letter, "fail" if spent else "give_back")
            if spent:
                letter.failure = "several workers ended while making this"
                outbox.letter_failed(f"letter:{letter.code}")
    return len(left)


def _held(letter_id: int, holder: str) -> Letter | None:
    letter = db.session.get(Letter, letter_id, with_for_update=True)
    return letter if letter and letter.lease_by == holder and letter.state == LetterState.rendering else None
