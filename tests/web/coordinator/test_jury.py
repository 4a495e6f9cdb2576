"""The pages about the jury of a call: proposals, what is known of jurors, conflicts, excuses."""

from datetime import timedelta

import pytest
import time_machine

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.desk import kept
from callflow.dossiers.models import Assignment, Conflict, Dossier, Exclusion
from callflow.dossiers.states import ConflictKind, Fate, Task
from callflow.jury.models import AssignmentRun, JurorProfile
from callflow.jury.states import RunState
from callflow.lifecycle import proposing
from tests import factories as make
from tests.client import form_values, soup_of
from tests.kept import at_work
from tests.rounds import Round


def address(call, rest=""):
    return f"/coordinator/calls/{call.call.reference}/jury{rest}"


def drained():
    return proposing.drain("w1@here:1:x", lambda: False)


def places():
    db.session.rollback()
    return db.session.scalar(
        db.select(db.func.count()).select_from(Assignment).where(Assignment.task == Task.juror)
    )


def test_a_proposal_is_asked_for_watched_confirmed_and_a_second_click_changes_nothing(call, client):
    for _ in range(3):
        call.screened()
    client.sign_in(call.coordinator)

    asked = {"per_dossier": "2", "min_load": "3", "max_load": "3", "readers": "0", "earlier": "keep"}
    sent = client.submit(address(call), asked, form="form[action$=jury]")
    working = client.page(address(call))
    assert drained() == 1
    shown = client.page(address(call))

    assert sent.status_code == 303
    assert working.select_one("[data-progress] [role=status]") is not None
    assert shown.select_one("[data-progress]") is None
    assert len(shown.select("section[aria-labelledby=pairings] li")) == 6
    assert places() == 0

    path, form = address(call), "form[action$=confirm]"
    values = {each["name"]: each["value"] for each in shown.select(f"{form} input")}
    target = str(shown.select_one(form)["action"])
    assert client.post(target, data=values).status_code == 303
    assert client.post(target, data=values).status_code == 303
    assert places() == 6
    assert "6" in client.page(path).select_one(".lead").get_text()


def test_what_changed_meanwhile_is_said_and_nothing_is_written(call, client):
    call.screened()
    client.sign_in(call.coordinator)
    asked = {"per_dossier": "1", "min_load": "0", "max_load": "3", "readers": "0", "earlier": "keep"}
    client.submit(address(call), asked, form="form[action$=jury]")
    drained()
    call.screened()

    answer = client.submit(address(call), form="form[action$=confirm]")

    assert (answer.status_code, places()) == (409, 0)
    assert "Er is iets veranderd" in soup_of(answer).get_text()


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"per_dossier": "0"}, None),
        ({"per_dossier": "x"}, None),
        ({"min_load": "5", "max_load": "2"}, "De hoogste last is kleiner dan de laagste."),
        ({"max_load": "99999999999999999999"}, None),
        ({"earlier": "other"}, None),
        ({"readers": "-1"}, None),
    ],
)
def test_settings_that_cannot_be_come_back_as_typed(call, client, typed, said):
    call.screened()
    client.sign_in(call.coordinator)
    asked = {"per_dossier": "1", "min_load": "0", "max_load": "3", "readers": "0", "earlier": "keep"}

    answer = client.submit(address(call), {**asked, **typed}, form="form[action$=jury]")

    text = soup_of(answer)
    assert answer.status_code == 422
    assert said is None or said in text.get_text()
    for name, value in typed.items():
        if name != "earlier":
            assert text.select_one(f"[name={name}]")["value"] == value
    assert db.session.scalars(db.select(AssignmentRun)).all() == []


def test_people_who_may_not_sit_together_stay_chosen_and_what_cannot_be_is_named(call, client):
    dossier = call.screened()
    client.sign_in(call.coordinator)
    asked = {"per_dossier": "2", "min_load": "0", "max_load": "3", "readers": "0", "earlier": "keep"}
    pair = {"apart-one": [str(call.juror.id), ""], "apart-other": [str(call.second.id), ""]}

    client.submit(address(call), {**asked, **pair}, form="form[action$=jury]")
    drained()
    shown = client.page(address(call))

    assert db.session.scalars(db.select(AssignmentRun.status)).one() is RunState.impossible
    assert dossier.reference in shown.select_one(".notice.stops").get_text()
    assert shown.select_one("#apart-one-1 option[selected]")["value"] == str(
        min(call.juror.id, call.second.id)
    )


def test_a_profile_finds_conflicts_and_the_coordinator_lifts_one(call, client):
    town = make.municipality("BE")
    dossier = call.judged()
    with unit_of_work():
        db.session.get_one(Dossier, dossier.id).municipality_code = town.code
    member = address(call, f"/members/{call.juror.id}")
    client.sign_in(call.coordinator)

    known = {"languages": ["nl"], "municipality": town.code, "household": "Iemand"}
    assert client.submit(member, known, form="form[action*=members]").status_code == 303
    assert len(client.page(member).select("section[aria-labelledby=conflicts] li")) == 1
    client.sign_in(call.juror)
    assert client.status(f"/jury/dossiers/{dossier.reference}") == 404

    client.sign_in(call.coordinator)
    page = f"/coordinator/dossiers/{dossier.reference}"
    assert client.submit(page, {"reason": ""}, form="form[action*=conflicts]").status_code == 422
    assert client.submit(page, {"reason": "Grote stad"}, form="form[action*=conflicts]").status_code == 303
    assert db.session.scalars(db.select(Conflict.ended_reason)).all() == ["Grote stad"]
    client.sign_in(call.juror)
    assert client.status(f"/jury/dossiers/{dossier.reference}") == 200


def test_a_coordinator_of_the_jury_cannot_lift_a_conflict_of_their_own(call, client):
    town = make.municipality("BE")
    dossier = call.screened()
    both = make.person((Role.coordinator, "call", call.call.id), (Role.juror, "call", call.call.id))
    with unit_of_work():
        db.session.get_one(Dossier, dossier.id).municipality_code = town.code
    client.sign_in(both)
    own = f"/jury/calls/{call.call.reference}/profile"
    assert client.submit(own, {"languages": ["nl"], "municipality": town.code}).status_code == 303
    page = f"/coordinator/dossiers/{dossier.reference}"

    shown = client.page(page)
    assert shown.select("form[action*=conflicts]") == []
    token = form_values(shown.select_one("main form[method=post]"))
    sent = client.post(f"{page}/conflicts/{both.id}/municipality", data=token | {"reason": "Valt mee"})

    assert sent.status_code == 422
    assert "Niemand heft een eigen belangenconflict op" in soup_of(sent).get_text()
    client.sign_in(call.coordinator)
    assert client.submit(page, {"reason": "Valt mee"}, form="form[action*=conflicts]").status_code == 303


def test_a_juror_tells_of_themselves_and_cannot_clear_a_conflict(call, client):
    town = make.municipality("BE")
    dossier = call.judged()
    with unit_of_work():
        db.session.get_one(Dossier, dossier.id).municipality_code = town.code
    own = f"/jury/calls/{call.call.reference}/profile"
    client.sign_in(call.juror)

    assert client.submit(own, {"languages": ["nl", "fr"], "municipality": town.code}).status_code == 303
    assert client.status(f"/jury/dossiers/{dossier.reference}") == 404
    assert client.submit(own, {"languages": ["nl"], "municipality": ""}).status_code == 303
    assert client.status(f"/jury/dossiers/{dossier.reference}") == 404
    assert client.submit(own, {"languages": None}).status_code == 422
    assert db.session.scalars(db.select(JurorProfile.languages)).all() == [["nl"]]


def test_who_coached_it_is_not_made_its_juror_by_hand_and_the_page_says_why(app, client):
    call = Round(Procedure(coaching=Coaching.before, sessions_needed=1))
    here = ("call", call.call.id)
    call.coach = make.person((Role.coach, *here), (Role.juror, *here))
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    call.coach_them(dossier)
    client.sign_in(call.coordinator)
    page = f"/coordinator/dossiers/{dossier.reference}"
    client.submit(page, form="form[action$='tasks/coach/away']")

    put = client.submit(page, {"person_id": str(call.coach.id)}, form="form[action$='tasks/juror']")

    assert put.status_code == 422
    assert places() == 0
    assert [each.kind for each in db.session.scalars(db.select(Conflict))] == [ConflictKind.coached]
    assert client.page(page).select_one(f"form[action$='conflicts/{call.coach.id}/coached']") is not None


def test_late_scores_are_decided_on_the_page_of_the_dossier(call, client):
    dossier = call.judged()
    call.score(dossier, call.juror)
    call.step_aside(dossier, call.juror)
    client.sign_in(call.coordinator)
    page, form = f"/coordinator/dossiers/{dossier.reference}", "form[action*=recusals]"

    assert client.submit(page, {"reason": "", "do": "keep"}, form=form).status_code == 422
    assert client.submit(page, {"reason": "Was nog geen buur", "do": "keep"}, form=form).status_code == 303
    assert db.session.scalars(db.select(Exclusion.scores)).one() is Fate.kept


def test_a_conflict_that_somebody_told_of_is_noted_by_the_office(call, client):
    dossier = call.judged()
    call.score(dossier, call.juror)
    other = make.person((Role.juror, "call", call.call.id))
    client.sign_in(call.coordinator)
    page, form = f"/coordinator/dossiers/{dossier.reference}", "form[action$=conflict]"

    def told(person, reason):
        sent = {"person_id": str(person.id) if person else "", "reason": reason}
        return client.submit(page, sent, form=form)

    assert [told(None, "Buur").status_code, told(call.juror, " ").status_code] == [422, 422]
    assert 'value="Buur"' in told(None, "Buur").text
    assert [told(call.juror, "Buur").status_code, told(other, "Zus").status_code] == [303, 303]
    found = db.session.execute(db.select(Exclusion.person_id, Exclusion.scores, Exclusion.reason))
    assert sorted(map(tuple, found)) == [
        (call.juror.id, Fate.undecided, "Buur"),
        (other.id, Fate.none, "Zus"),
    ]
    assert {each.kind for each in db.session.scalars(db.select(Conflict))} == {ConflictKind.reported}
    assert client.sign_in(call.juror).get(f"/jury/dossiers/{dossier.reference}").status_code == 404


def test_a_juror_is_excused_from_the_call_and_called_back(call, client):
    call.judged()
    client.sign_in(call.coordinator)
    member = address(call, f"/members/{call.juror.id}")

    assert client.submit(member, {"reason": " "}, form="form[action$=excuse]").status_code == 422
    assert client.submit(member, {"reason": "Ziek"}, form="form[action$=excuse]").status_code == 303
    assert places() == 0
    assert client.submit(member, form="form[action$=excuse]").status_code == 303
    assert db.session.scalars(db.select(JurorProfile.excused_at)).one() is None


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_asks_the_same_number_of_statements_whatever_there_is(call, client, statements, number):
    for _ in range(number):
        call.submitted()
        make.person((Role.juror, "call", call.call.id))
    client.sign_in(call.coordinator)
    asked = {"per_dossier": "2", "min_load": "0", "max_load": "60", "readers": "0", "earlier": "keep"}
    client.submit(address(call), asked, form="form[action$=jury]")
    drained()

    with statements() as asked_of_the_database:
        client.page(address(call))

    assert len(asked_of_the_database) == 16


def test_of_a_large_call_the_page_says_what_the_worker_put_together(call, client, monkeypatch):
    for number in range(3):
        call.screened(answers={"title": f"Idee {number}"})
    monkeypatch.setattr(kept, "LIVE", 0)
    monkeypatch.setattr(kept, "PAGE", 2)
    client.sign_in(call.coordinator)
    assert "worden berekend" in client.page(address(call)).get_text()
    at_work()
    asked = {"per_dossier": "2", "min_load": "0", "max_load": "3", "readers": "0", "earlier": "keep"}
    client.submit(address(call), asked, form="form[action$=jury]")
    assert drained() == 1
    between = client.page(address(call))
    assert "wordt samengesteld" in between.select_one("[data-progress] [role=status]").get_text()
    assert between.select("form[action$=confirm]") == []

    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        at_work()
    pages = [client.page(address(call, f"?page={number}")) for number in (1, 2)]

    found = [[each.get_text() for each in page.select("#pairings ~ .flow h3")] for page in pages]
    assert [len(each) for each in found] == [2, 1]
    assert sorted(found[0] + found[1]) == ["Idee 0", "Idee 1", "Idee 2"]
    for page in pages:
        assert page.select_one("[data-progress]") is None
        cells = [
            row.select_one("td[data-label=Voorgesteld]").get_text()
            for row in page.select("section[aria-labelledby=jury] tbody tr")
        ]
        assert sorted(cells) == ["3", "3"]
    assert client.submit(address(call), form="form[action$=confirm]").status_code == 303
    assert "6 plaatsen toegewezen" in client.page(address(call)).select_one(".lead").get_text()
    monkeypatch.setattr(kept, "LIVE", 300)
    assert "6 plaatsen toegewezen" in client.page(address(call)).select_one(".lead").get_text()


def test_a_large_jury_is_turned_page_by_page_and_everybody_can_be_kept_apart(call, client, monkeypatch):
    monkeypatch.setattr(kept, "PAGE", 2)
    third = make.person((Role.juror, "call", call.call.id), name="Xavier Voorbeeld")
    call.screened()
    client.sign_in(call.coordinator)

    pages = [client.page(address(call, f"?jurors={number}")) for number in (1, 2, 7)]

    jury = "section[aria-labelledby=jury]"
    names = [[each.get_text() for each in page.select(f"{jury} tbody th a")] for page in pages]
    assert names == [["Pol Voorbeeld", "Xavier Voorbeeld"], ["Zoé Exemple"], ["Zoé Exemple"]]
    assert "3 juryleden" in pages[0].select_one(".lead").get_text()
    assert pages[0].select_one(f"{jury} a[rel=next]")["href"].endswith("jurors=2#jury")
    for page in pages:
        for each in page.select("select"):
            assert len(each.select("option")) == 4
            assert each.select("option[selected]") == []

    asked = {"per_dossier": "1", "min_load": "0", "max_load": "3", "readers": "0", "earlier": "keep"}
    form = form_values(pages[0].select_one("form[action$=jury]"))
    pair = {"apart-one": str(third.id), "apart-other": str(call.juror.id)}
    assert client.post(address(call), data=form | asked | pair).status_code == 303
    chosen = client.page(address(call)).select("select option[selected]")
    assert {each["value"] for each in chosen} == {str(third.id), str(call.juror.id)}


def test_many_conflicts_of_one_member_are_turned_page_by_page(call, client, monkeypatch):
    monkeypatch.setattr(kept, "PAGE", 2)
    town = make.municipality("BE")
    made = [call.judged() for _ in range(3)]
    with unit_of_work():
        for dossier in made:
            db.session.get_one(Dossier, dossier.id).municipality_code = town.code
    member = address(call, f"/members/{call.juror.id}")
    client.sign_in(call.coordinator)
    known = {"languages": ["nl"], "municipality": town.code}
    assert client.submit(member, known, form="form[action*=members]").status_code == 303

    pages = [client.page(f"{member}?page={number}") for number in (1, 2, 99)]

    named = [
        {
            each["href"].split("#")[0].rsplit("/", 1)[1]
            for each in page.select("section[aria-labelledby=conflicts] li a")
        }
        for page in pages
    ]
    assert named[0] | named[1] == {each.reference for each in made}
    assert [len(each) for each in named] == [2, 1, 1]
