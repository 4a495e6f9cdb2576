"""All letters of a release as a print file and a zip: who may, what is in them, what a dead worker leaves."""

import io
import json
import zipfile
from datetime import timedelta

import pikepdf
import pytest

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.jobs import WorkState, identity
from callflow.core.storage import storage
from callflow.desk.releases import releases_page
from callflow.letters import making
from callflow.letters.models import Letter, LetterBatch
from callflow.letters.states import LetterKind
from callflow.lifecycle import batches, values
from tests import factories as make
from tests.client import form_values
from tests.letters import reading, sealing
from tests.rounds import Round


@pytest.fixture
def ring(app):
    return Round()


def page_of(ring: Round) -> str:
    return f"/coordinator/calls/{ring.call.reference}/decisions/{ring.lot.key}/letters"


def drawn() -> None:
    while making.drain(identity("test"), lambda: False):
        pass


def released(ring: Round, number: int = 1) -> list[str]:
    """References of so many projects told of their selection in one go, sorted."""
    dossiers = [ring.prepared("100") for _ in range(number)]
    ring.decide()
    ring.release()
    return sorted(each.reference for each in dossiers)


def asked(client, ring: Round):
    """Asked for by the button of the page."""
    form = client.page(page_of(ring)).select_one("main form[method=post]")
    return client.post(page_of(ring), data=form_values(form))


def batch() -> LetterBatch:
    db.session.rollback()
    return db.session.scalars(db.select(LetterBatch).order_by(LetterBatch.id.desc())).first()


def fetched(client, ring: Round, ending: str) -> bytes:
    address = next(
        link["href"] for link in client.page(page_of(ring)).select("main a") if link["href"].endswith(ending)
    )
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data()


def test_both_files_hold_every_letter_of_the_release_and_nothing_else(client, ring):
    references = released(ring, 3)
    drawn()
    staff = client.sign_in(ring.coordinator)

    assert asked(staff, ring).status_code == 303
    assert "worden samengebracht" in staff.page(page_of(ring)).main.get_text(" ", strip=True)
    assert batches.drain(identity("test"), lambda: False) == 1

    with pikepdf.open(io.BytesIO(fetched(staff, ring, ".pdf"))) as paper:
        pages = len(paper.pages)
    with zipfile.ZipFile(io.BytesIO(fetched(staff, ring, ".zip"))) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
        sums = archive.read("SHA256SUMS").decode().splitlines()
        letters = {name: archive.read(name) for name in names if name.endswith(".pdf")}
    wanted = db.session.scalars(db.select(Letter).where(Letter.kind == LetterKind.selected)).all()
    assert [each["reference"] for each in manifest["letters"]] == references
    assert letters == {
        f"{each.context['reference']}-{each.number}.pdf": storage().get(each.pdf_sha256) for each in wanted
    }
    assert sums == [f"{each['sha256']}  {each['file']}" for each in manifest["letters"]]
    assert manifest["letters"][0]["to"]["name"] == ring.group.name
    each = [entry["pages"] for entry in manifest["letters"]]
    assert pages == 2 + sum(number + number % 2 for number in each) == batch().pages


def test_each_letter_begins_on_the_front_of_a_sheet_after_the_cover(client, ring):
    (reference,) = released(ring)
    drawn()
    staff = client.sign_in(ring.coordinator)
    asked(staff, ring)
    batches.drain(identity("test"), lambda: False)

    pages = reading.pages(fetched(staff, ring, ".pdf"))

    assert "Voorblad van de brieven" in pages[0]
    assert reference in pages[0]
    assert ring.group.name in pages[0]
    assert pages[1].strip() == ""
    assert reference in pages[2]


def test_the_same_letters_give_the_same_files(client, ring):
    released(ring, 2)
    drawn()
    staff = client.sign_in(ring.signatory)
    hashes = []
    for _ in range(2):
        asked(staff, ring)
        batches.drain(identity("test"), lambda: False)
        hashes.append((batch().pdf_sha256, batch().zip_sha256))

    assert hashes[0] == hashes[1]


def test_the_zip_holds_sealed_copies_and_the_paper_does_not(client, ring, tmp_path):
    with sealing.sealing(sealing.certificate(tmp_path), [sealing.key_of(ring)]):
        released(ring)
        drawn()
    staff = client.sign_in(ring.coordinator)
    asked(staff, ring)
    batches.drain(identity("test"), lambda: False)

    with zipfile.ZipFile(io.BytesIO(fetched(staff, ring, ".zip"))) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".pdf")]
        sealed = archive.read(name)

    assert name.endswith("-sealed.pdf")
    assert sealing.read(sealed).intact
    assert b"/ByteRange" not in fetched(staff, ring, ".pdf")


def test_releases_are_kept_apart(client, ring):
    first = released(ring)
    second = released(ring, 2)
    drawn()

    found = releases_page(make.actor(ring.coordinator), ring.call.reference, ring.lot.key).releases

    assert [each.letters for each in found] == [2, 1]
    kept = [
        db.session.execute(batches.letters_of(ring.lot.id, each.released_at)).all() for each in found[::-1]
    ]
    assert [[row[1] for row in rows] for rows in kept] == [first, second]


def test_a_letter_that_is_not_made_yet_keeps_both_files_back(client, ring):
    released(ring)
    staff = client.sign_in(ring.coordinator)
    page = staff.page(page_of(ring))
    at = releases_page(make.actor(ring.coordinator), ring.call.reference, ring.lot.key).releases[0]
    token = client.page(page_of(ring)).select_one("input[name=csrf_token]")["value"]

    answer = staff.post(
        page_of(ring),
        data={"csrf_token": token, "token": "x" * 43, "released": at.released_at.isoformat()},
    )

    assert page.select_one("main form[method=post]") is None
    assert answer.status_code == 422
    assert "heeft nog geen pdf" in answer.get_data(as_text=True)
    assert batch() is None


def test_letters_that_wait_for_their_seal_say_so_on_the_page(client, ring, tmp_path):
    with sealing.sealing(tmp_path / "nothing.p12", [sealing.key_of(ring)]):
        released(ring)
        drawn()

    said = client.sign_in(ring.coordinator).page(page_of(ring)).main.get_text(" ", strip=True)

    assert "Ze wacht op het zegel: het bestand van het certificaat is er niet." in said


def test_nobody_else_asks_or_fetches(client, ring, app):
    released(ring)
    drawn()
    asked(client.sign_in(ring.coordinator), ring)
    batches.drain(identity("test"), lambda: False)
    file = f"{page_of(ring)}/{batch().id}.pdf"
    elsewhere = make.person((Role.coordinator, "call", Round().call.id))

    for who in (ring.resident, ring.juror, ring.coach, ring.stranger, elsewhere):
        other = client.sign_in(who)
        assert other.get(page_of(ring)).status_code in (403, 404)
        assert other.get(file).status_code in (403, 404)


def test_a_dead_workers_batch_is_made_by_the_next_and_a_damaged_letter_is_named(client, ring):
    released(ring)
    drawn()
    asked(client.sign_in(ring.coordinator), ring)
    assert batches._claim("w1@elsewhere:1:abc") is not None
    with unit_of_work():
        db.session.scalars(db.select(LetterBatch)).one().lease_until = clock.now() - timedelta(seconds=1)

    assert batches.sweep() == 1
    assert batches.drain(identity("test"), lambda: True) == 0
    assert batches.drain(identity("test"), lambda: False) == 1
    assert batch().status is WorkState.done


@pytest.mark.unverified
def test_a_letter_that_is_gone_fails_the_batch_with_its_cause(client, ring):
    released(ring)
    drawn()
    staff = client.sign_in(ring.coordinator)
    asked(staff, ring)
    letter = db.session.scalars(db.select(Letter).where(Letter.kind == LetterKind.selected)).one()
    storage().path(letter.pdf_sha256).unlink()

    batches.drain(identity("test"), lambda: False)

    assert (batch().status, batch().failure) == (WorkState.failed, "file_missing")
    assert "is er niet meer" in staff.page(page_of(ring)).main.get_text(" ", strip=True)


def test_a_revocation_is_a_release_of_its_own_with_its_own_letter(client, ring):
    dossier = ring.released()
    later = values.Inviting("art. 9", "Het project werd gestopt.", clock.today() + timedelta(days=14))
    make.take(dossier, "hear", ring.coordinator, later)
    drawn()

    found = releases_page(make.actor(ring.coordinator), ring.call.reference, ring.lot.key).releases

    assert [(each.letters, each.made) for each in found] == [(1, 1)]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_asks_the_database_as_often_for_one_release_as_for_thirty(client, ring, statements, count):
    for _ in range(count):
        make.take(ring.scored(), "decline", ring.coordinator, values.Declining())
        ring.decide()
        ring.release()
    staff = client.sign_in(ring.coordinator)
    staff.page(page_of(ring))

    with statements() as seen:
        staff.page(page_of(ring))

    assert len(seen) == 8
