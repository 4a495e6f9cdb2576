"""One text to many: each group in its language, results per dossier, once, in few statements."""

from datetime import timedelta

import pytest

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.desk import kept, recipients
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import values
from callflow.messages import actions
from callflow.messages.models import Message, Thread
from callflow.messages.states import Often, Side
from callflow.people import queries as people
from callflow.people.states import Right
from tests import factories as make
from tests.client import form_values, soup_of
from tests.kept import at_work, shown
from tests.rounds import Round

SUBJECT = {"nl": "Infoavond", "fr": "Soirée d’information"}
TEXT = {"nl": "Kom naar de zaal.", "fr": "Venez à la salle."}
WORDS = {
    "subject_nl": SUBJECT["nl"], "text_nl": TEXT["nl"], "subject_fr": SUBJECT["fr"], "text_fr": TEXT["fr"],
}  # fmt: skip
MANY = "/coordinator/messages/many"


@pytest.fixture
def villages(app):
    """Three dossiers: one of a Dutch group, one of a French one, one withdrawn long ago."""
    made = Round()
    made.french = make.person(language="fr")
    group = make.group({made.french: Right.submit}, country="FR")
    made.dutch = make.submitted(made.lot, made.resident, made.group, answers={"title": "Zaal"})
    made.other = make.submitted(made.lot, made.french, group, language="fr", answers={"title": "Salle"})
    made.gone = make.submitted(made.lot, made.resident, made.group, answers={"title": "Weg"})
    with clock.fixed(clock.now() - timedelta(days=40)):
        make.take(made.gone, "withdraw", made.resident, values.Reason(""))
    made.all = [each.reference for each in (made.dutch, made.other, made.gone)]
    return made


def write(village, refs, by=None, subject=SUBJECT, text=TEXT):
    who = make.actor(by or village.coordinator)
    with unit_of_work():
        found = dossiers.for_many(refs, by=who, permission=P.message_office)
        return actions.write_to_many(who, found, call_id=village.call.id, subject=subject, text=text)


def texts():
    db.session.rollback()
    rows = db.session.execute(
        db.select(make.Dossier.title, Thread.subject, Message.text, Thread.last_id == Message.id)
        .join(Thread, Thread.dossier_id == make.Dossier.id)
        .join(Message, Message.thread_id == Thread.id)
        .order_by(make.Dossier.id)
    )
    return [tuple(row) for row in rows]


def mailed():
    rows = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == "message"))
    return {mail.recipient_id: mail for mail in rows}


def test_each_group_gets_its_own_language_and_what_is_over_is_left_out(villages):
    made = write(villages, villages.all)

    assert texts() == [
        ("Zaal", "Infoavond", "Kom naar de zaal.", True),
        ("Salle", "Soirée d’information", "Venez à la salle.", True),
    ]
    assert made.refused == [[villages.gone.reference, "Weg", "messages_long_over"]]
    assert made.mails == 2
    assert "Bonjour" in mailed()[villages.french.id].body
    assert "Zaal" in mailed()[villages.resident.id].subject


def test_one_language_serves_everybody_when_there_is_no_other(villages):
    write(villages, villages.all, subject={"nl": "Infoavond"}, text={"nl": "Kom."})

    assert [text for _, _, text, _ in texts()] == ["Kom.", "Kom."]


def test_who_wants_one_mail_a_day_waits_for_it(villages):
    with unit_of_work():
        user = people.user_for_change(villages.french.id)
        actions.choose_notices(make.actor(user), user, often=Often.daily, with_text=False)

    assert write(villages, villages.all).mails == 1
    assert villages.french.id not in mailed()


def test_only_the_office_of_the_call_writes_to_many(villages):
    elsewhere = make.person((Role.coordinator, "call", Round().call.id))
    assert write(villages, villages.all, by=elsewhere).mails == 0
    assert texts() == []
    who = make.actor(villages.signatory)
    with unit_of_work():
        seen = [dossiers.seen(villages.dutch.reference, by=who)]
    with pytest.raises(Forbidden), unit_of_work():
        actions.write_to_many(who, seen, call_id=villages.call.id, subject=SUBJECT, text=TEXT)


def test_an_empty_text_is_refused_at_its_field(villages):
    with pytest.raises(Refused) as refused:
        write(villages, villages.all, text={"nl": " ", "fr": "Venez."})

    assert refused.value.field == "text"


def test_the_pages_show_the_numbers_then_send_once_and_say_what_became_of_it(villages, client):
    client.sign_in(villages.coordinator)
    looked = client.submit(f"{MANY}?call={villages.call.reference}", {**WORDS, "send": "look"})
    page = soup_of(looked)
    assert "2 dossiers" in page.select_one(".lead").get_text()
    assert "Kom naar de zaal." in page.main.get_text()
    assert texts() == []

    data = sent_form(page) | {"send": "yes"}
    first = client.post(f"{MANY}?call={villages.call.reference}", data=data)
    second = client.post(f"{MANY}?call={villages.call.reference}", data=data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(texts()) == 2
    result = client.page(first.location).main.get_text(" ", strip=True)
    assert "Geschreven in 2 dossiers" in result
    assert villages.gone.reference in result


def test_a_list_that_changed_after_the_look_is_looked_at_again(villages, client):
    client.sign_in(villages.coordinator)
    page = soup_of(client.submit(f"{MANY}?call={villages.call.reference}", {**WORDS, "send": "look"}))
    villages.submitted(answers={"title": "Nog een"})

    answer = client.post(f"{MANY}?call={villages.call.reference}", data=sent_form(page) | {"send": "yes"})

    assert answer.status_code == 409
    assert texts() == []


def test_another_dossier_in_the_place_of_one_is_another_list(villages, client):
    client.sign_in(villages.coordinator)
    page = soup_of(client.submit(f"{MANY}?call={villages.call.reference}", {**WORDS, "send": "look"}))
    villages.submitted(answers={"title": "Nog een"})
    with clock.fixed(clock.now() - timedelta(days=40)):
        make.take(villages.dutch, "withdraw", villages.resident, values.Reason(""))

    answer = client.post(f"{MANY}?call={villages.call.reference}", data=sent_form(page) | {"send": "yes"})

    assert (answer.status_code, texts()) == (409, [])


def test_the_whole_list_or_all_that_are_ticked_and_none_left_out_in_silence(villages, client):
    client.sign_in(villages.coordinator)
    refs = [villages.submitted(answers={"title": f"Extra {each}"}).reference for each in range(51)]
    here, form = f"/coordinator/messages/chosen?call={villages.call.reference}&q=Extra", sent_form(
        client.page("/coordinator/dossiers")
    )  # fmt: skip

    asked = client.post(here, data=form | {"all": "yes"})
    looked = client.submit(asked.location, {**WORDS, "send": "look"})
    sent = client.post(asked.location, data=sent_form(soup_of(looked)) | {"send": "yes"})
    ticked = client.post(here, data=form | {"ref": refs})

    assert "q=Extra" in asked.location
    assert len(texts()) == 51
    assert "Geschreven in 51 dossiers" in client.page(sent.location).get_text(" ", strip=True)
    assert "Het gaat naar 51 dossiers" in client.page(ticked.location).get_text(" ", strip=True)
    too_many = client.post(here, data=form | {"ref": refs * 4})
    assert "Hoogstens 200" in client.page(too_many.location).get_text(" ", strip=True)


def test_a_language_that_a_group_reads_must_be_written(villages, client):
    client.sign_in(villages.coordinator)
    refs = f"&ref={villages.other.reference}"
    answer = client.submit(f"{MANY}?call={villages.call.reference}{refs}", {"send": "look"})

    assert answer.status_code == 422
    wrong = [each.get("href") for each in soup_of(answer).select("[data-focus] a")]
    assert wrong == ["#subject_fr", "#text_fr"]


def test_ticked_in_the_list_leads_to_exactly_those(villages, client):
    client.sign_in(villages.coordinator)
    data = sent_form(client.page("/coordinator/dossiers")) | {"ref": [villages.dutch.reference]}

    answer = client.post(f"/coordinator/messages/chosen?call={villages.call.reference}", data=data)

    assert client.page(answer.location).select_one(".lead").get_text().startswith("Het gaat naar 1 dossier")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_a_sending_takes_as_many_statements_whatever_their_number(app, statements, number):
    made = Round()
    refs = [made.submitted(answers={"title": f"Dossier {each}"}).reference for each in range(number)]

    with statements() as seen:
        write(made, refs)

    # the new head and the new event of each history are one statement each, all else is one for all
    own = [each for each in seen if not each.startswith(("INSERT INTO event", "UPDATE trail"))]
    assert len(own) == 15
    assert len(seen) <= 16 + 2 * number
    assert len(texts()) == number


def test_histories_hold_after_many_and_the_sides_are_right(villages):
    write(villages, villages.all)

    sides = db.session.scalars(db.select(Message.side)).all()
    assert sides == [Side.office, Side.office]


def sent_form(page):
    return form_values(page.select_one("main form[method=post]"))


def test_of_a_large_call_the_numbers_are_those_that_the_worker_counted(villages, client, monkeypatch):
    client.sign_in(villages.coordinator)
    asked = [
        MANY,
        f"{MANY}?state=submitted",
        f"{MANY}?state=withdrawn",
        f"{MANY}?q=zaal",
        f"{MANY}?handler=me",
    ]
    now = [shown(client, path) for path in asked]
    monkeypatch.setattr(kept, "LIVE", 0)
    before = [shown(client, path) for path in asked]
    at_work()

    assert [shown(client, path) for path in asked] == before == now
    assert "Het gaat naar 2 dossiers (Nederlands 1, Français 1)." in now[0]
    assert [len(client.page(path).select("section[aria-labelledby=left] li")) for path in asked] == [
        1, 0, 1, 0, 0,
    ]  # fmt: skip
    make.submitted(villages.lot, villages.resident, villages.group, answers={"title": "Nieuw"})
    later = client.page(MANY).get_text()
    assert "Het gaat naar 2 dossiers" in later
    assert "nieuwere cijfers volgen" in later
    looked = client.submit(MANY, {**WORDS, "send": "look"}, form="main form")
    assert "Het gaat naar 3 dossiers" in soup_of(looked).get_text()


def test_who_is_left_out_because_time_passes_is_named_though_nothing_happened(villages, client, monkeypatch):
    monkeypatch.setattr(kept, "LIVE", 0)
    make.take(villages.other, "withdraw", villages.french, values.Reason(""))
    at_work()
    client.sign_in(villages.coordinator)
    assert "Salle" not in shown(client, MANY)

    with clock.fixed(clock.now() + timedelta(days=31)):
        at_work()
        later = shown(client, MANY)

    assert "Het gaat naar 1 dossier" in later
    assert "Salle" in later


def test_of_very_many_that_are_left_out_the_first_are_named(villages, client, monkeypatch):
    monkeypatch.setattr(recipients, "NAMED", 1)
    for number in range(2):
        gone = make.submitted(
            villages.lot, villages.resident, villages.group, answers={"title": f"Ook weg {number}"}
        )
        with clock.fixed(clock.now() - timedelta(days=40)):
            make.take(gone, "withdraw", villages.resident, values.Reason(""))
    client.sign_in(villages.coordinator)

    section = client.page(MANY).select_one("section[aria-labelledby=left]")

    assert len(section.select("li")) == 1
    assert "en nog 2" in section.get_text()


@pytest.fixture
def live(request, monkeypatch):
    """Up to how many applications the numbers are counted when they are asked for."""
    monkeypatch.setattr(kept, "LIVE", request.param)
    return request.param


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize("live", [300, 0], indirect=True)
def test_the_page_asks_the_same_number_of_statements(villages, client, statements, count, live):
    for each in range(count):
        make.submitted(villages.lot, villages.resident, villages.group, answers={"title": f"Idee {each}"})
    at_work()
    client.sign_in(villages.coordinator)
    client.page(MANY)

    with statements() as found:
        client.page(MANY)

    assert len(found) == (5 if live else 6)
