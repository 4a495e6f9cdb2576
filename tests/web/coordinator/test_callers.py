"""The telephone rings: who it is, where they stand, and a fresh link that the staff never sees."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from callflow.core import clock, outbox
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.search import folded, national, words_of
from callflow.core.trail import Event
from callflow.dossiers.models import Exclusion
from callflow.people import queries as people
from callflow.people.actions import invitations
from callflow.people.models import Invitation, SignInLink, User
from callflow.people.states import Right
from tests import factories as make
from tests.client import soup_of
from tests.rounds import Round

CALLERS = "/coordinator/callers"


def found(client, asked):
    page = client.page(f"{CALLERS}?q={quote(asked)}")
    return [each.get_text() for each in page.select("ul.rows h3")]


@pytest.mark.parametrize(
    "typed, key",
    [("’t Één", "t een"), ("ÅSA Œuvre-Straße", "asa oeuvre strasse"), ("a_b%c", "a b c"), ("", "")],
)
def test_words_are_compared_without_accents_capitals_and_signs(typed, key):
    assert folded(typed) == key


@pytest.mark.parametrize("number", ["+32 50 00 00 10", "0032 (0)50 000 010", "050/00.00.10", "050000010"])
def test_a_telephone_number_is_the_same_however_it_is_written(number):
    assert national(number) == "50000010"
    assert words_of(number) == ["50000010"]


@pytest.mark.parametrize(
    "asked",
    ["marleen", "MARL", "Voorb marl", "persoon", "0470 12", "+32 470 12 34", "ségolene", "segolène dorp",
     "lichtp", "'t lichtpunt", "TOREN", "vleteren oude"],
)  # fmt: skip
def test_a_caller_is_found_by_the_first_letters_of_anything_one_may_see(call, client, asked):
    caller = make.person(name="Marleen Voorbeeld", email="persoon.marleen@voorbeeld.example")
    with unit_of_work():
        people.user_for_change(caller.id).phone = "0470 12 34 56"
    call.group = make.group({caller: Right.submit}, name="Dorpsraad Ségolène")
    call.resident = caller
    dossier = call.submitted(answers={"title": "'t Lichtpunt in de oude toren"})
    with unit_of_work():
        db.session.get_one(type(dossier), dossier.id).village = "Vleteren"
    client.sign_in(call.coordinator)

    assert "Marleen Voorbeeld" in found(client, asked)
    assert found(client, dossier.reference[:8]) == ["Marleen Voorbeeld"]
    assert found(client, "arleen") == []


def test_what_one_may_not_see_is_not_found(call, client):
    other = Round()
    stranger = make.person(name="Zebedeus Voorbeeld")
    drafting = make.person(name="Quirinus Voorbeeld")
    make.draft(call.lot, drafting, make.group({drafting: Right.submit}, name="Quirinusgroep"))
    hidden = call.submitted(answers={"title": "Verborgen"})
    with unit_of_work():
        db.session.add(
            Exclusion(
                dossier_id=hidden.id, person_id=call.coordinator.id, declared=True, reason="Familie",
                since=clock.now(),
            )
        )  # fmt: skip
    other.submitted(answers={"title": "Elders"})
    client.sign_in(call.coordinator)

    for asked in ("zebedeus", "quirinus", "verborgen", "elders", "marleen"):
        assert found(client, asked) == [], asked
    for user in (stranger, drafting, other.resident, call.resident, other.coach):
        assert client.get(f"{CALLERS}/{user.id}").status_code == 404
    assert found(client, "sofie") == ["Sofie Voorbeeld"]


@pytest.mark.parametrize("asked", ["", "a", "%", "_", "'; --", "12", "x" * 5000, "\0", "…"])
def test_too_little_or_nonsense_finds_nobody(call, coordinator, asked):
    call.submitted()

    assert found(coordinator, asked) == []


def test_the_page_says_where_they_stand_and_which_mail_bounced_and_shows_no_secret(call, client):
    dossier = call.submitted(answers={"title": "Bankje"})
    client.sign_in(call.coordinator)
    place = f"{CALLERS}/{call.resident.id}"

    answer = client.submit(place, form="form[action$='/link']")
    mail = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    with unit_of_work():
        sent = db.session.get_one(OutboxMail, mail.id)
        sent.state, sent.last_answer = MailState.bounced, "550 no such mailbox"
    page = client.page(place)

    assert answer.status_code == 303
    assert (mail.notice, mail.recipient, mail.call_id) == ("sign_in", call.resident.email, None)
    assert db.session.scalar(db.select(SignInLink.user_id)) == call.resident.id
    text = page.get_text()
    assert dossier.reference in text
    assert "550 no such mailbox" in text
    assert "/sign-in/link/" not in str(page)
    event = db.session.scalars(db.select(Event).where(Event.action == "link_resent")).one()
    trail_id = db.session.get_one(User, call.resident.id).trail_id
    assert (event.actor_id, event.trail_id) == (call.coordinator.id, trail_id)


def test_a_link_is_sent_once_however_often_the_button_is_pressed_and_not_without_end(call, client):
    call.submitted()
    client.sign_in(call.coordinator)
    place = f"{CALLERS}/{call.resident.id}"
    form = client.page(place).select_one("form[action$='/link']")
    sent = {each["name"]: each["value"] for each in form.select("input")}

    twice = [client.post(f"{place}/link", data=sent).status_code for _ in range(2)]
    more = [client.submit(place, form="form[action$='/link']").status_code for _ in range(5)]

    assert twice == [303, 303]
    assert more == [303, 303, 303, 303, 429]
    assert db.session.scalar(db.select(db.func.count()).select_from(SignInLink)) == 5


def test_a_spelled_out_address_gets_a_mail_and_nobody_learns_whether_it_is_known(call, coordinator):
    known = make.person(email="bekend@voorbeeld.example")
    answers = []
    for email in (known.email, "onbekend@voorbeeld.example"):
        answer = coordinator.submit(
            f"{CALLERS}?q=bekend", {"email": email}, form="form[action*='/callers/address']"
        )
        answers.append(
            soup_of(coordinator.get(answer.location)).select_one("[role=status]").get_text(strip=True)
        )

    mails = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [mail.notice for mail in mails] == ["sign_in", "sign_in_unknown"]
    assert answers[0].replace("bekend@", "@") == answers[1].replace("onbekend@", "@")


def test_an_invitation_is_sent_afresh_and_the_old_link_is_worthless(call, client):
    call.submitted()
    with unit_of_work():
        old = invitations.invite(
            make.actor(call.resident), people.group_for_change(call.group.id),
            email="nieuw@voorbeeld.example", right=Right.view, language="nl", link_to=str,
        )  # fmt: skip
    client.sign_in(call.coordinator)

    answer = client.submit(f"{CALLERS}/{call.resident.id}", form="form[action$='/invite']")

    rows = db.session.scalars(db.select(Invitation).order_by(Invitation.id)).all()
    assert answer.status_code == 303
    assert [(each.email, each.right, each.withdrawn_at is None) for each in rows] == [
        ("nieuw@voorbeeld.example", Right.view, False), ("nieuw@voorbeeld.example", Right.view, True),
    ]  # fmt: skip
    assert rows[1].digest != old.digest


def test_a_group_without_accounts_is_invited_through_its_contact_and_no_other_address(call, client):
    call.submitted()
    with unit_of_work():
        group = people.group_for_change(call.group.id)
        for member in list(group.members):
            db.session.delete(member)
    client.sign_in(call.coordinator)
    asked = f"{CALLERS}?q={call.group.name.split()[-1]}%20bewonersgroep"

    stolen = client.submit(asked, {"email": "dief@voorbeeld.example"}, form="form[action*='/invite']")
    client.submit(asked, form="form[action*='/invite']")

    assert stolen.status_code == 422
    rows = db.session.scalars(db.select(Invitation)).all()
    assert [(each.email, each.right) for each in rows] == [(call.group.contact_email, Right.submit)]


def test_a_coordinator_of_one_lot_helps_who_applies_there(call, client):
    call.submitted()
    of_lot = make.person((Role.coordinator, "lot", call.lot.id))
    client.sign_in(of_lot)

    answer = client.submit(f"{CALLERS}/{call.resident.id}", form="form[action$='/link']")

    assert answer.status_code == 303


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_take_the_same_statements_for_any_number(client, app, statements, count):
    call = Round()
    for number in range(count):
        call.resident = make.person(name=f"Zoeker {number}")
        call.group = make.group({call.resident: Right.submit})
        call.submitted()
    with unit_of_work():
        for _ in range(count):
            outbox.queue(
                notice="sign_in", language="nl", recipient=call.resident.email, subject="x", body="x",
                recipient_id=call.resident.id,
            )  # fmt: skip
    client.sign_in(call.coordinator)
    address = f"{CALLERS}/{call.resident.id}"

    with statements() as searching:
        client.page(f"{CALLERS}?q=zoek")
    with statements() as looking:
        client.page(address)

    assert (len(searching), len(looking)) == (6, 16)


def test_an_expired_link_of_long_ago_does_not_count(call, client):
    call.submitted()
    client.sign_in(call.coordinator)
    place = f"{CALLERS}/{call.resident.id}"
    for _ in range(5):
        client.submit(place, form="form[action$='/link']")

    with clock.fixed(clock.now() + timedelta(hours=1, minutes=5)):
        assert client.submit(place, form="form[action$='/link']").status_code == 303
