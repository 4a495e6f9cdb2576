"""Seals with a time stamp (PAdES B-T): from a real server, and what becomes of its wrong answers."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from callflow.core import seal
from callflow.core import stamping as stamps
from callflow.core.db import db
from callflow.core.jobs import identity
from callflow.core.seal import SealBroken
from callflow.core.storage import storage
from callflow.letters import making
from callflow.letters.models import Letter, LetterSeal
from callflow.letters.states import LetterState
from callflow.web.letter_words import SEALS
from config import Seal
from tests.letters import sealing, stamping
from tests.rounds import Round


@pytest.fixture(scope="module")
def sheet() -> bytes:
    """A page that can be sealed."""
    from pikepdf import Pdf  # only here

    made, page = io.BytesIO(), Pdf.new()
    page.add_blank_page(page_size=(100, 100))
    page.save(made)
    return made.getvalue()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return sealing.certificate(tmp_path_factory.mktemp("seal"))


def own(file, address: str, *authorities: str) -> Seal:
    return Seal(authorities, file, sealing.PASSWORD, address)


def test_a_letter_carries_a_time_stamp_that_readers_find_sound(app, tmp_path):
    ring = Round()
    before = datetime.now(UTC) - timedelta(seconds=1)
    serving = stamping.server(stamping.granting(stamping.authority()))
    with serving as address, sealing.sealing(sealing.certificate(tmp_path), []):
        seal.install([own(tmp_path / "seal.p12", address, sealing.key_of(ring))])
        ring.submitted()
        making.drain(identity("test"), lambda: False)

    db.session.rollback()
    letter = db.session.scalars(db.select(Letter)).one()
    kept = db.session.get_one(LetterSeal, letter.id)
    (found,) = PdfFileReader(io.BytesIO(storage().get(kept.sha256))).embedded_signatures
    status = validate_pdf_signature(
        found, ValidationContext(trust_roots=[found.signer_cert]),
        ValidationContext(trust_roots=[stamping.certificate()]),
    )  # fmt: skip
    stamp = status.timestamp_validity
    assert (letter.state, kept.timestamped) == (LetterState.rendered, True)
    assert (status.intact, status.valid, status.coverage.name) == (True, True, "ENTIRE_FILE")
    assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True)
    assert stamp.signing_cert.subject.native["common_name"] == stamping.NAME
    assert before <= stamp.timestamp <= datetime.now(UTC)
    (tmp_path / "sealed.pdf").write_bytes(storage().get(kept.sha256))
    assert "not verified" not in sealing.pdfsig(tmp_path / "sealed.pdf")


def test_without_a_server_it_says_that_it_has_no_time_stamp(file, sheet):
    made = seal.applied(own(file, ""), sheet, label="Zegel", reason="Brief")

    (found,) = PdfFileReader(io.BytesIO(made.content)).embedded_signatures
    assert made.timestamped is False
    status = validate_pdf_signature(found, ValidationContext(trust_roots=[found.signer_cert]))
    assert status.valid
    assert status.timestamp_validity is None


WRONG = {
    "another nonce": lambda: stamping.with_another_nonce(stamping.authority()),
    "another document": lambda: stamping.on_another_document(stamping.authority()),
    "a certificate for something else": lambda: stamping.granting(stamping.authority(stamps=False)),
    "a certificate whose days are over": lambda: stamping.granting(stamping.authority(ended=True)),
    "signed with another key": lambda: stamping.granting(stamping.authority(key=2)),
    "a clock of yesterday": lambda: stamping.granting(
        stamping.authority(at=datetime.now(UTC) - timedelta(days=1))
    ),
    "a refusal": lambda: stamping.refusing,
    "a page": lambda: lambda _asked: (200, "text/html", b"<h1>Welkom</h1>"),
    "no reply at all": lambda: lambda _asked: (200, stamping.REPLY, b""),
    "noise": lambda: lambda _asked: (200, stamping.REPLY, b"\x30\x82\xff\xff" + bytes(40)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_no_seal_rests_on_a_wrong_answer(file, sheet, wrong):
    with stamping.server(WRONG[wrong]()) as address, pytest.raises(SealBroken) as broken:
        seal.applied(own(file, address), sheet, label="Zegel", reason="Brief")

    assert broken.value.code == "seal_timestamp_wrong", broken.value.detail
    assert broken.value.code in SEALS


@pytest.mark.parametrize("status", [500, 503, 404])
def test_a_server_in_trouble_is_silent(file, sheet, status):
    trouble = stamping.server(lambda _asked: (status, "text/plain", b""))
    with trouble as address, pytest.raises(SealBroken, match=f"seal_timestamp: HTTP {status}"):
        seal.applied(own(file, address), sheet, label="Zegel", reason="Brief")


def test_a_slow_server_is_silent_when_its_time_is_over(file, sheet, monkeypatch):
    monkeypatch.setattr(stamps, "PATIENCE", 0.2)
    with (
        stamping.never_answering() as address,
        pytest.raises(SealBroken, match="seal_timestamp: TimeoutError"),
    ):
        seal.applied(own(file, address), sheet, label="Zegel", reason="Brief")


def test_a_wrong_answer_keeps_the_letter_waiting_and_the_next_right_one_seals_it(app, tmp_path):
    ring, file = Round(), sealing.certificate(tmp_path)
    with sealing.sealing(file, []):
        with stamping.server(WRONG["another nonce"]()) as address:
            seal.install([own(file, address, sealing.key_of(ring))])
            ring.submitted()
            for _ in range(2):  # the second time it says why
                making.drain(identity("test"), lambda: False)
        db.session.rollback()
        waiting = db.session.scalars(db.select(Letter)).one()
        kept = (waiting.state, waiting.failure, db.session.get(LetterSeal, waiting.id))
        making._resting.clear()
        with stamping.server(stamping.granting(stamping.authority())) as address:
            seal.install([own(file, address, sealing.key_of(ring))])
            making.drain(identity("test"), lambda: False)

    db.session.rollback()
    letter = db.session.scalars(db.select(Letter)).one()
    assert kept == (LetterState.written, "seal_timestamp_wrong", None)
    assert letter.state is LetterState.rendered
    assert db.session.get_one(LetterSeal, letter.id).timestamped
