"""One deed on many dossiers, ticked or all that a list finds: done once, each with its result."""

import pytest

from callflow.core.db import db, unit_of_work
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State, Task
from callflow.filing import actions
from callflow.filing.models import Batch, Tagged
from callflow.filing.rules import MOST_AT_ONCE
from callflow.filing.states import Colour
from tests import factories as make
from tests.client import soup_of
from tests.rounds import Round

BAR = "main form[method=post]"


@pytest.fixture
def tag(call):
    with unit_of_work():
        return actions.make_tag(
            make.actor(call.coordinator), call.call.id, name="Nabellen", colour=Colour.sea
        )


def handlers(*dossiers):
    db.session.rollback()
    wanted = [each.id for each in dossiers]
    return set(db.session.scalars(db.select(Dossier.handler_id).where(Dossier.id.in_(wanted))))


def test_the_whole_list_is_confirmed_with_its_number_and_done_on_every_page(call, coordinator, monkeypatch):
    monkeypatch.setattr("callflow.desk.dossiers.SIZE", 2)
    made = [call.submitted(answers={"title": f"Idee {number}"}) for number in range(5)]
    other = call.screened(answers={"title": "Anders"})
    for each in made[:4]:
        call.passed(each)

    asked = coordinator.submit(
        "/coordinator/dossiers?state=submitted", {"all": "yes", "trigger": "screen"}, form=BAR
    )
    confirm = coordinator.page(asked.location)
    done = coordinator.submit(asked.location, form=BAR)
    page = coordinator.page(done.location)

    assert "(5)" in confirm.select_one("main form button").get_text()
    assert [make.state_of(each) for each in made] == [State.screened] * 4 + [State.submitted]
    assert make.state_of(other) is State.screened
    assert "4 dossiers" in page.select_one(".lead").get_text()
    call.passed(made[4])
    again = coordinator.submit(done.location, form=BAR)
    assert again.location != done.location
    assert make.state_of(made[4]) is State.screened


def test_a_list_that_finds_others_meanwhile_is_confirmed_anew(call, coordinator, tag):
    call.submitted()
    where = f"/coordinator/dossiers/many?deed=tag&value={tag.id}"
    form = coordinator.page(where).select_one(BAR)
    sent = {each["name"]: each["value"] for each in form.select("input")}
    call.submitted()

    answer = coordinator.post(where, data=sent)

    assert answer.status_code == 409
    assert "(2)" in soup_of(answer).select_one("main form button").get_text()
    assert db.session.scalars(db.select(Tagged)).all() == []


def test_more_than_can_be_done_at_once_is_refused_before_and_after(call, coordinator, monkeypatch):
    for _ in range(3):
        call.submitted()
    where = "/coordinator/dossiers/many?deed=screen"
    form = coordinator.page(where).select_one(BAR)
    sent = {each["name"]: each["value"] for each in form.select("input")}
    monkeypatch.setattr("callflow.web.coordinator.many.MOST_AT_ONCE", 2)

    answer = coordinator.post(where, data=sent)

    assert answer.status_code == 422
    assert soup_of(answer).select(BAR) == []
    assert coordinator.page(where).select(BAR) == []
    assert MOST_AT_ONCE >= 300


def test_tags_are_put_on_and_taken_off_many_and_what_was_so_already_says_so(call, coordinator, tag):
    made = [call.submitted() for _ in range(3)]
    refs = [each.reference for each in made]

    first = coordinator.submit(
        "/coordinator/dossiers", {"ref": refs[:2], "trigger": "tag", "tag_id": str(tag.id)}, form=BAR
    )
    second = coordinator.submit(
        "/coordinator/dossiers", {"ref": refs, "trigger": "tag", "tag_id": str(tag.id)}, form=BAR
    )
    page = coordinator.page(second.location)
    coordinator.submit(
        "/coordinator/dossiers", {"ref": refs[1:], "trigger": "untag", "tag_id": str(tag.id)}, form=BAR
    )

    assert first.status_code == 303
    assert [each["value"] for each in page.select("main form input[name=ref]")] == refs[:2]
    assert page.select_one("main form input[name=tag_id]")["value"] == str(tag.id)
    assert set(db.session.scalars(db.select(Tagged.dossier_id))) == {made[0].id}


def test_where_nothing_was_done_the_page_does_not_say_that_it_was(call, coordinator):
    dossier = call.screened()
    sent = {"ref": [dossier.reference], "trigger": "screen"}

    page = coordinator.page(coordinator.submit("/coordinator/dossiers", sent, form=BAR).location)

    assert page.h1.get_text(strip=True) == "Ontvankelijkheid bevestigen"
    why = page.select_one("main tbody .small").get_text(strip=True)
    assert why == "Deze stap kan niet vanuit de staat waarin het dossier nu is: nagekeken."


def test_a_case_handler_gets_many_and_the_one_before_is_released(call, coordinator):
    made = [call.submitted() for _ in range(3)]
    call.give(made[0], Task.handler, call.colleague)
    sent = {"ref": [each.reference for each in made], "trigger": "handler"}

    answer = coordinator.submit(
        "/coordinator/dossiers", {**sent, "person_id": str(call.coordinator.id)}, form=BAR
    )
    juror = coordinator.submit("/coordinator/dossiers", {**sent, "person_id": str(call.juror.id)}, form=BAR)

    assert "3 dossiers" in coordinator.page(answer.location).select_one(".lead").get_text()
    assert handlers(*made) == {call.coordinator.id}
    page = coordinator.page(juror.location)
    assert len(page.select("main form input[name=ref]")) == 3
    assert handlers(*made) == {call.coordinator.id}


@pytest.mark.parametrize(
    "sent", [{"trigger": "tag"}, {"trigger": "handler", "person_id": "x"}, {"trigger": "tag", "tag_id": "1;"}]
)
def test_a_deed_without_its_tag_or_person_is_refused_at_the_list(call, coordinator, tag, sent):
    dossier = call.submitted()

    answer = coordinator.submit("/coordinator/dossiers", {"ref": [dossier.reference], **sent}, form=BAR)

    assert answer.status_code == 422
    assert "lijst" in soup_of(answer).select_one("[data-focus]").get_text()
    ticked = soup_of(answer).select("input[name=ref][checked]")
    assert [each["value"] for each in ticked] == [dossier.reference]
    assert soup_of(answer).select_one("thead a")["href"].startswith("/coordinator/dossiers?")


def test_a_tag_of_another_call_does_not_exist(call, coordinator):
    other, dossier = Round(), call.submitted()
    with unit_of_work():
        foreign = actions.make_tag(
            make.actor(other.coordinator), other.call.id, name="Vreemd", colour=Colour.sea
        )

    answer = coordinator.submit(
        "/coordinator/dossiers",
        {"ref": [dossier.reference], "trigger": "tag", "tag_id": str(foreign.id)}, form=BAR,
    )  # fmt: skip

    assert answer.status_code == 404
    assert db.session.scalars(db.select(Batch)).all() == []


def test_results_are_for_who_took_the_step(call, client, coordinator):
    dossier = call.submitted()
    answer = coordinator.submit(
        "/coordinator/dossiers", {"ref": [dossier.reference], "trigger": "screen"}, form=BAR
    )

    client.sign_in(call.colleague)

    assert client.get(answer.location).status_code == 404


@pytest.mark.parametrize("trigger", ["screen", "handler", "tag"])
def test_every_deed_takes_at_most_twelve_statements_a_dossier(call, coordinator, statements, tag, trigger):
    made = [call.submitted() for _ in range(12)]
    for each in made:
        call.passed(each)
        call.give(each, Task.handler, call.colleague)
    sent = {"trigger": trigger, "tag_id": str(tag.id), "person_id": str(call.coordinator.id)}

    def taken(some):
        page = coordinator.page("/coordinator/dossiers")
        hidden = {each["name"]: each["value"] for each in page.select(f"{BAR} input[type=hidden]")}
        data = {**hidden, **sent, "ref": [each.reference for each in some]}
        with statements() as seen:
            answer = coordinator.post("/coordinator/dossiers/steps", data=data)
        assert coordinator.page(answer.location).select("main form") == []
        return len(seen)

    few, many = taken(made[:2]), taken(made[2:])

    assert (many - few) / 8 <= (12 if trigger != "tag" else 0)
    assert few - 2 * 12 <= 40
