"""The file of a decision: whole as it leaves, every change named by a script that knows no callflow."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from callflow.core.jobs import identity
from callflow.letters import making
from tests.architecture import tree
from tests.client import CheckedClient
from tests.letters import sealing
from tests.rounds import Round

CHECK = tree.ROOT / "docs" / "check_decision_file.py"


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
