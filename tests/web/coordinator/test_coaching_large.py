"""The coaching of a large call: what the worker keeps says what would be worked out now, fifty on a page."""

import pytest

from callflow.coaching.models import Session
from callflow.core.db import db, unit_of_work
from callflow.core.snapshots import Snapshot, SnapshotPart
from callflow.desk import kept
from callflow.desk.coaching import report as reports
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import exclude
from callflow.dossiers.states import Task
from tests import factories as make
from tests.client import CheckedClient, form_values
from tests.drawn import drawn
from tests.kept import at_work, shown
from tests.rounds import COACHED_BEFORE, Round
from tests.web.coordinator.test_coaching import PROPOSAL, TEAM, another_coach, coaches_of, rows
from tests.web.coordinator.test_coaching_reports import text_of

pytestmark = pytest.mark.once  # what is worked out is asked of both databases by the pages of small calls

WORKED_OUT = "De cijfers van deze pagina worden berekend"
REPORT = "/coordinator/coaching/report.pdf"


@pytest.fixture
def call(app):
    """Three projects with a coach, of which two had a session, and three that wait for one."""
    made = Round(COACHED_BEFORE)
    another_coach(made, "Chloé Exemple", "fr")
    made.coached = [made.screened(answers={"title": f"Begeleid {number}"}) for number in range(3)]
    for each in made.coached:
        made.give(each, Task.coach, made.coach)
    made.coach_them(*made.coached[:2], minutes=90)
    made.waiting = [made.screened(answers={"title": f"Wacht {number}"}) for number in range(3)]
    return made


@pytest.fixture
def office(client, call):
    return client.sign_in(call.coordinator)


@pytest.fixture
def large(monkeypatch):
    """Any call is large, and a page holds two."""
    monkeypatch.setattr(kept, "LIVE", 0)
    monkeypatch.setattr(kept, "PAGE", 2)


@pytest.mark.parametrize("path", [TEAM, PROPOSAL])
def test_what_is_kept_says_what_would_be_worked_out_now(call, office, monkeypatch, path):
    now = shown(office, path)
    monkeypatch.setattr(kept, "LIVE", 0)
    assert WORKED_OUT in shown(office, path)

    at_work()

    assert shown(office, path) == now
    assert "Begeleid 1" in now or "Wacht 1" in now


def test_the_projects_are_turned_page_by_page_and_the_sums_stand_on_each(call, office, large):
    at_work()

    first, second, beyond = (shown(office, f"{TEAM}?page={number}") for number in (1, 2, 99))

    for text, here in ((first, {0, 1}), (second, {2}), (beyond, {2})):
        assert {number for number in range(3) if f"Begeleid {number}" in text} == here
        assert "3 projecten hebben een begeleider nodig" in text
        assert "nog 19,81 van 20 dagen" in text
    assert "Pagina 1 van 2" in first


def test_a_page_of_the_proposal_is_confirmed_and_the_next_projects_follow(call, office, large):
    at_work()
    page = office.page(PROPOSAL)
    assert list(rows(page)) == ["Wacht 0", "Wacht 1"]

    answer = office.post(PROPOSAL, data=form_values(page.select_one("main form")))

    assert PROPOSAL in answer.headers["Location"]
    assert [coaches_of(each) for each in call.waiting] == [{call.coach.id}, {call.coach.id}, set()]
    page = office.page(PROPOSAL)
    assert list(rows(page)) == ["Wacht 2"]
    assert rows(page)["Wacht 2"][2] == "Spreekt Nederlands, 6 projecten met dit erbij"
    assert "Begeleid 0" in shown(office, TEAM)
    assert "1 project heeft een begeleider nodig" in shown(office, TEAM), "nothing waits for the worker"
    last = office.post(PROPOSAL, data=form_values(page.select_one("main form")))
    assert last.headers["Location"].startswith(f"{TEAM}?")


def test_what_got_a_coach_meanwhile_is_not_proposed_and_a_page_may_be_empty(call, office, large):
    at_work()
    for each in call.waiting[:2]:
        call.give(each, Task.coach, call.coach)

    page, next_one = office.page(PROPOSAL), office.page(f"{PROPOSAL}?page=2")

    assert "kregen intussen hun begeleider" in page.get_text()
    assert page.select("main form") == []
    assert list(rows(next_one)) == ["Wacht 2"]


def test_a_conflict_hides_a_project_and_its_part_of_the_sums_at_once(call, office, app, large):
    at_work()
    who = make.actor(call.colleague)
    with unit_of_work():
        for each in (call.coached[0], call.waiting[0]):
            dossier = dossiers.for_step(each.reference, by=who)
            exclude(who, dossier, person_id=call.coordinator.id, reason="Zijn zus.")

    assert WORKED_OUT in shown(office, TEAM), "what was added up for others is not for this person"
    at_work()
    text = shown(office, TEAM)

    assert "Begeleid 0" not in text
    assert "2 projecten hebben een begeleider nodig" in text
    assert list(rows(office.page(PROPOSAL))) == ["Wacht 1", "Wacht 2"]
    client = CheckedClient(app).sign_in(call.colleague)
    assert "Begeleid 0" in shown(client, TEAM)


def test_no_name_and_no_title_is_kept(call, large):
    at_work()

    texts = [*db.session.scalars(db.select(Snapshot.head)), *db.session.scalars(db.select(SnapshotPart.rows))]

    assert len(texts) > 10
    for word in ("Voorbeeld", "Exemple", "Begeleid", "Wacht", call.waiting[0].reference, "begroting"):
        assert not any(word in text for text in texts)


def test_the_report_of_very_many_projects_comes_in_parts(call, office, large, monkeypatch, tmp_path):
    assert office.get(REPORT).headers["Location"].startswith(TEAM)
    monkeypatch.setattr(reports, "PAGES", 1)
    monkeypatch.setattr(reports, "SIZE", 2)
    at_work()

    links = [each["action"] for each in office.page(TEAM).select("form[action*=report]")]
    one, two, beyond = (text_of(drawn(office, path), tmp_path) for path in (*links, f"{REPORT}?part=99"))

    assert len(links) == 2
    assert [number for number in range(3) if f"Begeleid {number}" in one] == [0, 1]
    assert [number for number in range(3) if f"Begeleid {number}" in two] == [2]
    assert "Deel 2 van 2" in two
    assert beyond == two
    for text in (one, two):
        assert "Sofie Voorbeeld 3 1,5 0,19" in text
        assert "nog 19,81 van 20 dagen" in text


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_of_a_large_call_ask_the_same_number_of_statements(
    call, office, statements, count, monkeypatch
):
    monkeypatch.setattr(kept, "LIVE", 0)
    for number in range(count):
        another_coach(call, f"Begeleider {number}")
        dossier = call.screened(answers={"title": f"Idee {number}"})
        if number % 2:
            call.give(dossier, Task.coach, call.coach)
            call.coach_them(dossier)
    at_work()
    seen = {}
    for path in (TEAM, PROPOSAL):
        office.page(path)
        with statements() as found:
            office.page(path)
        seen[path] = len(found)

    assert seen == {TEAM: 14, PROPOSAL: 14}
    assert db.session.scalars(db.select(Session)).all()
