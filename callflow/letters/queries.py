"""Reads of letters: by the code printed on them, for the people of a dossier, and for the public page that
checks one.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.core.storage import storage
from callflow.core.trail import canonical
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.letters.models import Letter, LetterSeal, Notification, SignedCopy
from callflow.letters.states import LetterKind, LetterState


@dataclass(frozen=True)
class Checked:
    """What the public page says of a letter: nothing about a person. ``sound``: neither text nor PDF was
    changed.
    """

    kind: LetterKind
    reference: str
    number: int
    written_on: date
    authority: dict[str, str]
    code: str
    pdf_sha256: str | None
    sound: bool
    seal: LetterSeal | None = None


@dataclass(frozen=True)
class Listed:
    """A letter in the list of a dossier."""

    id: int
    kind: LetterKind
    number: int
    code: str
    language: str
    written_at: datetime
    state: LetterState
    failure: str | None
    pdf_size: int | None


def unmade() -> ColumnElement[bool]:
    """The letters without PDF, found in their own small index: said so that no database looks elsewhere
    first, as its statistics have it do while there is none.
    """
    one = aliased(Letter)
    return Letter.id.in_(select(one.id).where(one.pdf_sha256.is_(None)))


def plain(code: str) -> str:
    """A code as somebody typed it, without spaces and dashes, in small letters. Raises NotFound for what is
    none.
    """
    found = re.sub(r"[\s\-.]", "", code[:80]).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", found):
        raise NotFound
    return found


def checked(code: str) -> Checked:
    """The letter with this code, read again and compared with its digests. Raises NotFound."""
    row = db.session.execute(
        select(Letter, Dossier.reference, LetterSeal)
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .outerjoin(LetterSeal, LetterSeal.letter_id == Letter.id)
        .where(Letter.code == plain(code))
    ).first()
    if row is None:
        raise NotFound
    letter, reference, seal = row
    said = letter.context
    return Checked(
        letter.kind,
        reference,
        letter.number,
        date.fromisoformat(said["written_on"]),
        said["office"]["name"],
        letter.code,
        letter.pdf_sha256,
        _sound(letter, seal),
        seal,
    )


def _sound(letter: Letter, seal: LetterSeal | None) -> bool:
    if hashlib.sha256(canonical(letter.context).encode()).hexdigest() != letter.context_sha256:
        return False
    if letter.pdf_sha256 is None:
        return True
    try:
        storage().get(letter.pdf_sha256)
        if seal is not None:
            storage().get(seal.sha256)
    except NotFound:
        return False
    return True


def of_dossier(dossier_id: int) -> list[Listed]:
    """The letters of a dossier that the reader was allowed to see, newest first."""
    columns = (
        Letter.id, Letter.kind, Letter.number, Letter.code, Letter.language, Letter.written_at, Letter.state,
        Letter.failure, Letter.pdf_size,
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns).where(Letter.dossier_id == dossier_id).order_by(Letter.number.desc())
    ).all()
    return [Listed(*row) for row in rows]


def document(code: str, *, by: Actor, signed: bool = True) -> tuple[str, bytes]:
    """File name and PDF of a letter to somebody who may read it: the newest signed scan that stands where
    there is one, else the sealed copy; without ``signed`` the PDF as it was made.

    Raises NotFound, also while it is being made.
    """
    newest = (
        select(SignedCopy.sha256)
        .where(SignedCopy.letter_id == Letter.id, SignedCopy.taken_back_at.is_(None))
        .order_by(SignedCopy.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            Letter.pdf_sha256, Letter.number, Dossier.reference, newest.label("scan"),
            LetterSeal.sha256.label("sealed"),
        )
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .outerjoin(LetterSeal, LetterSeal.letter_id == Letter.id)
        .where(Letter.code == plain(code), visible_to(by, P.letter_view))
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    if row.pdf_sha256 is None:
        raise NotFound("letter_not_made_yet")
    if signed and row.scan is not None:
        return f"{row.reference}-{row.number}-signed.pdf", storage().get(row.scan)
    if signed and row.sealed is not None:
        return f"{row.reference}-{row.number}-sealed.pdf", storage().get(row.sealed)
    return f"{row.reference}-{row.number}.pdf", storage().get(row.pdf_sha256)


def notifications_of(letter_id: int) -> list[Notification]:
    """Everything noted about how a letter reached people, struck entries included, the oldest first."""
    query = select(Notification).where(Notification.letter_id == letter_id)
    return list(db.session.scalars(query.order_by(Notification.notified_on, Notification.id)))


def signed_copies_of(letter_id: int) -> list[SignedCopy]:
    """The scans of a letter, those taken back included, the newest first."""
    query = select(SignedCopy).where(SignedCopy.letter_id == letter_id)
    return list(db.session.scalars(query.order_by(SignedCopy.number.desc())))


def signed_copy(dossier: Dossier, code: str, number: int) -> SignedCopy:
    """One scan of this letter, for staff: an earlier one and one that was taken back too. Raises NotFound."""
    found = db.session.scalar(
        select(SignedCopy)
        .join(Letter, Letter.id == SignedCopy.letter_id)
        .where(Letter.dossier_id == dossier.id, Letter.code == plain(code), SignedCopy.number == number)
    )
    if found is None:
        raise NotFound
    return found


def proof(dossier: Dossier, code: str, notification_id: int) -> Notification:
    """A notification of this letter that has a file as its proof. Raises NotFound."""
    found = db.session.scalar(
        select(Notification)
        .join(Letter, Letter.id == Notification.letter_id)
        .where(
            Letter.dossier_id == dossier.id,
            Letter.code == plain(code),
            Notification.id == notification_id,
            Notification.proof_sha256.is_not(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def of(dossier: Dossier, code: str, *, lock: bool = False) -> Letter:
    """One letter of this dossier, which the reader was allowed to see. Raises NotFound."""
    query = select(Letter).where(Letter.dossier_id == dossier.id, Letter.code == plain(code))
    letter = db.session.scalar(query.with_for_update() if lock else query)
    if letter is None:
        raise NotFound
    return letter


def numbers(dossier_ids: Sequence[int]) -> dict[int, int]:
    """The number of the last letter of each of these dossiers that has any."""
    rows = db.session.execute(
        select(Letter.dossier_id, func.max(Letter.number))
        .where(Letter.dossier_id.in_(dossier_ids))
        .group_by(Letter.dossier_id)
    )
    return {row[0]: row[1] for row in rows}
