"""A wrong scan of a signed letter is struck with a reason: the group no longer reads it, staff still does."""

import io

import flask_migrate
import pytest
from sqlalchemy import text

from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.storage import storage
from callflow.core.trail import Event
from callflow.desk.papers import papers_of
from callflow.dossiers import queries as dossiers
from callflow.letters import actions, queries
from callflow.letters.models import Letter, SignedCopy
from callflow.lifecycle import kept
from callflow.people import queries as people
from tests import factories as make
from tests.client import CheckedClient, soup_of
from tests.people.test_races import all_at_once
from tests.rounds import Round
from tests.web.coordinator.test_notified import lettered

FIRST, WRONG = b"%PDF-1.4 signed", b"%PDF-1.4 the letter of another group"
WHY = "De brief van een andere groep"


@pytest.fixture
def around(app):
    return lettered()


@pytest.fixture
def coordinator(around, app):
    return CheckedClient(app).sign_in(around.coordinator)


@pytest.fixture
def given(around, app):
    """What the group is given as its letter: file name and content."""
    resident = CheckedClient(app).sign_in(around.resident)

    def fetched():
        answer = resident.get(f"/letters/{around.letter.code}.pdf")
        return answer.headers["Content-Disposition"].rpartition("-")[2], answer.data

    return fetched


def keep(client, around, *scans):
    for scan in scans:
        sent = {"scan": (io.BytesIO(scan), "scan.pdf")}
        answer = client.submit(
            around.address, sent, form="form[action$=signed]", content_type="multipart/form-data"
        )
        assert answer.status_code == 303


def strike(client, around, number, why=WHY):
    return client.submit(f"{around.address}/signed/{number}/take-back", {"why": why})


def test_the_group_is_given_the_scan_before_it_and_then_the_letter_as_it_was_made(around, coordinator, given):
    made = coordinator.get(f"/letters/{around.letter.code}.pdf").data
    keep(coordinator, around, FIRST, WRONG)
    before = given()
    answer = strike(coordinator, around, 2)
    after = given()
    strike(coordinator, around, 1)

    assert (answer.status_code, answer.headers["Location"]) == (303, around.address)
    assert (before, after) == (("signed.pdf", WRONG), ("signed.pdf", FIRST))
    assert given() == ("2.pdf", made)
    keep(coordinator, around, FIRST)
    assert given() == ("signed.pdf", FIRST)
    assert db.session.scalars(db.select(SignedCopy.number).order_by(SignedCopy.number)).all() == [1, 2, 3]


def test_staff_reads_who_struck_it_when_and_why_and_opens_every_scan(around, coordinator, given):
    keep(coordinator, around, FIRST, WRONG)
    strike(coordinator, around, 2)
    (newer, older) = coordinator.page(around.address).select("#signed li, section:has(#signed) li")[:2]
    events = coordinator.page(f"/coordinator/dossiers/{around.dossier.reference}").select(".timeline li")

    assert newer.select_one("del a")["href"] == f"{around.address}/signed/2"
    assert f"door Lieve Voorbeeld : {WHY}" in " ".join(newer.get_text(" ").split()).replace(":", " :", 9)
    assert "Deze vindt de groep" in older.get_text()
    assert [coordinator.get(f"{around.address}/signed/{n}").data for n in (1, 2)] == [FIRST, WRONG]
    assert coordinator.get(f"{around.address}/signed/3").status_code == 404
    told = events[0].get_text(" ", strip=True).split("uur ")[1]
    assert told == (
        f"Scan van een ondertekende brief geschrapt door Lieve Voorbeeld Brief 2. Het was scan 2. {WHY}"
    )  # fmt: skip


def test_the_form_says_what_the_group_finds_afterwards(around, coordinator):
    keep(coordinator, around, FIRST, WRONG)

    def lead(number):
        return coordinator.page(f"{around.address}/signed/{number}/take-back").select_one(".lead").text

    assert "opnieuw scan 1" in lead(2)
    assert "verandert er niets" in lead(1)
    strike(coordinator, around, 1)
    assert "zoals hij werd opgemaakt" in lead(2)
    assert WHY in lead(1)
    assert coordinator.get(f"{around.address}/signed/7/take-back").status_code == 404


@pytest.mark.parametrize("why", ["", "   "])
def test_no_scan_is_struck_without_a_reason(around, coordinator, given, why):
    keep(coordinator, around, WRONG)
    answer = strike(coordinator, around, 1, why)

    assert answer.status_code == 422
    assert "Schrijf wat er niet klopt" in answer.get_data(as_text=True)
    assert given() == ("signed.pdf", WRONG)


def test_a_double_click_does_nothing_more_and_a_second_time_is_refused_in_words(around, coordinator):
    keep(coordinator, around, WRONG)
    address = f"{around.address}/signed/1/take-back"
    field = {each["name"]: each.get("value", "") for each in coordinator.page(address).select("main input")}
    twice = [coordinator.post(address, data={**field, "why": WHY}) for _ in range(2)]
    again = coordinator.post(address, data={**field, "why": "Toch", "token": "x" * 30})

    assert [each.status_code for each in twice] == [303, 303]
    assert again.status_code == 422
    assert "Deze scan werd intussen geschrapt" in again.get_data(as_text=True)
    assert soup_of(again).select_one("main form") is None
    assert soup_of(again).select_one(".typed").get_text(strip=True) == "Toch"
    (scan,) = db.session.scalars(db.select(SignedCopy)).all()
    assert scan.taken_back_why == WHY
    assert len(struck()) == 1


def struck():
    db.session.rollback()
    return db.session.scalars(db.select(Event).where(Event.action == "signed_copy_taken_back")).all()


def test_who_may_not_keep_a_scan_opens_and_strikes_none(around, coordinator, given, app):
    keep(coordinator, around, WRONG)
    address = f"{around.address}/signed/1"
    others = {"juror": around.juror, "resident": around.resident, "elsewhere": Round().coordinator}
    answers = {}
    for who, person in others.items():
        client = CheckedClient(app).sign_in(person)
        token = client.page("/account").select_one("input[name=csrf_token]")["value"]
        sent = {"csrf_token": token, "token": "x" * 30, "why": WHY}
        struck_so = client.post(f"{address}/take-back", data=sent)
        answers[who] = (client.get(address).status_code, struck_so.status_code)

    assert answers == {"juror": (403, 403), "resident": (403, 403), "elsewhere": (404, 404)}
    assert given() == ("signed.pdf", WRONG)


def test_the_number_of_a_scan_leads_to_no_scan_of_another_letter(around, coordinator):
    keep(coordinator, around, WRONG)
    other = db.session.scalars(db.select(Letter).order_by(Letter.number)).first()

    address = around.address.replace(around.letter.code, other.code)

    assert coordinator.get(f"{address}/signed/1").status_code == 404


def test_a_letter_whose_scan_is_struck_waits_for_a_signature_again(around, coordinator):
    actor = people.actor(around.coordinator.id)
    lots = {around.lot.id: (around.call.id, around.lot.key)}

    def unsigned():
        db.session.rollback()
        return papers_of(actor, lots)[around.lot.id][0]

    before = unsigned()
    keep(coordinator, around, WRONG)
    kept_one = unsigned()
    strike(coordinator, around, 1)

    assert (kept_one, unsigned()) == (before - 1, before)


def test_the_file_of_a_struck_scan_is_still_looked_after(around, coordinator):
    keep(coordinator, around, WRONG)
    strike(coordinator, around, 1)
    sound = list(kept.breaks())
    storage().path(db.session.scalars(db.select(SignedCopy.sha256)).one()).unlink()

    assert (sound, [each.code for each in kept.breaks()]) == ([], ["file_missing"])
    storage().put(WRONG)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_take_as_many_statements_for_one_scan_as_for_thirty(around, coordinator, statements, count):
    with unit_of_work():
        for number in range(1, count + 1):
            scan = SignedCopy(
                letter_id=around.letter.id, number=number, sha256=storage().put(FIRST), size=1,
                added_by=around.coordinator.id, added_at=around.letter.written_at,
            )  # fmt: skip
            db.session.add(scan)
    with statements() as listed:
        coordinator.page(around.address)
    with statements() as striking:
        coordinator.page(f"{around.address}/signed/1/take-back")

    assert (len(listed), len(striking)) == (7, 4), "\n".join(striking)


def test_a_scan_is_struck_once_however_many_strike_it(committed):
    around = lettered()
    ref, code, number = around.dossier.reference, around.letter.code, around.letter.number
    letter_id, other = around.letter.id, make.person((Role.coordinator, "call", around.call.id))
    with unit_of_work():
        db.session.add(
            SignedCopy(
                letter_id=letter_id, number=1, sha256=storage().put(WRONG), size=len(WRONG),
                added_by=around.coordinator.id, added_at=around.letter.written_at,
            )
        )  # fmt: skip
    whos = [around.coordinator.id, other.id] * 3
    db.session.rollback()

    def take_back(who: int) -> None:
        actor = people.actor(who)
        dossier = dossiers.for_step(ref, by=actor)
        actions.take_back_signed_copy(actor, dossier, queries.of(dossier, code), 1, WHY)

    outcomes = all_at_once(committed, take_back, whos)

    assert outcomes == {"done": 1, "no_such_scan": 5}
    assert [(each.data["letter"], each.data["copy"]) for each in struck()] == [(number, 1)]


def test_a_version_that_gives_the_newest_scan_is_not_left_with_a_struck_one(committed):
    around = lettered()
    letters = db.session.scalars(db.select(Letter.id).order_by(Letter.number)).all()
    client = committed.client().sign_in(around.coordinator)
    keep(client, around, FIRST, WRONG)
    strike(client, around, 2)
    first = db.session.get(Letter, letters[0])
    around.address = around.address.replace(around.letter.code, first.code)
    keep(client, around, WRONG, FIRST)
    strike(client, around, 1)
    db.session.rollback()
    db.session.remove()

    flask_migrate.downgrade(revision="0031")
    with db.engine.connect() as connection:
        left = connection.execute(text("SELECT letter_id, number FROM signed_copy ORDER BY 1, 2")).all()
    flask_migrate.upgrade()

    assert [tuple(row) for row in left] == [(letters[0], 1), (letters[0], 2), (letters[1], 1)]
