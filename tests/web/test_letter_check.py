"""Anybody may check a letter by its code; its PDF opens for the group and the staff, and for nobody else."""

import pytest

from callflow.core.db import db
from callflow.core.jobs import identity
from callflow.core.storage import storage
from callflow.letters import making
from callflow.letters.models import Letter
from callflow.people.states import Right
from tests import factories as make
from tests.client import CheckedClient
from tests.rounds import Round


@pytest.fixture
def ring(app):
    return Round()


def made(ring: Round, **changes) -> Letter:
    """The acknowledgement of an application, as PDF."""
    dossier = ring.submitted(**changes)
    making.drain(identity("test"), lambda: False)
    db.session.rollback()
    return db.session.scalars(db.select(Letter).where(Letter.dossier_id == dossier.id)).one()


def test_a_genuine_letter_is_confirmed_without_naming_anybody(client, ring):
    letter = made(ring, answers={"title": "Geheime titel"})
    code, reference = letter.code, letter.context["reference"]

    page = client.page(f"/c/{code}?lang=nl")

    said = page.main.get_text(" ", strip=True)
    assert "Deze brief is echt" in said
    assert "Ontvangstmelding" in said
    assert f"{reference}, brief 1" in said
    assert letter.pdf_sha256 in said
    for private in ("Geheime titel", ring.group.name, "Marleen", ring.group.contact_email):
        assert private not in said


def test_a_code_may_be_typed_with_spaces_dashes_and_capitals(client, ring):
    code = made(ring).code
    typed = f" {code[:4].upper()} {code[4:8]}-{code[8:]} "

    answer = client.get("/c", query_string={"code": typed})

    assert (answer.status_code, answer.location) == (303, f"/c/{code}")
    assert client.get(f"/c/{code[:4]} {code[4:]}").status_code == 200


@pytest.mark.parametrize(
    "code", ["000000000000", "x", "%27%20OR%201=1", "a" * 300, "é", "%00", "%F0%9F%8E%A8"]
)
def test_an_unknown_code_says_so_and_offers_to_type_it_again(client, ring, code):
    made(ring)

    page = client.page(f"/c/{code}", status=404)

    assert page.select_one("form input[name=code]") is not None


@pytest.mark.parametrize("typed", ["\0", "no code", "'; DROP TABLE letter; --", "\U0001f3a8", "x" * 5000])
def test_what_is_no_code_at_all_is_answered_in_words(client, ring, typed):
    answer = client.get("/c", query_string={"code": typed})

    assert answer.status_code == 404


@pytest.mark.unverified
def test_a_changed_letter_is_not_confirmed(client, ring):
    letter = made(ring)
    with make.unit_of_work():
        found = db.session.get_one(Letter, letter.id)
        found.context = {**found.context, "title": "Iets anders"}

    page = client.page(f"/c/{letter.code}?lang=nl")

    assert "werd gewijzigd" in page.main.get_text()


@pytest.mark.unverified
def test_a_changed_pdf_is_not_confirmed(client, ring):
    letter = made(ring)
    storage().path(letter.pdf_sha256).write_bytes(b"another")

    page = client.page(f"/c/{letter.code}?lang=nl")

    assert "werd gewijzigd" in page.main.get_text()


def test_checking_takes_one_question(client, ring, statements):
    letter = made(ring)

    with statements() as seen:
        client.page(f"/c/{letter.code}")

    assert len(seen) == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("resident", 200), ("reader", 200), ("coordinator", 200), ("signatory", 200),
        ("stranger", 404), ("coach", 403), ("juror", 403), ("nobody", 303),
    ],
)  # fmt: skip
def test_the_pdf_opens_for_the_group_and_the_staff_only(app, ring, who, status):
    reader = make.person()
    ring.group = make.group({ring.resident: Right.submit, reader: Right.view})
    make.group({ring.stranger: Right.submit})
    letter = made(ring)
    client = CheckedClient(app)
    people = {"reader": reader, "nobody": None}
    person = people[who] if who in people else getattr(ring, who)
    if person is not None:
        client.sign_in(person)

    answer = client.get(f"/letters/{letter.code}.pdf")

    assert answer.status_code == status
    if status == 200:
        assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
        assert f"{letter.context['reference']}-1.pdf" in answer.headers["Content-Disposition"]


def test_a_letter_that_is_still_being_made_says_so(app, ring):
    dossier = ring.submitted()
    code = db.session.scalars(db.select(Letter.code).where(Letter.dossier_id == dossier.id)).one()
    client = CheckedClient(app).sign_in(ring.resident)

    assert client.get(f"/letters/{code}.pdf").status_code == 404


def test_no_page_or_file_tells_an_outcome_before_its_release(app, ring):
    ring.prepared()
    ring.decide()
    making.drain(identity("test"), lambda: False)

    kinds = set(db.session.scalars(db.select(Letter.kind)))

    assert kinds == {"acknowledgement"}
