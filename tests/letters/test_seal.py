"""Letters sealed by certificate: what readers say, what is kept, and that a broken certificate loses
nothing.
"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callflow.core import seal
from callflow.core.db import db, unit_of_work
from callflow.core.jobs import identity
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.seal import SealBroken
from callflow.core.storage import storage
from callflow.core.trail import Event
from callflow.letters import making, queries, render
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter, LetterSeal
from callflow.letters.states import LetterState
from callflow.lifecycle import kept
from config import Seal, Settings, SettingsError
from tests import factories as make
from tests import servers
from tests.architecture import tree
from tests.letters import sealing
from tests.rounds import Round


@pytest.fixture
def ring(app):
    return Round()


@pytest.fixture
def sealed(ring, tmp_path):
    """An acknowledgement that was made while its authority has a certificate."""
    with sealing.sealing(sealing.certificate(tmp_path), [sealing.key_of(ring)]):
        ring.submitted()
        making.drain(identity("test"), lambda: False)
    return row()


def row() -> tuple[Letter, LetterSeal | None]:
    db.session.rollback()
    letter = db.session.scalars(db.select(Letter)).one()
    return letter, db.session.get(LetterSeal, letter.id)


def test_readers_find_the_seal_whole_and_name_the_authority(sealed, tmp_path):
    content = storage().get(sealed[1].sha256)

    assert sealing.read(content) == sealing.Read(True, True, sealing.SIGNER, "/ETSI.CAdES.detached")
    (tmp_path / "sealed.pdf").write_bytes(content)
    said = sealing.pdfsig(tmp_path / "sealed.pdf")
    assert said == "" or ("Signature is Valid" in said and "Total document signed" in said)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
def test_one_flipped_byte_breaks_it(sealed, at):
    letter, found = sealed
    content = bytearray(storage().get(found.sha256))
    content[int(letter.pdf_size * at)] ^= 1

    assert not sealing.read(bytes(content)).intact


def test_the_pdf_without_the_seal_can_be_made_again_and_both_are_kept(sealed):
    letter, found = sealed

    again = render.as_pdf(LetterContext.of(letter.context))

    assert storage().get(letter.pdf_sha256) == again
    assert found.sha256 != letter.pdf_sha256
    assert storage().get(found.sha256).startswith(again)
    assert (found.signer, found.serial, found.size) == (
        sealing.SIGNER, "1267", len(storage().get(found.sha256)),
    )  # fmt: skip


def test_mails_carry_the_sealed_copy_and_the_group_is_given_it(ring, sealed):
    letter, found = sealed
    who = make.actor(ring.resident)

    attached = db.session.scalars(db.select(OutboxMail.attachment_sha256)).all()
    name, content = queries.document(letter.code, by=who)

    assert set(attached) == {found.sha256}
    assert name.endswith("-1-sealed.pdf")
    assert content == storage().get(found.sha256)
    assert queries.document(letter.code, by=who, signed=False)[1] == storage().get(letter.pdf_sha256)


def test_the_history_names_the_seal_and_verify_misses_nothing(sealed):
    letter, found = sealed

    event = db.session.scalars(db.select(Event).where(Event.action == "letter_sealed")).one()

    assert event.data == {"number": letter.number, "sha256": found.sha256, "serial": "1267"}
    assert list(kept.breaks()) == []


@pytest.mark.unverified
def test_verify_names_a_seal_that_was_exchanged_or_is_gone(sealed):
    _letter, found = sealed
    digest = found.sha256
    with unit_of_work():
        db.session.scalars(db.select(LetterSeal)).one().sha256 = "0" * 64
    exchanged = [each.code for each in kept.breaks()]
    with unit_of_work():
        db.session.delete(db.session.scalars(db.select(LetterSeal)).one())

    assert exchanged == ["seal_replaced", "file_missing"]
    assert [each.code for each in kept.breaks()] == ["seal_gone"]
    assert storage().get(digest)


def test_anybody_reads_by_whom_it_is_sealed_and_until_when(client, sealed):
    letter, found = sealed

    page = client.page(f"/c/{letter.code}?lang=nl")

    said = page.main.get_text(" ", strip=True)
    assert "Verzegeld door" in said
    assert sealing.SIGNER in said
    assert str(found.valid_until.year) in said
    assert found.sha256 in said


@pytest.mark.unverified
def test_a_sealed_copy_that_is_gone_is_no_genuine_letter(client, sealed):
    letter, found = sealed
    storage().path(found.sha256).unlink()

    page = client.page(f"/c/{letter.code}?lang=nl")

    assert "Deze brief is echt" not in page.main.get_text(" ", strip=True)


def test_letters_of_another_authority_carry_no_seal(ring, tmp_path):
    with sealing.sealing(sealing.certificate(tmp_path), ["another"]):
        ring.submitted()
        making.drain(identity("test"), lambda: False)

    letter, found = row()
    assert (letter.state, found) == (LetterState.rendered, None)


def broken_ones(folder: Path) -> dict[str, tuple[Path, str]]:
    """By what is wrong with it, a certificate file and the password that goes with it."""
    now, day = datetime.now(UTC), timedelta(days=1)
    made = {}
    for name, changes in {
        "seal_expired": {"begins": now - 3 * day, "ends": now - day},
        "seal_not_yet": {"begins": now + day, "ends": now + 9 * day},
        "seal_not_for_signing": {"signs": False},
        "seal_unreadable": {},
    }.items():
        (folder / name).mkdir()
        made[name] = (sealing.certificate(folder / name, **changes), sealing.PASSWORD)
    made["seal_unreadable"] = (made["seal_unreadable"][0], "fout")
    return {**made, "seal_file_missing": (folder / "nothing.p12", "x")}


BROKEN = ("seal_expired", "seal_not_yet", "seal_not_for_signing", "seal_unreadable", "seal_file_missing")


@pytest.mark.parametrize("wrong", BROKEN)
def test_a_certificate_that_cannot_be_used_keeps_the_letter_waiting_and_says_why(ring, tmp_path, wrong):
    file, password = broken_ones(tmp_path)[wrong]
    key = sealing.key_of(ring)
    with sealing.sealing(file, [key], password=password):
        ring.submitted()

        assert seal.problems()[key].code == wrong
        assert making.drain(identity("test"), lambda: False) == 0

    letter, found = row()
    assert (letter.state, letter.failure, letter.attempts, found) == (LetterState.written, wrong, 0, None)
    mails = db.session.scalars(db.select(OutboxMail)).all()
    assert {(mail.state, mail.last_answer) for mail in mails} == {(MailState.waiting, "letter_failed")}


def test_a_renewed_certificate_seals_what_waited_without_a_restart(ring, tmp_path):
    file, _password = broken_ones(tmp_path)["seal_expired"]
    with sealing.sealing(file, [sealing.key_of(ring)]):
        ring.submitted()
        making.drain(identity("test"), lambda: False)
        (tmp_path / "new").mkdir()
        sealing.certificate(tmp_path / "new").replace(file)
        done = making.drain(identity("test"), lambda: False)

    letter, found = row()
    assert (done, letter.state, letter.failure) == (1, LetterState.rendered, None)
    assert found is not None
    assert {mail.state for mail in db.session.scalars(db.select(OutboxMail))} == {MailState.queued}


def test_others_go_on_while_one_authority_waits_for_its_seal(ring, tmp_path):
    other = Round()
    with sealing.sealing(tmp_path / "nothing.p12", [sealing.key_of(ring)]):
        waiting, going = ring.submitted(), other.submitted()
        making.drain(identity("test"), lambda: False)

    db.session.rollback()
    states = dict(db.session.execute(db.select(Letter.dossier_id, Letter.state)).all())
    assert states == {waiting.id: LetterState.written, going.id: LetterState.rendered}


def test_a_silent_time_stamp_server_gives_the_letter_back_for_a_while(ring, tmp_path):
    file = sealing.certificate(tmp_path)
    own = Seal((sealing.key_of(ring),), file, sealing.PASSWORD, "http://127.0.0.1:9/tsa")
    with sealing.sealing(file, []):
        seal.install([own])
        ring.submitted()
        with pytest.raises(SealBroken, match="seal_timestamp"):
            seal.applied(own, render.as_pdf(LetterContext.of(row()[0].context)), label="x", reason="x")
        making.drain(identity("test"), lambda: False)
        again = making.drain(identity("test"), lambda: False)

    letter, found = row()
    assert (again, letter.state, letter.failure, found) == (0, LetterState.written, "seal_timestamp", None)


def test_the_web_process_loads_nothing_of_it(tmp_path):
    script = (
        "import sys; from callflow.app import create_app; from config import Settings; "
        f"create_app(Settings.from_env({{'CALLFLOW_HOME': '{tmp_path}'}})); "
        "print([name for name in sys.modules if name.startswith(('pyhanko', 'pikepdf', 'cryptography'))])"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], cwd=tree.ROOT, capture_output=True, text=True, check=False
    )

    assert said.stdout.strip() == "[]", said.stderr


ENV = {"CALLFLOW_SEAL_FILE": "a.p12", "CALLFLOW_SEAL_PASSWORD": "x", "CALLFLOW_SEAL_AUTHORITY": "one, two"}


def test_settings_name_seals_and_whose_letters_they_are_for(tmp_path):
    second = {name.replace("SEAL", "SEAL_2"): "secret" for name in ENV}
    tsa = {"CALLFLOW_SEAL_2_TSA": "https://tsa.example"}

    found = Settings.from_env({"CALLFLOW_HOME": str(tmp_path), **ENV, **second, **tsa}).seals

    assert [(each.authorities, each.timestamps) for each in found] == [
        (("one", "two"), ""), (("secret",), "https://tsa.example"),
    ]  # fmt: skip
    assert "password" not in repr(found)


def test_settings_refuse_two_seals_for_one_authority(tmp_path):
    twice = {name.replace("SEAL", "SEAL_2"): value for name, value in ENV.items()}

    with pytest.raises(SettingsError, match="has a seal already"):
        Settings.from_env({"CALLFLOW_HOME": str(tmp_path), **ENV, **twice})


@pytest.mark.parametrize("missing", sorted(ENV))
def test_settings_with_half_a_seal_are_refused(tmp_path, missing):
    half = {name: value for name, value in ENV.items() if name != missing}

    with pytest.raises(SettingsError, match=missing):
        Settings.from_env({"CALLFLOW_HOME": str(tmp_path), **half})


def test_a_worker_says_at_its_start_whose_letters_wait_and_why(committed, tmp_path):
    named = {**ENV, "CALLFLOW_SEAL_FILE": str(tmp_path / "nothing.p12")}
    with servers.running(
        ["flask", "worker", "--once", "--only", "letters"],
        {**committed.environment, **named, "LC_ALL": "C"},
        tmp_path / "log",
    ) as worker:
        worker.process.wait(30)

    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert "one: It waits for the seal: the file of the certificate is not there." in said
    assert str(tmp_path / "nothing.p12") in said
    assert "0 letters" in said
