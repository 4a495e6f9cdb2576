"""The selection board and the rankings of a large call: kept, in pages, and soon in step again."""

import re
from datetime import timedelta

import pytest
import time_machine

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.snapshots import Snapshot, SnapshotPart
from callflow.desk import kept
from callflow.dossiers.models import Exclusion
from callflow.lifecycle import values
from tests import factories as make
from tests.client import CheckedClient, form_values
from tests.kept import at_work
from tests.web.coordinator.test_board import (
    AGAIN,
    FAIR,
    GOOD,
    KEEP,
    PLAIN,
    PREPARE,
    WEAK,
    WORK,
    Sides,
    change,
    held,
    look,
    work,
)  # fmt: skip
from tests.web.jury.test_kept_panel import WORKED_OUT

pytestmark = pytest.mark.once  # what is worked out is asked of both databases by the pages of small calls

ONCE = "De verandering is bewaard. Niets is beslist. "


@pytest.fixture
def sides(app) -> Sides:
    """Seven projects, of which the money of the first lot reaches for two."""
    found = Sides()
    first = (("Een", GOOD), ("Twee", GOOD), ("Drie", FAIR), ("Vier", PLAIN), ("Vijf", WEAK))
    found.made = {title: found.project(title, scores, "2500.00") for title, scores in first}
    found.made["Over"] = found.project("Over", FAIR, "1000.00", side=1)
    found.made["Onder"] = found.project("Onder", WEAK, "1000.00", side=1)
    return found


@pytest.fixture
def coordinator(client: CheckedClient, sides: Sides) -> CheckedClient:
    return client.sign_in(sides.coordinator)


@pytest.fixture
def large(monkeypatch):
    """From two applications on, and with pages of two lines."""
    monkeypatch.setattr(kept, "LIVE", 2)
    monkeypatch.setattr(kept, "PAGE", 2)


def text(page) -> str:
    """Without what only a kept page says, and what is said once."""
    found = re.sub(r"\s+", " ", page.main.get_text(" ")).replace(ONCE, "")
    return re.sub(r"(Bijgewerkt; .*? uur\.|Zoals het was op .*? Opnieuw kijken) ", "", found)


def token(client) -> dict[str, str]:
    return {"csrf_token": client.page("/account").select_one("input[name=csrf_token]")["value"]}


def titles(page, lot="lot0") -> list[str]:
    return [each.get_text() for each in page.select(f"section[aria-labelledby=lot-{lot}] a.voice")]


def test_the_kept_board_says_what_would_be_worked_out_now(sides, coordinator, monkeypatch):
    plain = text(coordinator.page(sides.path))
    work(coordinator, sides, "stop")
    change(coordinator, sides, sides.made["Drie"], "selected", amount="1500")
    now = text(coordinator.page(sides.path))
    monkeypatch.setattr(kept, "LIVE", 2)

    assert WORKED_OUT in text(coordinator.page(sides.path))
    at_work()

    assert plain != now
    assert text(coordinator.page(sides.path)) == now


def test_a_list_begins_at_the_budget_line_and_its_pages_lead_on(sides, coordinator, large):
    work(coordinator, sides, "stop")

    page = coordinator.page(sides.path)
    last = coordinator.page(f"{sides.path}?lot=lot0&page=3")
    beyond = coordinator.page(f"{sides.path}?lot=lot0&page=99&show=what")
    first = coordinator.page(f"{sides.path}?lot=lot0&page=1")

    assert (titles(first), titles(page), titles(last)) == (["Een", "Twee"], ["Drie", "Vier"], ["Vijf"])
    assert titles(page, "lot1") == ["Over", "Onder"]
    assert titles(beyond) == titles(last)
    ways = [each.get_text() for each in page.select("nav.under a")]
    assert ways == ["Eerste pagina", "Vorige pagina", "Volgende pagina", "Laatste pagina"]
    assert "met de budgetlijn" in page.select_one("nav.under").get_text()
    assert [each.get_text() for each in first.select("nav.under a")][-1] == "Naar de budgetlijn"
    assert ["Budgetlijn." in text(each) for each in (first, page, last)] == [False, True, False]
    lists = [each.select_one("section[aria-labelledby=lot-lot0]").get_text() for each in (first, page, last)]
    assert ["Drempel" in each for each in lists] == [False, False, True]


def test_a_change_shows_at_once_and_what_was_changed_is_a_list_of_its_own(sides, coordinator, large):
    work(coordinator, sides, "stop")

    answer = change(coordinator, sides, sides.made["Vier"], "declined", reason="Trok zich terug")
    page = coordinator.page(f"{sides.path}?show=hand")

    assert answer.status_code == 303
    assert titles(page) == ["Vier"]
    assert "Trok zich terug" in text(page)
    change(coordinator, sides, sides.made["Vier"], "proposed")
    assert titles(coordinator.page(f"{sides.path}?show=hand")) == []


def test_who_keeps_a_change_is_led_back_to_the_project_in_its_list(sides, coordinator, large):
    work(coordinator, sides, "stop")
    page = coordinator.page(f"{sides.path}?lot=lot0&page=3")
    link = page.select_one("section[aria-labelledby=lot-lot0] a.change")["href"]
    tried = coordinator.page(link).select_one("form[data-try]")

    answer = coordinator.submit(f"{link}&choice=declined", {"reason": "Ja"}, form=KEEP)

    sent = form_values(tried)
    assert (sent["lot"], sent["page"]) == ("lot0", "3")
    assert answer.location.endswith(f"/board?lot=lot0&page=3#{sides.made['Vijf'].reference}")
    assert titles(coordinator.page(answer.location)) == ["Vijf"]


def test_what_one_change_costs_is_the_same_from_what_is_kept(sides, coordinator, monkeypatch):
    work(coordinator, sides, "stop")
    change(coordinator, sides, sides.made["Twee"], "selected", amount="2000")
    asked = [
        (dossier, choice, amount)
        for dossier in sides.made.values()
        for choice, amount in (("selected", ""), ("selected", "900"), ("reserve", ""), ("proposed", ""))
    ]
    now = [text(look(coordinator, sides, *each)) for each in asked]
    monkeypatch.setattr(kept, "LIVE", 2)
    at_work()

    for each, before in zip(asked, now, strict=True):
        assert text(look(coordinator, sides, *each)) == before


def test_a_large_call_without_worker_is_worked_out_prepared_and_redone(sides, coordinator, large):
    form = held(coordinator.page(sides.path), WORK)
    assert WORKED_OUT in text(coordinator.page(sides.path))
    coordinator.post(sides.path, data={**form, "method": "stop"})
    until = "2090-01-01"

    again = coordinator.submit(sides.path, form=AGAIN)
    same = text(coordinator.page(sides.path))
    answer = coordinator.submit(sides.path, {"valid_until": until}, form=PREPARE)
    page = coordinator.page(f"/coordinator/calls/{sides.call.reference}/decisions/lot0")

    assert (again.status_code, answer.status_code) == (303, 303)
    assert "hetzelfde resultaat" in same
    assert "Vanaf hier beslist" in text(coordinator.page(sides.path))
    assert [each.get_text() for each in page.select("form#resolve a.voice")] == ["Een", "Twee"]


def test_what_is_to_be_prepared_is_a_list_of_its_own_once_something_is(sides, coordinator, large):
    make.take(sides.made["Een"], "decline", sides.coordinator, values.Declining())

    work(coordinator, sides, "stop")

    assert titles(coordinator.page(f"{sides.path}?show=open")) == ["Twee", "Drie"]
    assert "Te bereiden" not in text(coordinator.page(sides.path))


def test_what_changed_since_is_said_and_the_board_refused_until_it_is_worked_out(sides, coordinator, large):
    work(coordinator, sides, "stop")
    form = held(coordinator.page(sides.path), PREPARE)
    make.take(sides.made["Een"], "decline", sides.coordinator, values.Declining())

    before = text(coordinator.page(sides.path))
    answer = coordinator.post(f"{sides.path}/prepare", data={**form, "valid_until": "2090-01-01"})
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        at_work()
    after = text(coordinator.page(sides.path))

    assert answer.status_code == 409
    assert "is er iets veranderd" not in before
    assert "is er iets veranderd" in after


def test_a_conflict_closes_the_board_of_a_large_call_at_once(sides, coordinator, client, large):
    work(coordinator, sides, "stop")
    with unit_of_work():
        aside = {"dossier_id": sides.made["Onder"].id, "person_id": sides.coordinator.id}
        db.session.add(Exclusion(**aside, since=clock.now(), reason="Mijn zus is lid"))

    answers = [
        coordinator.get(sides.path), coordinator.post(f"{sides.path}/again", data=token(coordinator)),
    ]  # fmt: skip

    assert [each.status_code for each in answers] == [422, 422]
    assert all("Onder" not in each.get_data(as_text=True) for each in answers)


def test_the_kept_rankings_are_as_each_may_see_them(sides, coordinator, app, monkeypatch):
    with unit_of_work():
        aside = {"dossier_id": sides.made["Twee"].id, "person_id": sides.colleague.id}
        db.session.add(Exclusion(**aside, since=clock.now(), reason="Mijn zus is lid"))
    path = f"/coordinator/calls/{sides.call.reference}/ranking/lot0?rule="
    colleague = CheckedClient(app).sign_in(sides.colleague)
    people = (coordinator, colleague)
    now = [text(each.page(path + rule)) for each in people for rule in ("stop", "skip")]
    monkeypatch.setattr(kept, "LIVE", 2)
    assert WORKED_OUT in text(coordinator.page(f"{path}skip"))
    at_work()

    assert [text(each.page(path + rule)) for each in people for rule in ("stop", "skip")] == now
    assert "Twee" in now[0]
    assert "Twee" not in now[2]


def test_a_ranking_begins_at_its_budget_line_and_is_prepared_whole(sides, coordinator, large):
    at_work()
    path = f"/coordinator/calls/{sides.call.reference}/ranking/lot0"

    page = coordinator.page(path)
    last = coordinator.page(f"{path}?page=3")
    answer = coordinator.submit(path, {"valid_until": "2090-01-01"}, form="form[action*=ranking]")

    assert [each.get_text() for each in page.select(".ranking a.voice")] == ["Een", "Twee"]
    assert "met de budgetlijn" in text(page)
    assert [each.get_text() for each in last.select(".ranking a.voice")] == ["Vijf"]
    assert answer.status_code == 303
    assert "voorbereid of beslist; er blijft 0" in text(coordinator.page(path))


def test_no_title_and_no_reason_is_kept(sides, coordinator, large):
    work(coordinator, sides, "stop")
    change(coordinator, sides, sides.made["Drie"], "declined", reason="Een geheim")
    at_work()

    written = "".join(
        [each.head for each in db.session.scalars(db.select(Snapshot))]
        + [each.rows for each in db.session.scalars(db.select(SnapshotPart))]
    )
    assert sides.made["Drie"].reference in written
    assert not [word for word in ("geheim", "Drie", "Vijf") if word in written]


@pytest.mark.unverified
@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_pages_of_a_large_call_ask_the_same_number_of_statements(
    app, client, monkeypatch, statements, number
):
    monkeypatch.setattr(kept, "LIVE", 0)
    sides = Sides()
    client.sign_in(sides.coordinator)
    first = sides.project("Eerste", FAIR, "100.00")
    for each in range(number - 1):
        sides.row(f"Project {each}")
    work(client, sides, "skip")
    at_work()
    client.page(sides.path)

    with statements() as board:
        client.page(sides.path)
    with statements() as looked:
        look(client, sides, first, "reserve")
    with statements() as ranked:
        client.page(f"/coordinator/calls/{sides.call.reference}/ranking/lot0")

    assert (len(board), len(looked), len(ranked)) == (12, 11, 10)
