"""What is done after a session: put right, followed up, noted for staff, stepped aside from, waived."""

from datetime import timedelta

import pytest

from callflow.coaching.actions import Counsel
from callflow.coaching.models import Advice, Note, Session
from callflow.coaching.states import Follow
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.states import State, Task
from tests import factories as make
from tests.architecture.access import Neighbourhood
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import COACHED_BEFORE, Round

SECRET = "Alleen voor ons: de penningmeester stapt op"


@pytest.fixture
def call(app):
    return Round(COACHED_BEFORE)


@pytest.fixture
def coach(client, call):
    return client.sign_in(call.coach)


def coached(call, title="Moestuin"):
    made = call.screened(answers={"title": title})
    call.give(made, Task.coach, call.coach)
    return made


def at(dossier, more=""):
    return f"/coach/dossiers/{dossier.reference}{more}"


def summary(answer):
    return [each.get_text() for each in soup_of(answer).select("[data-focus] li")]


def test_a_session_is_put_right_once_and_a_stale_page_is_told_with_its_text_kept(call, coach):
    dossier = coached(call)
    noted = call.coach_them(dossier, advice=[Counsel(dossier.reference, "Bel de school", "need")])
    link = coach.page(at(dossier)).select_one("#coaching ~ div a[href*=sessions]")
    path, form = link["href"], "main form[action*=sessions]"
    page = coach.page(path)
    sent = form_values(page.select_one(form)) | {"minutes": "30", "advice-0-words": "Bel de directeur"}
    stale = form_values(coach.page(path).select_one(form)) | {"summary": "Mijn andere tekst"}

    answers = [coach.post(path, data=sent) for _ in range(2)]
    late = coach.post(path, data=stale)

    assert page.select_one("#advice-0-subject option[selected]")["value"] == "criterion:need"
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, at(dossier))] * 2
    assert late.status_code == 409
    assert soup_of(late).select_one("#summary").get_text().strip() == "Mijn andere tekst"
    db.session.rollback()
    kept = db.session.get_one(Session, noted.id)
    assert (kept.minutes, kept.version) == (30, 2)
    assert db.session.scalars(db.select(Advice.text)).all() == ["Bel de directeur"]
    again = form_values(soup_of(late).select_one(form))
    assert coach.post(path, data=again).status_code == 303
    assert coach.get("/coach/sessions/99999").status_code == 404


def test_an_appointment_leads_the_home_until_a_session_of_that_day_is_noted(call, coach):
    soon, later, missed = (coached(call, title) for title in ("Straks", "Ooit", "Vergeten"))
    today = clock.today()
    earlier = today - timedelta(days=20)
    call.coach_them(soon, next_on=today + timedelta(days=2), next_note="14 uur, Gildenhuis", held_on=earlier)
    call.coach_them(later, next_on=today + timedelta(days=30), held_on=earlier)
    call.coach_them(missed, next_on=today - timedelta(days=3), held_on=earlier)

    page = coach.page("/coach")
    titles = [each.get_text() for each in page.select("section[aria-labelledby=soon] h3")]
    assert titles == ["Vergeten", "Straks"]
    text = page.select_one("section[aria-labelledby=soon]").get_text(" ", strip=True)
    assert "14 uur, Gildenhuis" in text
    assert "sindsdien geen gesprek" in text
    assert "Dorpen aan zet, Perceel 1" in text

    call.coach_them(missed)
    titles = [each.get_text() for each in coach.page("/coach").select("section[aria-labelledby=soon] h3")]
    assert titles == ["Straks"]


def test_advice_is_dropped_with_a_word_and_a_stale_answer_of_the_group_is_told(call, coach, app):
    dossier = coached(call)
    call.coach_them(dossier, advice=[Counsel(dossier.reference, "Vraag offertes")])
    group = CheckedClient(app).sign_in(call.resident)
    theirs = f"/applications/{dossier.reference}"
    sent = form_values(group.page(theirs).select_one("form[action*=advice]")) | {"word": "Drie gevraagd"}
    mine = form_values(coach.page(at(dossier)).select_one("form[action*=advice]")) | {"word": "Niet nodig"}

    number = db.session.scalars(db.select(Advice.id)).one()
    assert coach.post(at(dossier, f"/advice/{number}/dropped"), data=mine).status_code == 303
    late = group.post(f"{theirs}/advice/{number}", data=sent)

    assert late.status_code == 409
    assert summary(late)[0].startswith("Iemand noteerde intussen")
    db.session.rollback()
    kept = db.session.scalars(db.select(Advice)).one()
    assert (kept.follow_up, kept.word, kept.settled_by) == (Follow.dropped, "Niet nodig", call.coach.id)
    coach.submit(at(dossier), form="form[action*=advice]")
    group.submit(theirs, {"word": "Drie gevraagd"}, form="form[action*=advice]")
    text = coach.page(at(dossier)).get_text(" ", strip=True)
    assert "Opgevolgd Marleen Voorbeeld op" in text
    assert "Drie gevraagd" in text
    assert coach.post(at(dossier, f"/advice/{number}/nonsense"), data=mine).status_code == 404


def test_a_coach_steps_aside_and_the_dossier_is_gone_for_them(call, coach):
    dossier = coached(call)

    empty = coach.submit(at(dossier), form="form[action$=conflict]")
    answer = coach.submit(at(dossier), {"reason": "Mijn zus is lid"}, form="form[action$=conflict]")

    assert (empty.status_code, len(summary(empty))) == (422, 1)
    assert answer.headers["Location"] == "/coach"
    assert coach.get(at(dossier)).status_code == 404
    assert dossier.title not in coach.page("/coach").get_text()


def test_the_coordinator_waives_with_a_reason_that_everybody_concerned_can_see(call, app):
    dossier = coached(call)
    office = CheckedClient(app).sign_in(call.coordinator)
    path, form = f"/coordinator/dossiers/{dossier.reference}", "form[action$=waiver]"

    empty = office.submit(path, form=form)
    done = office.submit(path, {"reason": "Al begeleid in een vorige oproep"}, form=form)

    assert (empty.status_code, done.status_code) == (422, 303)
    page = office.page(path)
    assert page.select_one(form) is None
    assert (
        "Al begeleid in een vorige oproep" in page.select_one("section[aria-labelledby=coaching]").get_text()
    )
    assert "Al begeleid" in CheckedClient(app).sign_in(call.coach).page(at(dossier)).get_text()
    theirs = CheckedClient(app).sign_in(call.resident).page(f"/applications/{dossier.reference}").get_text()
    assert "Vrijgesteld van ontbrekende gesprekken" in theirs
    assert "Al begeleid" not in theirs
    office.submit(f"{path}/steps/finish_coaching")
    assert make.state_of(dossier) is State.coached


def test_a_note_for_staff_is_on_no_page_of_anybody_else(app):
    around = Neighbourhood()
    for who, path in (("coach", "/coach/dossiers/{}"), ("coordinator", "/coordinator/dossiers/{}")):
        client, where = CheckedClient(app).sign_in(around.people[who]), path.format(around.dossier.reference)
        assert client.submit(where, {"note": SECRET}, form="form[action$=notes]").status_code == 303
        assert client.page(where).get_text().count(SECRET) >= 1
    assert len(db.session.scalars(db.select(Note)).all()) == 2

    leaks = []
    rules = [
        rule for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.arguments <= around.values.keys() and rule.arguments
    ]  # fmt: skip
    for who in ("submitter", "viewer", "juror", "signatory", "coach_of_others", "nobody"):
        client = CheckedClient(app)
        if around.people[who]:
            client.sign_in(around.people[who])
        for rule in rules:
            with app.test_request_context():
                path = app.url_for(
                    rule.endpoint,
                    **{**{name: around.values[name] for name in rule.arguments}, **(rule.defaults or {})},
                )
            if SECRET.encode() in client.get(path).get_data():
                leaks.append((who, rule.rule))

    assert leaks == []
