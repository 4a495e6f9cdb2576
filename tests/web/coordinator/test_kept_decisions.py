"""The decisions of a lot in pages: ticked on one or all at once; kept in a large call."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.decisions.models import Decision
from callflow.desk import kept
from callflow.dossiers.models import Exclusion
from callflow.letters import making
from callflow.lifecycle import values
from tests import factories as make
from tests.client import CheckedClient, form_values
from tests.kept import at_work
from tests.rounds import Round
from tests.web.coordinator.test_deciding import FAIR, GOOD, decisions, summary
from tests.web.jury.test_kept_panel import WORKED_OUT

pytestmark = pytest.mark.once  # what is worked out is asked of both databases by the pages of small calls

NUMBER = {"number": "2027/31", "decided_on": clock.today().isoformat()}
MADE = ("Een", "Twee", "Drie", "Vier", "Vijf")


@pytest.fixture
def call(app):
    """Three projects selected and two on the reserve list, all prepared."""
    found = Round(envelope="10000")
    found.made = {title: found.prepared("3000", scores=GOOD, answers={"title": title}) for title in MADE[:3]}
    for place, title in enumerate(MADE[3:], start=1):
        waits = values.Reserving(place, clock.today() + timedelta(days=90))
        scored = found.scored(
            FAIR if place == 1 else {"need": "3", "participation": "4"}, answers={"title": title}
        )
        found.made[title] = make.take(scored, "reserve", found.coordinator, waits)
    return found


@pytest.fixture
def large(monkeypatch):
    """From two applications on, and with pages of two lines."""
    monkeypatch.setattr(kept, "LIVE", 2)
    monkeypatch.setattr(kept, "PAGE", 2)


def text(page) -> str:
    """Without what only a kept page says."""
    found = re.sub(r"\s+", " ", page.main.get_text(" "))
    return re.sub(r"Bijgewerkt; .*? uur\. ", "", found)


def titles(page, name="prepared") -> list[str]:
    return [each.get_text() for each in page.select(f"section[aria-labelledby={name}] a.voice")]


def by_state() -> dict[str, int]:
    db.session.rollback()
    rows = db.session.execute(db.select(Decision.state, db.func.count()).group_by(Decision.state))
    return {state.value: number for state, number in rows}


def later(minutes: int = 1):
    return time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False)


def signed_in(call, client) -> CheckedClient:
    return CheckedClient(client.application).sign_in(call.signatory)


def test_what_is_kept_says_what_would_be_looked_through_now(call, coordinator, client, monkeypatch):
    call.decide()
    call.release()
    making.drain("w1", lambda: False)
    people = (coordinator, signed_in(call, client))
    paths = (decisions(call), "/coordinator/decisions", "/coordinator", f"{decisions(call)}/letters")
    now = [text(each.page(path)) for each in people for path in paths]
    monkeypatch.setattr(kept, "LIVE", 2)
    assert WORKED_OUT in text(coordinator.page(decisions(call)))
    with later():
        at_work()

    for number, before in enumerate(now):
        assert text(people[number // 4].page(paths[number % 4])) == before
    assert "Reservelijst" in now[0]
    assert "brieven hebben nog geen ondertekend exemplaar" in now[1]


def test_each_list_has_its_pages_and_what_is_ticked_is_of_one(call, coordinator, large):
    at_work()
    page = coordinator.page(decisions(call))
    second = coordinator.page(f"{decisions(call)}?prepared=2")
    ticked = [second.select("input[name=id]")[0]["value"]]

    coordinator.submit(f"{decisions(call)}?prepared=2", {**NUMBER, "id": ticked}, form="form#resolve")
    after = coordinator.page(decisions(call))

    assert (titles(page), titles(second)) == (["Een", "Twee"], ["Drie", "Vier"])
    assert page.select_one("section[aria-labelledby=prepared] nav a")["href"].endswith("?prepared=2#prepared")
    assert by_state() == {"prepared": 4, "decided": 1}
    assert titles(after, "decided") == ["Drie"]
    assert "1 brief kan vrijgegeven worden." in text(after)


def test_all_are_decided_and_released_at_once_when_that_is_asked(call, coordinator, client, large):
    at_work()
    signatory = signed_in(call, client)
    own = {"prepared_by": call.signatory.id}

    coordinator.submit(decisions(call), {**NUMBER, "every": "y"}, form="form#resolve")
    decided = by_state()
    with unit_of_work():
        mine = db.update(Decision).where(Decision.dossier_id == call.made["Twee"].id)
        db.session.execute(mine.values(own))
    with later():
        call.scored(GOOD, answers={"title": "Erbij"})
        at_work()
        page = signatory.page(decisions(call))
        answer = signatory.submit(decisions(call), {"every": "y"}, form="form#release")
        after = signatory.page(decisions(call))

    assert decided == {"decided": 5}
    assert "4 brieven kunnen vrijgegeven worden." in text(page)
    assert "Alle 4 brieven" in text(page)
    assert answer.status_code == 303
    assert by_state() == {"decided": 1, "released": 4}
    assert titles(after, "released") == ["Een", "Drie"]


def test_what_changed_meanwhile_is_not_decided_and_is_shown_at_once(call, coordinator, large):
    at_work()
    sent = form_values(coordinator.page(decisions(call)).select_one("form#resolve"))
    make.take(call.made["Vijf"], "reopen", call.coordinator)

    whole = coordinator.post(f"{decisions(call)}/resolution", data={**sent, **NUMBER, "every": "y"})
    page = coordinator.page(decisions(call))
    here = coordinator.post(
        f"{decisions(call)}/resolution",
        data={**sent, **NUMBER, "token": "other", "id": sent["shown"].split()},
    )

    assert whole.status_code == 409
    assert len(summary(whole)) == 1
    assert "4 beslissingen wachten" in text(page)
    assert here.status_code == 303, "nothing on this page changed"
    assert by_state() == {"decided": 2, "prepared": 2}


def test_a_small_call_with_one_page_is_decided_as_it_was_seen(call, coordinator):
    sent = form_values(coordinator.page(decisions(call)).select_one("form#resolve"))
    call.prepared("100", answers={"title": "Erbij"})

    answer = coordinator.post(f"{decisions(call)}/resolution", data={**sent, **NUMBER})

    assert answer.status_code == 409
    assert by_state() == {"prepared": 6}


def test_the_reserve_list_of_a_large_call_offers_what_fits(call, coordinator, large):
    call.decide()
    call.release()
    at_work()
    without = coordinator.page(f"{decisions(call)}?waiting=9")
    with unit_of_work():
        db.session.execute(db.update(make.Lot).where(make.Lot.id == call.lot.id).values(envelope=13500))
    make.take(call.scored(GOOD, answers={"title": "Erbij"}), "decline", call.coordinator, values.Declining())
    with later():
        at_work()
    page = coordinator.page(decisions(call))

    assert titles(without, "reserve") == ["Vier", "Vijf"]
    assert not without.select("ul.offers a")
    assert [each["href"] for each in page.select("ul.offers a")] == [
        f"/coordinator/dossiers/{call.made['Vier'].reference}/steps/promote"
    ]
    assert "Vier" in coordinator.page("/coordinator").main.get_text()


def test_a_conflict_hides_a_decision_of_a_large_call_at_once(call, coordinator, large):
    at_work()
    with unit_of_work():
        aside = {"dossier_id": call.made["Een"].id, "person_id": call.coordinator.id}
        db.session.add(Exclusion(**aside, since=clock.now(), reason="Mijn zus is lid"))

    before = text(coordinator.page(decisions(call)))
    with later():
        at_work()
    page = coordinator.page(decisions(call))

    assert WORKED_OUT in before
    assert titles(page) == ["Twee", "Drie"]
    assert "4 beslissingen wachten" in text(page)
    lot = coordinator.page("/coordinator/decisions").select_one("table.data tbody tr").get_text(" ")
    assert " 4 " in re.sub(r"\s+", " ", lot)


@pytest.mark.unverified
@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_of_a_large_call_ask_the_same_number_of_statements(
    client, app, statements, count, monkeypatch
):
    monkeypatch.setattr(kept, "LIVE", 0)
    call = Round(envelope="900000")
    first = call.prepared("100", answers={"title": "Eerste"})
    held = db.session.scalar(db.select(Decision).where(Decision.dossier_id == first.id))
    said = {
        column.key: getattr(held, column.key) for column in Decision.__table__.columns if column.key != "id"
    }
    for number in range(count - 1):
        made = make.draft(call.lot, call.resident, call.group, answers={"title": f"Project {number}"})
        with unit_of_work():
            chosen = db.update(make.Dossier).where(make.Dossier.id == made.id)
            as_prepared = {"state": "selected", "submitted_at": clock.now(), "total_percent": Decimal(70)}
            db.session.execute(chosen.values(as_prepared))
            db.session.add(Decision(**{**said, "dossier_id": made.id}))
    client.sign_in(call.coordinator)
    at_work()
    client.page(decisions(call))

    with statements() as of_lot:
        client.page(decisions(call))
    with statements() as of_all:
        client.page("/coordinator/decisions")

    assert (len(of_lot), len(of_all)) == (18, 8)
