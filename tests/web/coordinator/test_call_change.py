"""A changed set-up: uploaded, looked at before anything is written, confirmed once, and in the history."""

import csv
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from callflow.calls.models import Call
from callflow.core import clock, trail
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import State
from callflow.people.states import Right
from tests import factories as make
from tests.calls import files
from tests.client import soup_of
from tests.web.public.test_calls import load, said

# states written by hand: what a dossier went through is asked in tests/lifecycle/test_changing.py
pytestmark = pytest.mark.unverified
PAGE = "/coordinator/calls/dorpen-aan-zet-2026/change"
JURY = ("  jury_on: 2027-03-12", "  jury_on: 2027-03-15")
COACHED_LATER = (
    ("  coaching: before\n", "  coaching: after\n"),
    (
        "  coaching: {from: 2027-01-11, until: 2027-02-26}\n",
        "  guidance: {from: 2027-05-10, until: 2027-09-24}\n",
    ),
)


@pytest.fixture
def call(app) -> Call:
    return load()


def dossiers(call: Call, state: State, number: int = 1, **changes):
    """So many in this state."""
    person = make.person()
    group = make.group({person: Right.submit})
    found = [make.draft(make.lots(call)[0], person, group, **changes) for _ in range(number)]
    ids = [each.id for each in found]
    with unit_of_work():
        moved = {"state": state, "shown_state": state, "submitted_at": clock.now()}
        db.session.execute(update(Dossier).where(Dossier.id.in_(ids)).values(**moved))
    return [each.reference for each in found]


@pytest.fixture
def coordinator(client, call):
    return client.sign_in(make.person((Role.coordinator, "call", call.id), name="Lieve Voorbeeld"))


def upload(client, *replaced, data: bytes | None = None):
    content = files.changed(*replaced) if data is None else data
    return client.submit(PAGE, {"file": (io.BytesIO(content), "oproep.yaml")}, form="form[enctype]")


def uploaded(client, *replaced) -> str:
    """The address of the dry run."""
    answer = upload(client, *replaced)
    assert answer.status_code == 303, said(soup_of(answer))
    return answer.location


def test_the_dry_run_shows_what_changes_and_writes_nothing(call, coordinator):
    (reference,) = dossiers(call, State.coached, answers={"title": "Moestuin zonder hek"})

    page = coordinator.page(uploaded(coordinator, JURY))

    text = said(page)
    assert "calendar.jury_on" in text
    assert "Verwacht op 15 maart 2027 in plaats van 12 maart 2027." in text
    assert "Moestuin zonder hek" in text
    assert reference in text
    held = db.session.get_one(Call, call.id)
    assert held.calendar["jury_on"] == "2027-03-12"


def test_confirming_makes_a_new_version_with_its_reason_in_the_history(call, coordinator):
    dossiers(call, State.coached)
    address = uploaded(coordinator, JURY)

    answer = coordinator.submit(address, {"why": "De zaal was bezet"}, form="form[method=post][novalidate]")

    assert answer.status_code == 303
    shown = said(coordinator.page("/coordinator/calls/dorpen-aan-zet-2026"))
    for words in ("De zaal was bezet", "calendar.jury_on", "1 betrokken dossier", "Lieve Voorbeeld"):
        assert words in shown, words
    assert "Er zou niets veranderen" in said(coordinator.page(address))


def test_a_running_call_does_not_change_without_a_reason(call, coordinator):
    dossiers(call, State.coached)

    answer = coordinator.submit(uploaded(coordinator, JURY), form="form[method=post][novalidate]")

    assert answer.status_code == 422
    assert "Schrijf waarom de oproep verandert" in said(soup_of(answer))


def test_stuck_dossiers_go_where_the_coordinator_says(call, coordinator):
    (reference,) = dossiers(call, State.coached)
    address = uploaded(coordinator, *COACHED_LATER)

    form = "form[method=post][novalidate]"
    unnamed = coordinator.submit(address, {"why": "Geen tijd"}, form=form)
    named = coordinator.submit(address, {"why": "Geen tijd", "goes-coached": "screened"}, form=form)

    assert (unnamed.status_code, named.status_code) == (422, 303)
    assert "Zeg waar de dossiers naartoe gaan" in said(soup_of(unnamed))
    db.session.rollback()
    query = db.select(Dossier.state).where(Dossier.reference == reference)
    assert db.session.scalar(query) is State.screened


def test_what_is_forbidden_is_named_and_has_no_button(call, coordinator):
    dossiers(call, State.submitted)

    page = coordinator.page(uploaded(coordinator, ("    nl: Dorpen aan zet 2026\n", "    nl: Anders\n")))

    assert "call.title.nl" in said(page)
    assert "Groepen lazen dit toen ze begonnen te schrijven" in said(page)
    assert page.select("form[method=post][novalidate]") == []


def test_what_changed_meanwhile_is_shown_anew_with_what_was_typed(call, coordinator):
    dossiers(call, State.coached)
    address = uploaded(coordinator, JURY)
    page = coordinator.page(address)
    digest = page.select_one("input[name=digest]")["value"]
    dossiers(call, State.coached)

    form = "form[method=post][novalidate]"
    answer = coordinator.submit(address, {"why": "De zaal was bezet", "digest": digest}, form=form)

    again = soup_of(answer)
    assert answer.status_code == 409
    assert "Hieronder staat wat de wijziging nu doet" in said(again)
    assert again.select_one("textarea[name=why]").get_text().strip() == "De zaal was bezet"
    assert again.select_one("input[name=digest]")["value"] != digest


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "Kies het opzetbestand"),
        (b"call: [", "Dit bestand kan nog niet geladen worden"),
        (files.IDEAS.read_bytes(), "zaad-voor-het-dorp-2026"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(call, coordinator, data, words):
    answer = upload(coordinator, data=data)

    assert answer.status_code == 422
    assert words in said(soup_of(answer))


ALMOST_DAYS = (
    "2027-99-99",
    "2027-01-01Tx",
    "2027-01-01T12:00",
    "9999-12-31T23:59",
    "٢٠٢٧-٠١-٠١",
    "<b>%(num)d {x}</b>",
)


@pytest.mark.parametrize("title", ALMOST_DAYS)
def test_a_title_that_looks_like_a_day_is_shown_all_the_same(call, coordinator, title):
    address = uploaded(coordinator, ("    nl: Dorpen aan zet 2026\n", f'    nl: "{title}"\n'))

    assert "Dorpen aan zet 2026" in said(coordinator.page(address))


def test_addresses_of_other_files_lead_nowhere(call, coordinator):
    for sha256 in ("0" * 64, "../../etc/passwd", "x"):
        assert coordinator.status(f"{PAGE}/{sha256}") == 404


def test_the_table_is_paged_narrowed_and_a_file(call, coordinator):
    dossiers(call, State.coached, 30, answers={"title": "=1+1"})
    dossiers(call, State.screened, 30)
    address = uploaded(coordinator, JURY, ("  sessions_needed: 2", "  sessions_needed: 3"))

    page, second = coordinator.page(address), coordinator.page(f"{address}?page=2")
    blocked = coordinator.page(f"{address}?effect=blocked")
    rows = list(csv.DictReader(io.StringIO(coordinator.get(f"{address}.csv").get_data(as_text=True))))

    assert [len(each.select("tbody tr a.voice")) for each in (page, second, blocked)] == [50, 10, 30]
    assert len(rows) == 60
    assert {row["effect"] for row in rows} == {"due", "blocked"}
    assert {row["title"] for row in rows if row["state"] == "coached"} == {"'=1+1"}
    assert {row["reasons"] for row in rows if row["effect"] == "blocked"} == {"sessions_missing:3"}


def test_a_dossier_that_one_may_not_see_is_counted_and_not_listed(call, client):
    hidden, shown = dossiers(call, State.coached, 2, answers={"title": "Moestuin"})
    person = make.person((Role.coordinator, "call", call.id))
    with unit_of_work():
        mine = db.session.scalars(db.select(Dossier.id).where(Dossier.reference == hidden)).one()
        db.session.add(
            Exclusion(dossier_id=mine, person_id=person.id, declared=True, reason="Zus", since=clock.now())
        )
    address = uploaded(client.sign_in(person), JURY)

    page, table = client.page(address), client.get(f"{address}.csv").get_data(as_text=True)
    admin = client.sign_in(make.person((Role.admin, "all", 0))).page(address)

    assert [link.get("href") for link in page.select("tbody a.voice")] == [f"/coordinator/dossiers/{shown}"]
    assert "1 dossier dat u niet mag zien, is meegeteld" in said(page)
    assert shown in table
    assert hidden not in table
    assert "Moestuin" not in said(admin)
    assert "2 dossiers die u niet mag zien, zijn meegeteld" in said(admin)
    assert "2 dossiers krijgen een regel" in said(page)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_asks_a_fixed_number_of_statements(call, coordinator, statements, number):
    dossiers(call, State.coached, number)
    address = uploaded(coordinator, JURY)

    with statements() as seen:
        coordinator.page(address)
    with statements() as again:
        coordinator.page(f"{address}?page=2")

    assert len(seen) == 15
    assert len(again) == 7


def test_nor_is_one_that_only_came_after_the_page_had_nothing_to_list(call, client):
    person = make.person((Role.coordinator, "call", call.id))
    address = uploaded(client.sign_in(person), JURY)
    assert client.page(address).select("tbody a.voice") == []
    dossiers(call, State.coached, 1, answers={"title": "Moestuin"})
    with unit_of_work():
        mine = db.session.scalars(db.select(Dossier.id)).one()
        db.session.add(Exclusion(dossier_id=mine, person_id=person.id, reason="Zus", since=clock.now()))
        trail.record(trail.locked(call.trail_id), make.actor(person), "presence_noted")

    page = client.page(address)

    assert "1 dossier dat u niet mag zien, is meegeteld" in said(page)
    assert "Moestuin" not in said(page)


def test_the_call_page_offers_it_to_who_may_change_it(call, client):
    at = "/coordinator/calls/dorpen-aan-zet-2026"
    offered = {}
    for role in (Role.coordinator, Role.signatory, Role.admin):
        page = client.sign_in(make.person((role, "all", 0))).page(at)
        offered[role] = bool(page.select(f"a[href='{PAGE}']"))

    assert offered == {Role.coordinator: True, Role.signatory: False, Role.admin: True}
    assert datetime.now(UTC) > call.opens_at
