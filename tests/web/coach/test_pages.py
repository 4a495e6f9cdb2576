"""A coach's pages: whom I see, the dossier, a session noted for one or several, the coaching closed."""

from datetime import timedelta

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching.models import Advice, Session
from callflow.coaching.states import Way
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.states import State, Task
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import COACHED_BEFORE, Round

SESSION = {"minutes": "90", "way": "online", "summary": "We lazen de begroting na."}
LOG = "main form[action='/coach/sessions']"


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


def titles(page):
    return [each.get_text() for each in page.select("ul.rows h3")]


def summary(answer):
    return [each.get_text() for each in soup_of(answer).select("[data-focus] li")]


def sessions():
    db.session.rollback()
    return db.session.scalars(db.select(Session)).all()


def test_the_home_shows_who_needs_a_session_first_and_the_days_that_are_left(call, coach):
    seen, fresh = coached(call, "Al gezien"), coached(call, "Nog niet")
    call.coach_them(seen, minutes=240)

    page = coach.page("/coach")
    text = page.get_text(" ", strip=True)

    assert titles(page) == [fresh.title, seen.title]
    assert "0 van 1 gesprekken" in text
    assert "nog 19,5 van 20 dagen" in text
    assert "Marleen Voorbeeld" in text


def test_a_coach_sees_only_the_own_dossiers(call, coach):
    mine, others = coached(call, "Van mij"), call.screened(answers={"title": "Van een ander"})

    assert titles(coach.page("/coach")) == [mine.title]
    assert coach.get(at(others)).status_code == 404
    assert coach.get(at(others, "/files/1")).status_code == 404


def test_a_session_is_noted_on_a_telephone_in_one_form(call, coach):
    dossier = coached(call)

    answer = coach.submit(
        f"/coach/sessions?ref={dossier.reference}",
        {**SESSION, "advice-0-words": "Vraag drie offertes", "advice-0-subject": "criterion:need"},
        form=LOG,
    )

    kept, advice = sessions()[0], db.session.scalars(db.select(Advice)).one()
    assert answer.headers["Location"] == at(dossier)
    assert (kept.minutes, kept.way, kept.held_on, kept.summary) == (
        90, Way.online, clock.today(), "We lazen de begroting na.",
    )  # fmt: skip
    assert (advice.text, advice.content_version, advice.criterion_id is not None) == (
        "Vraag drie offertes",
        1,
        True,
    )
    assert "Vraag drie offertes" in coach.page(at(dossier)).get_text()


def test_one_session_serves_the_groups_that_were_ticked(call, coach):
    made = [coached(call, f"Idee {n}") for n in range(3)]

    coach.submit("/coach/sessions", {**SESSION, "refs": [made[0].reference, made[2].reference]}, form=LOG)

    for dossier, number in zip(made, (1, 0, 1), strict=True):
        assert len(coach.page(at(dossier)).select("section[aria-labelledby=coaching] .timeline li")) == number
    assert len(sessions()) == 1


def test_advice_is_for_every_group_of_the_session_unless_it_names_one(call, coach):
    one, two = coached(call, "Een"), coached(call, "Twee")

    coach.submit(
        "/coach/sessions",
        {
            **SESSION, "refs": [one.reference, two.reference], "advice-0-words": "Voor beide",
            "advice-1-words": "Voor Twee", "advice-1-ref": two.reference,
        },
        form=LOG,
    )  # fmt: skip

    given = db.session.execute(db.select(Advice.dossier_id, Advice.text).order_by(Advice.id)).all()
    assert {tuple(row) for row in given} == {
        (one.id, "Voor beide"),
        (two.id, "Voor beide"),
        (two.id, "Voor Twee"),
    }


def test_a_project_that_is_past_its_coaching_is_not_asked_about(call, coach):
    dossier = coached(call)
    call.coach_them(dossier)
    make.take(dossier, "finish_coaching", call.coach)

    page = coach.page("/coach")

    assert titles(page) == []
    assert page.select_one("section[aria-labelledby=others] a").get_text() == dossier.title


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"refs": None}, "#refs"),
        ({"refs": ["T-ELSEWHERE"]}, "#refs"),
        ({"minutes": ""}, "#minutes"),
        ({"minutes": "anderhalf uur"}, "#minutes"),
        ({"minutes": "1441"}, "#minutes"),
        ({"held_on": ""}, "#held_on"),
        ({"held_on": "30-02-2026"}, "#held_on"),
        ({"way": "duif"}, "#way"),
        ({"way": "on_site", "place": ""}, "#place"),
        ({"language": "de"}, "#language"),
        ({"summary": " \n "}, "#summary"),
        ({"summary": "x" * 10_001}, "#summary"),
        ({"present": "x" * 501}, "#present"),
        ({"place": "x" * 121}, "#place"),
    ],
)
def test_what_a_session_cannot_be_is_told_at_its_field_and_kept_as_typed(call, coach, typed, field):
    dossier = coached(call)

    answer = coach.submit(
        f"/coach/sessions?ref={dossier.reference}", {**SESSION, "summary": "Lang verslag", **typed}, form=LOG
    )

    page = soup_of(answer)
    assert answer.status_code == 422
    assert [each["href"] for each in page.select("[data-focus] a")] == [field]
    assert sessions() == []
    if "summary" not in typed:
        assert page.select_one("#summary").get_text().strip() == "Lang verslag"


def test_a_day_that_has_not_come_is_no_session(call, coach):
    dossier = coached(call)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    answer = coach.submit(
        f"/coach/sessions?ref={dossier.reference}", {**SESSION, "held_on": tomorrow}, form=LOG
    )

    assert summary(answer) == ["Deze dag moet nog komen. Een gesprek wordt genoteerd nadat het plaatsvond."]


def test_a_session_sent_twice_is_noted_once(call, coach):
    dossier = coached(call)
    sent = form_values(coach.page(f"/coach/sessions?ref={dossier.reference}").select_one(LOG)) | SESSION

    answers = [coach.post("/coach/sessions", data=sent) for _ in range(3)]

    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, at(dossier))] * 3
    assert len(sessions()) == 1


def test_somebody_else_s_dossier_is_not_written_on(call, coach):
    coached(call)
    foreign = call.screened(answers={"title": "Van een ander"})

    answer = coach.submit("/coach/sessions", {**SESSION, "refs": [foreign.reference]}, form=LOG)

    assert answer.status_code == 422
    assert "Van een ander" not in answer.get_data(as_text=True)
    assert sessions() == []


def test_advice_is_ticked_off_and_opened_again(call, coach):
    dossier = coached(call)
    coach.submit(
        f"/coach/sessions?ref={dossier.reference}", {**SESSION, "advice-1-words": "Bel de school"}, form=LOG
    )
    done = []
    for _ in range(2):
        coach.submit(at(dossier), form="form[action*=advice]")
        db.session.rollback()
        done.append(db.session.scalars(db.select(Advice.settled_at)).one() is not None)

    assert done == [True, False]
    page = coach.page(at(dossier))
    token = page.select_one("main input[name=csrf_token]")["value"]
    elsewhere = coach.post(at(dossier, "/advice/9999/done"), data={"csrf_token": token, "token": "y"})
    assert elsewhere.status_code == 422


def test_the_coaching_is_closed_when_the_sessions_took_place(call, coach):
    dossier = coached(call)
    before = coach.page(at(dossier))
    call.coach_them(dossier)
    coach.submit(at(dossier), form="form[action$=finish_coaching]")

    assert before.select("form[action$=finish_coaching]") == []
    assert "1 begeleidingsgesprek" in before.select_one("ul.offers").get_text()
    assert make.state_of(dossier) is State.coached


def test_a_stale_page_closes_nothing(call, coach):
    dossier = coached(call)
    call.coach_them(dossier)
    sent = form_values(coach.page(at(dossier)).select_one("form[action$=finish_coaching]"))
    make.take(dossier, "finish_coaching", call.coordinator)

    answer = coach.post(at(dossier, "/steps/finish_coaching"), data=sent)

    assert answer.status_code == 409
    assert summary(answer)[0].startswith("Iemand wijzigde dit dossier nadat u het opende.")


def test_a_prepared_outcome_is_no_news_to_the_coach(app, client):
    call = Round(Procedure(coaching=Coaching.after, sessions_needed=1, scores_needed=1))
    dossier = call.scored(answers={"title": "Nog geheim"})
    call.give(dossier, Task.coach, call.coach)
    client.sign_in(call.coach)
    before = [client.page(path).get_text(" ", strip=True) for path in ("/coach", at(dossier))]
    make.take(dossier, "select", call.coordinator, make.values.Selecting(None, 2))

    after = [client.page(path).get_text(" ", strip=True) for path in ("/coach", at(dossier))]

    assert after == before
    page = client.page(at(dossier))
    token = page.select_one("input[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "token": "z", "version": str(dossier.version)}
    assert client.post(at(dossier, "/steps/finish_guidance"), data=sent).status_code == 404


def test_after_the_release_the_coach_guides_the_project(app, client):
    call = Round(Procedure(coaching=Coaching.after, sessions_needed=1, scores_needed=1))
    dossier = call.released()
    call.give(dossier, Task.coach, call.coach)
    call.coach_them(dossier)
    client.sign_in(call.coach).submit(at(dossier), form="form[action$=finish_guidance]")

    assert make.state_of(dossier) is State.guided


@pytest.mark.parametrize("step", ["select", "screen", "nonsense"])
def test_a_coach_takes_no_other_step(call, coach, step):
    dossier = coached(call)
    token = coach.page(at(dossier)).select_one("input[name=csrf_token]")["value"]

    answer = coach.post(
        at(dossier, f"/steps/{step}"), data={"csrf_token": token, "token": "x", "version": "2"}
    )

    assert answer.status_code == 404


def test_the_scores_of_the_jury_are_not_on_the_coach_s_page(call, coach):
    dossier = coached(call)
    call.coach_them(dossier)
    make.take(dossier, "finish_coaching", call.coach)
    call.give(dossier, Task.juror, call.juror)
    call.declare(call.juror)
    call.score(dossier, call.juror, {"need": "1", "participation": "1"})

    text = coach.page(at(dossier)).get_text()

    assert "Reden bij need" not in text
    assert "Pol Voorbeeld" not in text


def test_who_coaches_nobody_is_told_when_that_changes(call, client):
    client.sign_in(make.person(("coach", "call", call.call.id)))

    for path in ("/coach", "/coach/sessions"):
        assert "vraagt om ze te begeleiden" in client.page(path).get_text()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_home_takes_the_same_statements_for_any_number(client, app, statements, count):
    call = Round(COACHED_BEFORE)
    made = [coached(call, f"Idee {number}") for number in range(count)]
    call.coach_them(*made)
    client.sign_in(call.coach)

    with statements() as seen:
        client.page("/coach")

    assert len(seen) == 13


def test_the_pages_speak_french_as_well(call, app):
    dossier = coached(call)
    call.coach_them(dossier)
    french = CheckedClient(app).sign_in(call.coach)

    home, page = french.page("/coach?lang=fr"), french.page(at(dossier, "?lang=fr"))

    assert home.h1.get_text() == "Accompagnement"
    assert "90\u202fmin, en ligne" in page.get_text()
