"""Seals of authorities: a PDF signed with the certificate of a legal person (PAdES). With stamping.py the
only importer of pyHanko, inside the functions: a web process never loads it.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from callflow.core import clock
from config import Seal

FIELD = "Seal"
"""The name of the signature field."""


class SealBroken(Exception):
    """The certificate cannot be used; ``code`` says why, ``detail`` is for whoever runs the machine."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Certificate:
    """Whose certificate it is, who issued it, its number in hexadecimal and until when it holds."""

    signer: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True)
class Sealed:
    """A sealed document and what it was sealed with."""

    content: bytes
    certificate: Certificate
    timestamped: bool


_seals: dict[str, Seal] = {}


def install(seals: Iterable[Seal]) -> None:
    """Set the seals of this process, by key of the authority; called by app.py."""
    _seals.clear()
    _seals.update({authority: seal for seal in seals for authority in seal.authorities})


def configured() -> Mapping[str, Seal]:
    """The seals by key of the authority whose letters they are for."""
    return dict(_seals)


def problems() -> dict[str, SealBroken]:
    """By key of the authority what is wrong with its seal now; empty when all of them can be used."""
    found = {}
    for authority, seal in _seals.items():
        try:
            usable(seal)
        except SealBroken as broken:
            found[authority] = broken
    return found


def usable(seal: Seal) -> Certificate:
    """The certificate, which can be used at this moment. Raises SealBroken: the file is missing, the password
    wrong, the certificate without its key, not to sign with, not valid yet, or expired.
    """
    _signer, certificate = _opened(seal)
    now = clock.now()
    if now < certificate.valid_from:
        raise SealBroken("seal_not_yet", certificate.valid_from.isoformat())
    if now >= certificate.valid_until:
        raise SealBroken("seal_expired", certificate.valid_until.isoformat())
    return certificate


def applied(seal: Seal, content: bytes, *, label: str, reason: str) -> Sealed:
    """The document with the seal, everything else untouched before it. ``label`` names the field for who
    hears the document; with a time stamp server the moment is vouched for by it (B-T, else B-B).

    Raises SealBroken, also when the time stamp server does not answer (seal_timestamp) or answers what a
    seal must not rest on (seal_timestamp_wrong): a letter is never sealed with less than was asked for.
    """
    usable(seal)
    signer, certificate = _opened(seal)
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # slow import
    from pyhanko.pdf_utils.misc import PdfError  # slow import
    from pyhanko.sign import fields, signers  # slow import

    from callflow.core.stamping import Silent, Stamper, Unsound  # slow import

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason=reason,
        name=certificate.signer,
    )  # fmt: skip
    stamper = Stamper(seal.timestamps) if seal.timestamps else None
    writer = signers.PdfSigner(
        metadata, signer=signer, timestamper=stamper,
        new_field_spec=fields.SigFieldSpec(FIELD, readable_field_name=label),
    )  # fmt: skip
    made = io.BytesIO()
    try:
        writer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), output=made)
    except Silent as silent:
        raise SealBroken("seal_timestamp", str(silent)[:200]) from silent
    except Unsound as wrong:
        raise SealBroken("seal_timestamp_wrong", str(wrong)[:200]) from wrong
    except PdfError as wrong:
        raise SealBroken("seal_refused", str(wrong)[:200]) from wrong
    return Sealed(made.getvalue(), certificate, stamper is not None)


def _opened(seal: Seal) -> tuple[Any, Certificate]:
    try:
        edition = seal.file.stat().st_mtime
    except OSError as missing:
        raise SealBroken("seal_file_missing", str(seal.file)) from missing
    found = _loaded(seal, edition)
    if isinstance(found, str):
        raise SealBroken(found, str(seal.file))
    return found


@lru_cache(maxsize=16)
def _loaded(seal: Seal, _edition: float) -> tuple[Any, Certificate] | str:
    """What is in the file, or the code of what is wrong with it; a file that is replaced is read anew, so
    that a renewed certificate needs no restart.
    """
    from pyhanko.sign import signers  # slow import

    try:
        signer = signers.SimpleSigner.load_pkcs12_data(
            seal.file.read_bytes(), other_certs=[], passphrase=seal.password.encode()
        )
    except (OSError, ValueError):
        return "seal_unreadable"
    if signer is None or signer.signing_cert is None or signer.signing_key is None:
        return "seal_unreadable"
    certificate = signer.signing_cert
    usage = certificate.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & usage.native:
        return "seal_not_for_signing"
    validity = certificate["tbs_certificate"]["validity"]
    return signer, Certificate(
        _name(certificate.subject), _name(certificate.issuer), f"{certificate.serial_number:x}",
        validity["not_before"].native.astimezone(UTC), validity["not_after"].native.astimezone(UTC),
    )  # fmt: skip


def _name(name: Any) -> str:
    """The common name, else the organisation: as people know it."""
    said = name.native
    found = said.get("common_name") or said.get("organization_name") or name.human_friendly
    return str(found if isinstance(found, str) else found[0])[:200]
