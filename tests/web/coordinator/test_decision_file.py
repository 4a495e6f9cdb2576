"""The file of a decision: whole as it leaves, every change named by a script that knows no callflow."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from callflow.core import clock
from callflow.core.db import db
from callflow.core.jobs import identity
from callflow.decisions.models import Resolution
from callflow.letters import making
from callflow.letters.models import Letter
from tests.architecture import tree
from tests.client import CheckedClient
from tests.letters import sealing
from tests.rounds import Round

CHECK = tree.ROOT / "docs" / "check_decision_file.py"
SCAN, PROOF, PAGE = (f"%PDF-1.7\n{what}\n%%EOF\n".encode() for what in ("scan", "receipt", "minutes"))


@pytest.fixture
def around(app):
    """A released decision whose letters are drawn."""
    made = Round()
    made.dossier = made.released(answers={"title": "Café « De Tuin » & co"})
    while making.drain(identity("w1"), lambda: False):
        pass
    return made


@pytest.fixture
def fetched(around, app):
    answer = (
        CheckedClient(app)
        .sign_in(around.coordinator)
        .get(f"/coordinator/dossiers/{around.dossier.reference}/file.zip")
    )
    assert answer.headers["Content-Disposition"] == f"attachment; filename={around.dossier.reference}.zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checked(folder, pieces):
    """Exit code and output of the script on a zip of these pieces, run by a Python without our packages."""
    path = folder / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in pieces.items():
            archive.writestr(name, content)
    return run(path, folder)


def run(path, folder):
    """The same of a zip or a folder that lies there."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(CHECK), str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    return done.returncode, done.stdout


def with_manifest(pieces):
    """As a forger would do it: the manifest names the files as they are now."""
    manifest = json.loads(pieces["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in pieces.items()
        if name != "manifest.json"
    }
    return {**pieces, "manifest.json": json.dumps(manifest).encode()}


def test_it_leaves_whole(around, fetched, tmp_path):
    code, said = checked(tmp_path, fetched)

    events = json.loads(fetched["manifest.json"])["history"]["events"]
    first = f"{around.dossier.reference}: whole, {len(fetched) - 1} files, {events} events"
    assert (code, said.splitlines()[0]) == (0, first)
    assert {"submissions/1.json", "decisions/1.json", "letters/1.pdf", "letters/2.pdf"} <= fetched.keys()
    assert fetched["letters/2.pdf"][:5] == b"%PDF-"
    assert json.loads(fetched["decisions/1.json"])["resolution"]["number"] == "2027/31"


def test_every_change_is_named(fetched, tmp_path):
    events = json.loads(fetched["history.json"])
    letter = json.loads(fetched["letters/2.json"])
    handed_in = json.loads(fetched["submissions/1.json"])

    def forged(**changes):
        return checked(tmp_path, with_manifest({**fetched, **changes}))

    def history(changed):
        return {"history.json": json.dumps(changed).encode()}

    last = [*events[:-1], {**events[-1], "action": "something_else"}]
    texted = next(n for n, event in enumerate(events) if event["texts"])
    name = next(iter(events[texted]["texts"]))
    reworded = {**events[texted], "texts": {name: {**events[texted]["texts"][name], "body": "Iets anders"}}}
    letter["context"]["title"] = "Een ander project"
    handed_in["answers"]["amount"] = "9999.00"

    assert (
        "letters/2.pdf: not the file that the manifest names"
        in checked(tmp_path, {**fetched, "letters/2.pdf": b"%PDF-1.7 other"})[1]
    )
    assert (
        forged(**{"letters/2.pdf": b"%PDF-1.7 other"})[1]
        == "letter 2: its PDF is not the one that was made\n"
    )
    assert forged(**{"letters/2.json": json.dumps(letter).encode()}) == (
        1, "letter 2: not the one that the history names\n",
    )  # fmt: skip
    assert forged(**{"submissions/1.json": json.dumps(handed_in).encode()}) == (
        1, "submission 1: changed after it was handed in\n",
    )  # fmt: skip
    assert f"history, event {len(events)}: changed after it was written" in forged(**history(last))[1]
    assert "history: its end is not the one that the manifest names" in forged(**history(events[:-1]))[1]
    assert "history, event 2: missing or out of order" in forged(**history([events[0], *events[2:]]))[1]
    assert (
        f"history, event {texted + 1}: the text {name} was changed"
        in forged(**history([*events[:texted], reworded, *events[texted + 1 :]]))[1]
    )


@pytest.fixture
def papered(around, app):
    """The zip after a signed scan, an arrival with its proof, and the extract of the minutes were added."""
    client = CheckedClient(app).sign_in(around.coordinator)
    letter = db.session.scalars(db.select(Letter).order_by(Letter.number.desc()).limit(1)).one()
    notified = f"/coordinator/dossiers/{around.dossier.reference}/letters/{letter.code}/notified"
    resolution = db.session.scalars(db.select(Resolution)).one()
    lot = f"/coordinator/calls/{around.call.reference}/decisions/{around.lot.key}"
    told = {"addressee": around.group.name, "way": "registered", "notified_on": clock.today().isoformat()}
    for address, form, typed in (
        (notified, "main form[action$=signed]", {"scan": (io.BytesIO(SCAN), "scan.pdf")}),
        (notified, "main form[action$=notified]", {**told, "proof": (io.BytesIO(PROOF), "reçu.pdf")}),
        (
            f"{lot}/extracts/{resolution.id}",
            "main form",
            {"extract": "Punt 4", "file": (io.BytesIO(PAGE), "p.pdf")},
        ),
    ):
        answer = client.submit(address, typed, form=form, content_type="multipart/form-data")
        assert answer.status_code == 303
    return fetch(client, around)


def test_scans_proofs_and_minutes_are_in_it(papered, tmp_path):
    (proof,) = (name for name in papered if name.startswith("proofs/"))
    (told,) = json.loads(papered["letters/2.json"])["notified"]

    assert checked(tmp_path, papered)[0] == 0
    assert (papered["letters/2-signed-1.pdf"], papered[proof]) == (SCAN, PROOF)
    assert papered["decisions/1-extract.pdf"] == PAGE
    assert json.loads(papered["decisions/1.json"])["resolution"]["extract"] == "Punt 4"
    assert (told["way"], told["proof"], told["taken_back_at"]) == ("registered", proof, None)


def test_an_exchanged_or_missing_scan_or_proof_is_named(papered, tmp_path):
    proof = next(name for name in papered if name.startswith("proofs/"))
    scan = "letters/2-signed-1.pdf"

    def forged(*without, **changes):
        left = {name: each for name, each in papered.items() if name not in without}
        return checked(tmp_path, with_manifest({**left, **changes}))

    assert forged(**{scan: PROOF}) == (1, f"{scan}: not the scan that the history names\n")
    assert forged(scan) == (1, f"{scan}: not the scan that the history names\n")
    added = "letters/1-signed-1.pdf"
    assert forged(**{added: SCAN}) == (1, f"{added}: the history names no such scan\n")
    code, said = forged(**{proof: SCAN})
    assert (code, len(said.splitlines())) == (1, 2)
    assert f"{proof}: the history names no such proof" in said.replace("\\xe7", "ç")
    code, said = forged(proof)
    assert (code, "named in the history and not here" in said) == (1, True)


def fetch(client, around):
    answer = client.get(f"/coordinator/dossiers/{around.dossier.reference}/file.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_scan_that_was_taken_back_is_left_out_and_only_such_a_scan_may_be(around, papered, app, tmp_path):
    client = CheckedClient(app).sign_in(around.coordinator)
    letter = db.session.scalars(db.select(Letter).order_by(Letter.number.desc()).limit(1)).one()
    notified = f"/coordinator/dossiers/{around.dossier.reference}/letters/{letter.code}/notified"
    client.submit(f"{notified}/signed/1/take-back", {"why": "Van een andere groep"})
    client.submit(
        notified, {"scan": (io.BytesIO(PAGE), "scan.pdf")}, form="main form[action$=signed]",
        content_type="multipart/form-data",
    )  # fmt: skip

    pieces, gone = fetch(client, around), "letters/2-signed-1.pdf"
    code, said = checked(tmp_path, pieces)
    without = {name: each for name, each in pieces.items() if name != "letters/2-signed-2.pdf"}
    listed = json.loads(pieces["letters/2.json"])["signed"]

    assert (code, f"{gone}: taken back, so left out" in said) == (0, True)
    assert gone not in pieces
    assert SCAN not in pieces.values()
    assert pieces["letters/2-signed-2.pdf"] == PAGE
    assert [(each["file"], each["taken_back_at"] is None) for each in listed] == [
        (None, False), ("letters/2-signed-2.pdf", True),
    ]  # fmt: skip
    assert "Van een andere groep" in pieces["history.json"].decode()
    for forged in (without, {**pieces, gone: PROOF}):
        assert checked(tmp_path, with_manifest(forged))[0] == 1


def test_a_file_of_the_group_whose_name_speaks_of_a_scan_is_none(papered, tmp_path):
    named = {**papered, "files/7-offerte-signed-1.pdf": PAGE}

    assert checked(tmp_path, with_manifest(named))[0] == 0


def test_a_file_of_the_first_edition_is_still_whole(papered, tmp_path):
    later = ("-signed-", "-extract", "proofs/")
    old = {name: each for name, each in papered.items() if not any(part in name for part in later)}
    manifest = {**json.loads(old["manifest.json"]), "format": "callflow decision file 1"}

    assert checked(tmp_path, with_manifest({**old, "manifest.json": json.dumps(manifest).encode()}))[0] == 0


def test_the_folder_in_which_it_is_unpacked_is_checked_as_well(papered, tmp_path):
    folder = tmp_path / "uitgepakt"
    for name, content in {**papered, ".DS_Store": b"Finder was here"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    whole = run(folder, tmp_path)
    (folder / "letters/2.pdf").write_bytes(b"%PDF-1.7 other")
    changed = run(folder, tmp_path)
    (folder / "manifest.json").unlink()

    assert (whole[0], changed[0], run(folder, tmp_path)[0]) == (0, 1, 2)
    assert "letters/2.pdf: not the file that the manifest names" in changed[1]


def test_what_is_none_is_said_to_be_none(tmp_path):
    code, said = checked(tmp_path, {"manifest.json": b"{}"})

    assert code == 2
    assert "is no file of a decision" in said


def test_only_staff_of_the_call_fetch_it(around, app):
    address = f"/coordinator/dossiers/{around.dossier.reference}/file.zip"
    answers = {
        who: CheckedClient(app).sign_in(person).get(address).status_code
        for who, person in {
            "coordinator": around.coordinator, "signatory": around.signatory, "juror": around.juror,
            "resident": around.resident, "elsewhere": Round().coordinator,
        }.items()
    }  # fmt: skip

    assert answers == {"coordinator": 200, "signatory": 200, "juror": 403, "resident": 403, "elsewhere": 404}


def test_a_sealed_letter_is_in_it_and_an_exchanged_seal_is_named(app, tmp_path):
    around = Round()
    with sealing.sealing(sealing.certificate(tmp_path), [sealing.key_of(around)]):
        dossier = around.submitted()
        making.drain(identity("w1"), lambda: False)
    client = CheckedClient(app).sign_in(around.coordinator)
    answer = client.get(f"/coordinator/dossiers/{dossier.reference}/file.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        pieces = {name: archive.read(name) for name in archive.namelist()}

    said = json.loads(pieces["letters/1.json"])
    assert said["seal"]["signer"] == sealing.SIGNER
    assert sealing.read(pieces["letters/1-sealed.pdf"]).intact
    assert checked(tmp_path, pieces)[0] == 0
    forged = with_manifest({**pieces, "letters/1-sealed.pdf": pieces["letters/1.pdf"]})
    assert checked(tmp_path, forged) == (1, "letter 1: its sealed PDF is not the one that was made\n")
    unsealed = {name: each for name, each in pieces.items() if name != "letters/1-sealed.pdf"}
    unsealed["letters/1.json"] = json.dumps({**said, "seal": None}).encode()
    code, names = checked(tmp_path, with_manifest(unsealed))
    assert (code, names) == (1, "letter 1: its seal is not the one that the history names\n")
