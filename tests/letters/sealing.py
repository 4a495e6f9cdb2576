"""Certificates that tests make themselves, and what independent readers say of a sealed PDF."""

import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from callflow.calls.models import Authority
from callflow.core import seal
from callflow.core.db import db
from callflow.letters import making
from config import Seal
from tests.rounds import Round

SIGNER, PASSWORD = "Zegel Provincie Voorbeeld", "geheim"
LONG = timedelta(days=365)


@lru_cache(maxsize=1)
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(
    folder: Path, *, begins: datetime | None = None, ends: datetime | None = None, signs: bool = True
) -> Path:
    """A PKCS#12 file with a self-made certificate of an organisation."""
    now = datetime.now(UTC)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Provincie Voorbeeld"),
            x509.NameAttribute(NameOID.COMMON_NAME, SIGNER),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=signs, content_commitment=signs, key_encipherment=not signs,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(4711)
        .not_valid_before(begins or now - timedelta(days=1))
        .not_valid_after(ends or now + LONG)
        .add_extension(usage, critical=True)
        .sign(_key(), hashes.SHA256())
    )
    locked = BestAvailableEncryption(PASSWORD.encode())
    path = folder / "seal.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", _key(), made, None, locked))
    return path


def key_of(ring: Round) -> str:
    """The key of the authority that decides in this call."""
    return db.session.get_one(Authority, ring.lot.authority_id).key


@contextmanager
def sealing(file: Path, authorities: Sequence[str], *, password: str = PASSWORD) -> Iterator[Seal]:
    """Letters of these authorities are sealed inside."""
    own = Seal(tuple(authorities), file, password)
    seal.install([own])
    try:
        yield own
    finally:
        seal.install([])
        making._resting.clear()


@dataclass(frozen=True)
class Read:
    """What a reader of PDF says of the only signature."""

    intact: bool
    whole: bool
    signer: str
    kind: str


def read(content: bytes) -> Read:
    """By pyHanko's validation, with the certificate itself as the root."""
    (found,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    trusted = ValidationContext(trust_roots=[found.signer_cert])
    status: PdfSignatureStatus = validate_pdf_signature(found, trusted)
    name = found.signer_cert.subject.native["common_name"]
    return Read(
        status.intact and status.valid,
        status.coverage.name == "ENTIRE_FILE",
        name,
        str(found.sig_object["/SubFilter"]),
    )


def pdfsig(path: Path) -> str:
    """What poppler says; empty where it is not installed."""
    program = shutil.which("pdfsig")
    if program is None:
        return ""
    return subprocess.run([program, path], capture_output=True, text=True, check=False).stdout
