"""Messages on the pages of a group, a coach and a coordinator."""

import pytest

from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import Task
from callflow.messages import actions
from callflow.messages.models import Message, NoticeChoice, Thread
from callflow.messages.states import Audience, Often, Side
from callflow.people.states import Right
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import COACHED_BEFORE, Round

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} https://kwaad.example/x"


@pytest.fixture
def village(app):
    """A screened dossier with a coach, a juror and a member who may only read."""
    made = Round(COACHED_BEFORE)
    made.viewer = make.person(name="Kijker Voorbeeld")
    made.group = make.group({made.resident: Right.submit, made.viewer: Right.view})
    made.dossier = made.screened()
    made.give(made.dossier, Task.coach, made.coach)
    made.ref = made.dossier.reference
    return made


@pytest.fixture
def as_person(app):
    return lambda who: CheckedClient(app).sign_in(who)


def asked(village, client, *, audience="office", text="Mag het in de zaal?", subject="Zaal"):
    """The address of a thread that the group began, after the redirect."""
    here = f"/applications/{village.ref}/messages"
    return client.submit(here, {"subject": subject, "text": text, "audience": audience}).location


def written(village, number):
    """So many threads with as many messages in the last, whose key it is."""
    who = make.actor(village.resident)
    with unit_of_work():
        loaded = dossiers.for_step(village.ref, by=who)
        for each in range(number):
            thread = actions.open_thread(
                who, loaded, side=Side.group, subject=f"Vraag {each}", audience=Audience.both, text="En?",
                language="nl",
            )  # fmt: skip
        for _ in range(number - 1):
            actions.reply(who, loaded, thread, side=Side.group, text="En?", language="nl")
        return thread.key


def key_of(address):
    return address.rpartition("/")[2]


def text_of(page):
    return page.main.get_text(" ", strip=True)


def test_a_group_asks_the_office_answers_and_each_sees_what_is_new(village, as_person):
    group, office = as_person(village.resident), as_person(village.coordinator)
    address = asked(village, group)
    theirs = f"/coordinator/dossiers/{village.ref}/messages/{key_of(address)}"

    assert "Zaal" in text_of(office.page("/coordinator"))
    assert "Mag het in de zaal?" in text_of(office.page(theirs))
    assert office.submit(theirs, {"text": "Ja."}, form=f"main form[action='{theirs}']").status_code == 303

    assert "Zaal" not in text_of(office.page("/coordinator"))
    assert "1 gesprek met iets nieuws" in text_of(group.page("/applications"))
    assert "Nieuw" in text_of(group.page(address))
    assert group.submit(address, form="main form[data-read]").status_code == 303
    assert "Nieuw" not in text_of(group.page(address))
    assert "iets nieuws" not in text_of(group.page("/applications"))


def test_a_message_is_sent_once_however_often_the_button_is_pressed(village, as_person):
    group = as_person(village.resident)
    here = f"/applications/{village.ref}/messages"
    data = form_values(group.page(here).select_one("main form"))
    data |= {"subject": "Zaal", "text": "Eén keer"}

    answers = [group.post(here, data=data) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(db.session.scalars(db.select(Message)).all()) == 1


def test_what_somebody_writes_stands_as_text_and_a_refused_one_comes_back(village, as_person):
    group = as_person(village.resident)
    page = group.page(asked(village, group, text=HOSTILE, subject="<i>x</i>"))
    assert HOSTILE in text_of(page)
    assert page.h1.get_text() == "<i>x</i>"
    assert not page.select("main a[href*=kwaad], main script, h1 i")

    back = group.submit(f"/applications/{village.ref}/messages", {"subject": "", "text": "Blijft staan"})

    assert back.status_code == 422
    assert [each["href"] for each in soup_of(back).select("[data-focus] a")] == ["#subject"]
    assert soup_of(back).select_one("textarea").get_text().strip() == "Blijft staan"


def test_who_may_only_read_sees_no_form_and_a_draft_says_when(village, as_person):
    viewer = as_person(village.viewer)
    assert not viewer.page(f"/applications/{village.ref}/messages").select("main form")

    draft = make.draft(village.lot, village.resident, village.group)
    page = as_person(village.resident).page(f"/applications/{draft.reference}/messages")

    assert "zodra de aanvraag is ingediend" in text_of(page)
    assert not page.select("main form")


def test_a_coach_reads_what_is_for_the_coach_and_writes_back(village, as_person):
    group, coach = as_person(village.resident), as_person(village.coach)
    hidden, seen = asked(village, group), asked(village, group, audience="coach", subject="Aan de begeleider")
    here = f"/coach/dossiers/{village.ref}/messages"

    assert "Aan de begeleider" in text_of(coach.page(here))
    assert "Zaal" not in text_of(coach.page(here))
    assert coach.get(f"{here}/{key_of(hidden)}").status_code == 404
    assert "1 gesprek met iets nieuws" in text_of(coach.page("/coach"))
    mine = f"{here}/{key_of(seen)}"
    assert coach.submit(mine, {"text": "Doe maar."}, form=f"main form[action='{mine}']").status_code == 303


def test_jurors_strangers_and_colleagues_with_a_conflict_find_nothing(village, as_person):
    village.give(village.dossier, Task.juror, village.juror)
    key = key_of(asked(village, as_person(village.resident), audience="both"))

    for who in (village.juror, village.stranger, village.signatory):
        for start in ("/applications", "/coach/dossiers", "/coordinator/dossiers"):
            for more in ("", f"/{key}"):
                answer = as_person(who).get(f"{start}/{village.ref}/messages{more}")
                assert answer.status_code in (403, 404)
                assert "Mag het" not in answer.get_data(as_text=True)


def test_the_office_notes_that_no_answer_is_needed_and_who_answers(village, as_person):
    office = as_person(village.coordinator)
    address = asked(village, as_person(village.resident))
    theirs = f"/coordinator/dossiers/{village.ref}/messages/{key_of(address)}"

    given = office.submit(theirs, {"person_id": str(village.colleague.id)}, form="form[action$=answerer]")
    assert given.status_code == 303
    assert "Zaal" not in text_of(office.page("/coordinator/messages"))
    assert "Karim Voorbeeld" in text_of(office.page("/coordinator/messages?whose=all"))

    page = office.page(theirs)
    form = form_values(page.select_one("form[action*=settled]"))
    assert office.post(f"{theirs}/settled/not_needed", data=form).status_code == 303
    assert "Geen bericht wacht op antwoord" in text_of(office.page("/coordinator/messages?whose=all"))
    assert office.post(f"{theirs}/settled/anything", data=form).status_code == 404


def test_what_one_wants_to_be_told_is_chosen_in_the_account(village, as_person):
    person = as_person(village.resident)

    sent = person.submit(
        "/account", {"told-often": "daily", "told-with_text": "y"}, form="form[action$=notices]"
    )

    assert sent.status_code == 303
    kept = db.session.get_one(NoticeChoice, village.resident.id)
    assert (kept.often, kept.with_text) == (Often.daily, True)
    chosen = person.page("/account").select_one("[name=told-often][checked]")
    assert chosen["value"] == "daily"


@pytest.mark.parametrize("number", [1, 3, 30])
def test_pages_take_as_many_statements_for_one_as_for_thirty(village, as_person, statements, number):
    group, office, coach = (as_person(who) for who in (village.resident, village.coordinator, village.coach))
    key, found = written(village, number), {}
    address = f"/applications/{village.ref}/messages/{key}"
    for who, path in (
        (group, f"/applications/{village.ref}/messages"),
        (group, address),
        (coach, f"/coach/dossiers/{village.ref}/messages/{key}"),
        (office, f"/coordinator/dossiers/{village.ref}/messages/{key}"),
        (office, "/coordinator/messages"),
    ):
        who.page(path)
        with statements() as seen:
            who.page(path)
        found[path.replace(key, "KEY").replace(village.ref, "REF")] = len(seen)

    assert db.session.scalar(db.select(db.func.count(Thread.id))) == number
    assert found == {
        "/applications/REF/messages": 4,
        "/applications/REF/messages/KEY": 4,
        "/coach/dossiers/REF/messages/KEY": 4,
        "/coordinator/dossiers/REF/messages/KEY": 5,
        "/coordinator/messages": 5,
    }
