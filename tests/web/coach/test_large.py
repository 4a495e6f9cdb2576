"""A coach with very many dossiers: in pages, found by words, in a large call put in order by the worker."""

from datetime import timedelta

import pytest

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.desk import kept
from callflow.desk.coaching import home
from callflow.dossiers.states import Task
from callflow.people.models import Grant
from tests import factories as make
from tests.client import CheckedClient, form_values
from tests.kept import at_work, shown
from tests.rounds import COACHED_BEFORE, Round
from tests.web.coach.test_pages import LOG, SESSION, coached, titles


@pytest.fixture
def call(app):
    return Round(COACHED_BEFORE)


@pytest.fixture
def coach(client, call):
    return client.sign_in(call.coach)


@pytest.fixture
def pages_of_two(monkeypatch):
    monkeypatch.setattr(kept, "PAGE", 2)
    monkeypatch.setattr(home, "SIZE", 2)


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(kept, "LIVE", 0)


def five(call):
    """One seen with a day agreed, one seen, two that were not, and one past its coaching."""
    agreed, seen, first, second, past = (
        coached(call, title) for title in ("Afspraak", "Gezien", "Nieuw een", "Nieuw twee", "Voorbij")
    )
    call.coach_them(agreed, next_on=clock.today() + timedelta(days=2), next_note="14 uur")
    call.coach_them(seen, past)
    make.take(past, "finish_coaching", call.coach)
    return agreed, seen, first, second, past


def test_the_home_is_turned_page_by_page_and_says_of_all_what_there_is_to_do(call, coach, pages_of_two):
    five(call)

    pages = [coach.page(f"/coach?page={number}") for number in (1, 2, 3, 99)]

    assert [titles(page) for page in pages] == [
        ["Afspraak", "Nieuw een"], ["Nieuw twee", "Gezien"], [], [],
    ]  # fmt: skip
    assert pages[2].select_one("section[aria-labelledby=others] a").get_text() == "Voorbij"
    assert pages[3].select_one("nav.under p").get_text().strip() == "Pagina 3 van 3"
    for page in pages:
        assert "U begeleidt nu 4 projecten." in page.get_text(" ", strip=True)
        todo = [each.get_text() for each in page.select("section[aria-labelledby=todo] li a")]
        assert todo == ["Spreek deze week 1 groep", "2 projecten hebben nog een gesprek nodig"]


def test_what_is_kept_says_what_would_be_read_now_also_before_the_worker_came(
    call, coach, pages_of_two, monkeypatch
):
    five(call)
    now = [shown(coach, f"/coach?page={number}") for number in (1, 2, 3)]
    monkeypatch.setattr(kept, "LIVE", 0)
    waiting = shown(coach, "/coach")
    at_work()

    assert [shown(coach, f"/coach?page={number}") for number in (1, 2, 3)] == now
    assert "Nieuw een" in waiting
    assert "de gebruikte dagen worden opgeteld" in waiting


def test_a_session_that_was_noted_shows_at_once_in_a_large_call(call, coach, large):
    dossier, other = coached(call, "Zaal"), coached(call, "Plein")
    at_work()
    assert titles(coach.page("/coach")) == ["Plein", "Zaal"]

    coach.submit(f"/coach/sessions?ref={other.reference}", SESSION, form=LOG)

    page = coach.page("/coach")
    assert titles(page) == ["Zaal", "Plein"]
    assert "1 gesprek" in page.get_text(" ", strip=True)
    assert dossier.reference in page.get_text()


def test_dossiers_of_two_calls_stand_together_while_they_fill_a_page(call, coach, app, monkeypatch):
    other = Round(COACHED_BEFORE)
    scope = {"role": Role.coach, "scope_kind": "call", "scope_id": other.call.id}
    with unit_of_work():
        db.session.add(Grant(user_id=call.coach.id, granted_at=clock.now(), **scope))
    for round_, title in ((call, "Zaal"), (other, "Plein"), (other, "Molen")):
        made = round_.screened(answers={"title": title})
        round_.give(made, Task.coach, call.coach)
    assert titles(coach.page("/coach")) == ["Molen", "Plein", "Zaal"]

    monkeypatch.setattr(kept, "PAGE", 1)

    pages = [titles(coach.page(f"/coach?page={number}")) for number in (1, 2, 3)]
    assert sorted(pages) == [["Molen"], ["Plein"], ["Zaal"]]


@pytest.mark.parametrize("size", [0, 300])
def test_of_many_groups_a_session_offers_those_asked_for_and_finds_others_by_words(
    call, coach, pages_of_two, monkeypatch, size
):
    _agreed, seen, _first, second, _past = five(call)
    monkeypatch.setattr(kept, "LIVE", size)
    at_work()

    def offered(path):
        page = coach.page(path)
        return [each.get_text().split(",")[0].strip() for each in page.select("#refs label")], page

    names, page = offered("/coach/sessions")
    assert names == ["Afspraak", "Nieuw een"]
    assert "5 projecten passen" in page.get_text()
    assert offered(f"/coach/sessions?ref={seen.reference}")[0] == ["Afspraak", "Gezien"]
    names, page = offered("/coach/sessions?q=nieuw%20twee")
    assert names == ["Nieuw twee"]
    sent = form_values(page.select_one(LOG)) | SESSION | {"refs": [second.reference]}
    assert coach.post("/coach/sessions", data=sent).headers["Location"].endswith(second.reference)
    assert titles(coach.page("/coach?page=2")) == ["Gezien", "Nieuw twee"]
    names, page = offered("/coach/sessions?q=elders")
    assert names == []
    assert "Geen van uw projecten past" in page.get_text()


def test_somebody_who_looks_as_a_coach_sees_what_both_may(call, client, app, large):
    coached(call, "Zaal")
    at_work()
    client.sign_in(call.coordinator)
    path = f"/coordinator/people/{call.coach.id}/see"
    assert client.submit(path, {"reason": "Telefoon"}, form="main form").status_code == 303

    assert titles(client.page("/coach")) == ["Zaal"]
    assert titles(CheckedClient(app).sign_in(call.coach).page("/coach")) == ["Zaal"]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_of_a_large_call_ask_the_same_number_of_statements(call, coach, statements, count, large):
    call.coach_them(*(coached(call, f"Idee {number}") for number in range(count)))
    at_work()
    seen = {}
    for path in ("/coach", "/coach/sessions"):
        coach.page(path)
        with statements() as found:
            coach.page(path)
        seen[path] = len(found)

    assert seen == {"/coach": 12, "/coach/sessions": 9}
