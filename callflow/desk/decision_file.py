"""The file of a decision: everything about one dossier in a zip that a stranger can check without callflow.

docs/check_decision_file.py is that check; it needs nothing but Python.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callflow.applications.models import Application, Attachment, Submission
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.storage import storage
from callflow.core.trail import Event, EventText
from callflow.decisions.models import Decision, Resolution
from callflow.dossiers import queries as dossiers
from callflow.letters.models import Letter, LetterSeal, Notification, SignedCopy

FORMAT = "callflow decision file 2"
IN_MEMORY = 2 * 1024 * 1024
"""Bytes of a zip that stay in memory; a larger one is written to the disk."""
BEGUN = (1980, 1, 1, 0, 0, 0)
"""The same moment for every member, so that the same dossier gives the same bytes."""
README = """callflow

nl  Dit is het volledige bestand van één dossier: wat is ingediend, de beslissing met het uittreksel uit de
    notulen, de brieven met hun ondertekende scans en kennisgevingen, en de geschiedenis. manifest.json noemt
    elk bestand met zijn SHA-256. history.json is een keten: elke gebeurtenis bevat de hash van de vorige.
    Een scan die geschrapt werd zit er niet in, want hij kan een ander aangaan; de geschiedenis noemt hem.
    Controleren: python3 check_decision_file.py BESTAND.zip (of de map waarin het is uitgepakt)
fr  Ceci est le dossier complet d’un projet : ce qui a été déposé, la décision avec l’extrait du
    procès-verbal, les lettres avec leurs copies signées et leurs notifications, et l’historique.
    manifest.json nomme chaque fichier avec son SHA-256. history.json est une chaîne : chaque événement
    contient l’empreinte du précédent. Une copie signée qui a été rayée n’y figure pas, car elle peut
    concerner autrui ; l’historique la nomme. Vérifier : python3 check_decision_file.py FICHIER.zip (ou le
    dossier dans lequel il est décompressé)
en  This is the whole file of one dossier: what was handed in, the decision with the extract of the minutes,
    the letters with their signed scans and notifications, and the history. manifest.json names each file
    with its SHA-256. history.json is a chain: each event holds the hash of the one before it.
    A scan that was struck is left out, since it may be about somebody else; the history names it.
    To check: python3 check_decision_file.py FILE.zip (or the folder in which it is unpacked)
"""


Row = TypeVar("Row", SignedCopy, Notification)


@dataclass(frozen=True)
class Piece:
    """One member of the zip."""

    name: str
    content: bytes


def decision_file(ref: str, *, by: Actor) -> tuple[str, IO[bytes]]:
    """Its name and the zip, read from the beginning. Raises NotFound for who may not see it as staff.

    A stored file that is gone or damaged raises NotFound with that code: a file with a hole is no proof.
    """
    dossier = dossiers.seen(ref, by=by, kind=Application, permission=P.scores_view)
    made: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    digests: dict[str, str] = {}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for piece in _pieces(dossier):
            digests[piece.name] = hashlib.sha256(piece.content).hexdigest()
            _add(archive, piece)
        _add(archive, Piece("manifest.json", _json(_manifest(dossier, digests))))
    made.seek(0)
    return f"{dossier.reference}.zip", made


def _add(archive: zipfile.ZipFile, piece: Piece) -> None:
    member = zipfile.ZipInfo(piece.name, BEGUN)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, piece.content)


def _manifest(dossier: Application, digests: dict[str, str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "reference": dossier.reference,
        "title": dossier.title,
        "state": dossier.state.value,
        "call": dossier.call.reference,
        "made_at": clock.now(),
        "history": {"trail": dossier.trail.id, "events": dossier.trail.sequence, "head": dossier.trail.head},
        "files": digests,
    }


def _pieces(dossier: Application) -> Iterator[Piece]:
    yield Piece("README.txt", README.encode())
    yield from _submitted(dossier)
    yield from _decided(dossier)
    yield from _letters(dossier)
    yield Piece("history.json", _json(list(_events(dossier.trail_id))))


def _submitted(dossier: Application) -> Iterator[Piece]:
    query = (
        select(Submission).where(Submission.application_id == dossier.id).order_by(Submission.number)
    )  # fmt: skip
    for each in db.session.scalars(query):
        said = {
            "number": each.number, "submitted_at": each.submitted_at, "sha256": each.sha256,
            "title": each.title, "answers": each.answers, "form": each.form,
        }  # fmt: skip
        yield Piece(f"submissions/{each.number}.json", _json(said))
    files = select(Attachment).where(Attachment.dossier_id == dossier.id).order_by(Attachment.id)
    for file in db.session.scalars(files):
        # numbered, because two may have one name; the name was cleaned when the file came in
        yield Piece(f"files/{file.id}-{file.name}", storage().get(file.sha256))


def _decided(dossier: Application) -> Iterator[Piece]:
    query = (
        select(Decision)
        .where(Decision.dossier_id == dossier.id)
        .options(joinedload(Decision.resolution))
        .order_by(Decision.id)
    )
    for number, each in enumerate(db.session.scalars(query), start=1):
        body = each.resolution
        said = {
            "outcome": each.outcome.value, "state": each.state.value, "amount": each.amount,
            "coaching_days": each.coaching_days, "rank": each.rank, "valid_until": each.valid_until,
            "article": each.article, "reasons": each.reasons, "motivation": each.motivation,
            "prepared_at": each.prepared_at, "released_at": each.released_at,
            "resolution": body and _resolution(body),
        }  # fmt: skip
        yield Piece(f"decisions/{number}.json", _json(said))
        if body is not None and body.extract_sha256 is not None:
            yield Piece(f"decisions/{number}-extract.pdf", storage().get(body.extract_sha256))


def _resolution(body: Resolution) -> dict[str, Any]:
    return {
        "body": body.body, "on": body.decided_on, "number": body.number, "extract": body.extract,
        "extract_sha256": body.extract_sha256,
    }  # fmt: skip


def _letters(dossier: Application) -> Iterator[Piece]:
    signed, notified = _by_letter(SignedCopy, dossier), _by_letter(Notification, dossier)
    query = (
        select(Letter, LetterSeal)
        .outerjoin(LetterSeal, LetterSeal.letter_id == Letter.id)
        .where(Letter.dossier_id == dossier.id)
        .order_by(Letter.number)
    )
    for each, seal in db.session.execute(query):
        said = {
            "number": each.number, "kind": each.kind.value, "code": each.code, "language": each.language,
            "context": each.context, "sha256": each.context_sha256, "pdf_sha256": each.pdf_sha256,
            "seal": seal and _seal(seal), "notified": [_notified(one) for one in notified.get(each.id, ())],
            "signed": [_signed(each, scan) for scan in signed.get(each.id, ())],
        }  # fmt: skip
        yield Piece(f"letters/{each.number}.json", _json(said))
        if each.pdf_sha256 is not None:
            yield Piece(f"letters/{each.number}.pdf", storage().get(each.pdf_sha256))
        if seal is not None:
            yield Piece(f"letters/{each.number}-sealed.pdf", storage().get(seal.sha256))
        for scan in signed.get(each.id, ()):
            if scan.taken_back_at is None:
                yield Piece(_scan(each, scan), storage().get(scan.sha256))
        for one in notified.get(each.id, ()):
            if one.proof_sha256 is not None:
                yield Piece(_proof(one), storage().get(one.proof_sha256))


def _by_letter(kind: type[Row], dossier: Application) -> dict[int, list[Row]]:
    """What was added to each letter later, in order."""
    query = select(kind).join(Letter, Letter.id == kind.letter_id).where(Letter.dossier_id == dossier.id)
    found: dict[int, list[Row]] = {}
    for each in db.session.scalars(query.order_by(kind.id)):
        found.setdefault(each.letter_id, []).append(each)
    return found


def _notified(one: Notification) -> dict[str, Any]:
    """Who it reached, how and when; one that was taken back is a mistake that stays readable."""
    return {
        "addressee": one.addressee, "way": one.way.value, "on": one.notified_on, "remark": one.remark,
        "proof": _proof(one) if one.proof_sha256 else None, "recorded_at": one.recorded_at,
        "taken_back_at": one.taken_back_at,
    }  # fmt: skip


def _signed(letter: Letter, scan: SignedCopy) -> dict[str, Any]:
    """A scan; one that was taken back is named without its file: it may be the letter of somebody else."""
    return {
        "number": scan.number, "sha256": scan.sha256, "added_at": scan.added_at,
        "file": _scan(letter, scan) if scan.taken_back_at is None else None,
        "taken_back_at": scan.taken_back_at,
    }  # fmt: skip


def _scan(letter: Letter, scan: SignedCopy) -> str:
    return f"letters/{letter.number}-signed-{scan.number}.pdf"


def _proof(one: Notification) -> str:
    # numbered, because two may have one name; the name was cleaned when the file came in
    return f"proofs/{one.id}-{one.proof_name}"


def _seal(seal: LetterSeal) -> dict[str, Any]:
    return {
        "sha256": seal.sha256, "signer": seal.signer, "issuer": seal.issuer, "serial": seal.serial,
        "valid_until": seal.valid_until, "sealed_at": seal.sealed_at, "timestamped": seal.timestamped,
    }  # fmt: skip


def _events(trail_id: int) -> Iterator[dict[str, Any]]:
    """Exactly what each hash covers, and the texts that were not erased, with their salts."""
    texts: dict[int, dict[str, Any]] = {}
    for text in db.session.scalars(
        select(EventText).join(Event, Event.id == EventText.event_id).where(Event.trail_id == trail_id)
    ):
        texts.setdefault(text.event_id, {})[text.name] = {"salt": text.salt, "body": text.body}
    query = select(Event).where(Event.trail_id == trail_id).order_by(Event.sequence)
    for each in db.session.scalars(query):
        yield {
            "trail": each.trail_id, "sequence": each.sequence, "at": each.at, "actor": each.actor_id,
            "pseudonym": each.actor_pseudonym, "action": each.action, "source": each.source,
            "dest": each.dest, "data": each.data, "text_digests": each.text_digests,
            "previous": each.previous, "hash": each.hash, "texts": texts.get(each.id, {}),
        }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in the file of a decision")
