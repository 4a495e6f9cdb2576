"""Who runs a call reads its whole set-up, with the procedure as it runs; others know of none."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from callflow.calls.models import Call
from callflow.calls.setup import parse
from callflow.core.actor import Role
from tests import factories
from tests.calls import files
from tests.client import CheckedClient
from tests.web.public.test_calls import load, said

COACHED = "/coordinator/calls/dorpen-aan-zet-2026"
Statements = Callable[[], AbstractContextManager[list[str]]]


def coordinator(*scopes: tuple[str, int], role: Role = Role.coordinator):
    return factories.person(*((role, kind, number) for kind, number in scopes))


@pytest.fixture
def call(app: Flask) -> Call:
    return load()


def test_everything_that_the_file_said_is_on_the_page(client: CheckedClient, call: Call):
    client.sign_in(coordinator(("call", call.id)))
    text = said(client.page(f"{COACHED}?lang=nl"))
    setup = parse(files.COACHED.read_bytes()).setup
    words = [
        *(field["label"]["nl"] for section in setup.call["form"] for field in section["fields"]),
        *(field["label"]["nl"] for section in setup.call["report_form"] for field in section["fields"]),
        *(level["nl"] for each in setup.criteria for level in each["levels"]),
        *(point["text"]["nl"] for point in setup.call["checklist"]),
        *(article["title"]["nl"] for article in setup.call["rules"]["articles"]),
        *(text for parts in setup.call["texts"]["letters"].values() for text in parts["opening"].values()),
        *(text for parts in setup.call["texts"]["mails"].values() for text in parts["text"].values()),
        *(text for each in setup.authorities.values() for text in each["appeal"].values()),
        *(text for each in setup.authorities.values() for it in each["legal_basis"] for text in it.values()),
        "juridische dienst van de provincie (demo)", "14 september 2026", "provinciegriffier (demo)", "DAZ26",
    ]  # fmt: skip

    assert [each for each in words if plain(each) not in text] == []


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_what_was_worth_a_look_when_it_was_loaded_is_shown_until_it_is_mended(
    client: CheckedClient, call: Call
):
    client.sign_in(coordinator(("all", 0)))
    before = client.page(f"{COACHED}?lang=fr")
    load(("law: fr_public", "law: private"))
    after = client.page(f"{COACHED}?lang=fr")

    assert "deux mois de silence valent refus, entre le 5 décembre 2026 et le 18 février 2027" in said(before)
    assert after.select(".notice.waits") == []
    assert "authorities.demo_communaute.law" in said(after)


def test_the_picture_shows_every_state_and_every_step_of_the_running_procedure(
    client: CheckedClient, call: Call
):
    client.sign_in(coordinator(("call", call.id)))
    page = client.page(f"{COACHED}?lang=nl")
    drawing = page.select_one("svg.procedure")
    steps = page.select(".numbered > li")

    states = {" ".join(text.get_text() for text in box.select("text")) for box in drawing.select("g")}
    assert {"Concept", "Begeleid", "Geselecteerd", "Reservelijst", "Ingetrokken door de indiener"} <= states
    numbers = {int(each) for text in drawing.select(".label") for each in text.get_text().split()}
    assert numbers == set(range(1, len(steps) + 1))
    assert drawing["role"] == "img"
    assert drawing.select_one(f"#{drawing['aria-labelledby']}").get_text().startswith("De toestanden")
    assert not re.search(r"\bstyle=", str(drawing))


def test_a_call_without_a_stage_draws_none_of_it(client: CheckedClient, app: Flask):
    load(path=files.IDEAS)
    client.sign_in(coordinator(("all", 0)))
    page = client.page("/coordinator/calls/zaad-voor-het-dorp-2026?lang=nl")
    drawn = " ".join(page.select_one("svg.procedure").get_text(" ").split())

    assert "Reservelijst" not in drawn
    assert "Begeleiding afgerond" in drawn or "Begeleid" in drawn


def test_a_call_of_others_does_not_exist(client: CheckedClient, call: Call):
    other = load(("reference: dorpen-aan-zet-2026", "reference: elders"))
    client.sign_in(coordinator(("call", other.id)))

    assert client.get(COACHED).status_code == 404
    assert client.get("/coordinator/calls/elders").status_code == 200
    assert client.get("/coordinator/calls/nowhere").status_code == 404
    assert [a["href"] for a in client.page("/coordinator/calls").select("main h2 a")] == [
        "/coordinator/calls/elders"
    ]


def test_who_decides_on_one_lot_sees_the_call_and_its_lot_in_the_list(client: CheckedClient, call: Call):
    lot = factories.lots(call)[1]
    client.sign_in(coordinator(("lot", lot.id), role=Role.signatory))

    assert client.get(COACHED).status_code == 200
    assert "Lot Flandre" in said(client.page("/coordinator/calls"))
    assert "Lot Vlaanderen" not in said(client.page("/coordinator/calls"))


@pytest.mark.parametrize("role", [Role.coach, Role.juror])
def test_others_of_the_call_may_not_read_it(client: CheckedClient, call: Call, role: Role):
    client.sign_in(coordinator(("call", call.id), role=role))

    assert client.get(COACHED).status_code == 403
    assert client.get("/coordinator/calls").status_code == 403


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_and_the_page_cost_the_same_with_any_number_of_calls(
    client: CheckedClient, call: Call, statements: Statements, number: int
):
    for each in range(number - 1):
        load(("reference: dorpen-aan-zet-2026", f"reference: andere-{each}"))
    client.sign_in(coordinator(("all", 0)))
    with statements() as listing:
        lines = client.page("/coordinator/calls").select("main h2")
    with statements() as page:
        client.page(COACHED)

    assert len(lines) == number
    assert (len(listing), len(page)) == (LISTING, PAGE)


LISTING, PAGE = 2, 9
"""Who is asking takes one statement; the list one more, the page seven and what pilots gave one."""
