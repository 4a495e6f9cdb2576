"""The public page of a call: all that the set-up says, in each language, at once after a change."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from callflow.calls import actions
from callflow.calls.models import Call
from callflow.calls.setup import parse
from callflow.core import clock
from callflow.core.actor import OPERATOR
from callflow.core.db import db, unit_of_work
from callflow.desk import call as desk
from callflow.desk.calendar_file import Entry, calendar_file
from callflow.dossiers.queries import begun
from callflow.territory.actions import load_municipalities
from tests.calls import files
from tests.client import CheckedClient

COACHED, IDEAS = "/calls/dorpen-aan-zet-2026", "/calls/zaad-voor-het-dorp-2026"
Statements = Callable[[], AbstractContextManager[list[str]]]


def load(*replaced: tuple[str, str], path=files.COACHED) -> Call:
    with unit_of_work():
        load_municipalities(OPERATOR)
        reading = parse(files.changed(*replaced, path=path))
        return actions.load(OPERATOR, reading.setup, in_use=begun, warnings=reading.warnings).call


def said(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture
def loaded(app: Flask) -> None:
    load()
    load(path=files.IDEAS)


def shift(**moments: datetime) -> None:
    """Move a call in time, so that the test does not hang on the day it runs."""
    with unit_of_work():
        call = db.session.scalars(select(Call).where(Call.reference == "dorpen-aan-zet-2026")).one()
        for name, value in moments.items():
            setattr(call, name, value)
        call.loaded_at = clock.now()


PAST, FUTURE = datetime(2020, 1, 6, 8, tzinfo=UTC), datetime(2090, 1, 6, 11, tzinfo=UTC)


SAID = {
    "nl": [
        "Dorpen aan zet 2026", "vrijdag 8 januari 2027, 12.00 uur", "donderdag 12 november 2026, 19.30 uur",
        "500 euro tot 10.000 euro", "60.000 euro", "80 begeleidingsdagen", "Alveringem, De Panne", "Art. 2",
        "deputatie van de provincie Westkant", "Minstens 3 juryleden", "vanaf 60 % van de punten", "25 %",
        "Deelname van bewoners", "juryleden die uw dossier krijgen", "Statbel; INSEE, IGN - Licence Ouverte",
    ],
    "fr": [
        "Villages en projet 2026", "vendredi 8 janvier 2027 à 12 h 00", "de 500 € à 10 000 €", "60 000 €",
        "conseil communautaire des Trois Moulins", "à partir de 60 % des points",
        "Participation des habitants", "Statbel ; INSEE, IGN - Licence Ouverte",
    ],
    "en": [
        "Villages take the lead 2026", "Friday 8 January 2027, 12:00", "€500 to €10,000",
        "At least 3 jury members",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", SAID)
def test_the_page_says_what_who_how_much_until_when_and_by_what(
    client: CheckedClient, loaded: None, language: str
):
    text = said(client.page(f"{COACHED}?lang={language}"))

    assert [each for each in SAID[language] if each not in text] == []


def test_an_open_call_leads_to_an_application_and_names_its_last_hour(client: CheckedClient, loaded: None):
    shift(opens_at=PAST, closes_at=FUTURE)
    page = client.page(f"{COACHED}?lang=nl")

    assert page.select_one(".next h2").get_text() == "Dien in vóór vrijdag 6 januari 2090, 12.00\u00a0uur"
    assert page.select_one(".next .button")["href"] == "/applications/new?call=dorpen-aan-zet-2026"


def test_a_coming_call_says_when_and_a_closed_one_that_it_is_over(client: CheckedClient, loaded: None):
    shift(opens_at=FUTURE, closes_at=FUTURE.replace(year=2091))
    coming = client.page(f"{COACHED}?lang=fr")
    shift(opens_at=PAST, closes_at=PAST.replace(year=2021))
    closed = client.page(f"{COACHED}?lang=fr")

    assert "Ouvre le vendredi 6 janvier 2090" in said(coming)
    assert coming.select_one(".next .button").get_text() == "Voir les questions"
    assert closed.select_one(".next") is None
    assert "Il n’est plus possible de déposer." in said(closed)


def test_the_page_turns_at_the_second_of_closing(client: CheckedClient, loaded: None):
    closes = datetime(2026, 12, 18, 11, tzinfo=UTC)
    with clock.fixed(closes.replace(hour=10, minute=59, second=59)):
        before = desk.call_head("dorpen-aan-zet-2026").standing
    with clock.fixed(closes):
        after = desk.call_head("dorpen-aan-zet-2026").standing

    assert (before, after) == ("open", "closed")


def test_a_text_in_another_language_than_the_page_says_so(client: CheckedClient, loaded: None):
    page = client.page(f"{IDEAS}?lang=en")

    assert page.select_one("h1").get_text() == "Seeds for the village 2026"
    assert page.select_one("#aim ~ .flow div, #aim + .flow div")["lang"] == "nl"


def test_a_changed_call_shows_at_once_and_so_does_a_changed_authority(client: CheckedClient, loaded: None):
    for path in (COACHED, IDEAS):
        client.page(f"{path}?lang=nl")
    load(
        ("nl: >-\n      Waar de winkel sluit", "nl: >-\n      Als de winkel sluit"),
        ("street: Demoplein 1", "street: Demoplein 7"),
    )

    assert "Als de winkel sluit" in said(client.page(f"{COACHED}?lang=nl"))
    assert "Demoplein 7" in said(client.page(f"{IDEAS}?lang=nl"))


def test_what_somebody_wrote_into_a_text_is_shown_and_never_run(client: CheckedClient, app: Flask):
    load(("    nl: Dorpen aan zet 2026\n", '    nl: "<script>alert(1)</script> {{ 7*7 }}"\n'))
    page = client.page(f"{COACHED}?lang=nl")

    assert page.select_one("h1").get_text() == "<script>alert(1)</script> {{ 7*7 }}"
    assert page.select("main script") == []


def test_a_call_that_is_not_there_is_not_found(client: CheckedClient, loaded: None):
    for path in ("/calls/nowhere", "/calls/nowhere/form", "/calls/nowhere/dates.ics", "/calls/' OR 1=1"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("others", [0, 2, 29])
def test_the_cost_of_the_page_is_the_same_beside_any_number_of_calls(
    client: CheckedClient, app: Flask, statements: Statements, others: int
):
    load()
    for number in range(others):
        load(("reference: dorpen-aan-zet-2026", f"reference: andere-{number}"))
    with statements() as first:
        client.page(COACHED)
    with statements() as second:
        client.page(COACHED)

    assert (len(first), len(second)) == (5, 1)


def test_the_form_can_be_printed_with_room_for_every_answer(client: CheckedClient, loaded: None):
    page = client.page(f"{COACHED}/form?lang=fr")
    labels = [each.get_text(" ", strip=True) for each in page.select(".field .label")]

    assert len(labels) == 18
    assert labels[0] == "Titre du projet"
    assert labels[2] == "Village ou hameau (facultatif)"
    assert len(page.select(".blank")) == 15
    assert page.select_one(".choices li").get_text() == "Se rencontrer"
    assert len(page.select(".blank-table tbody tr")) == 8
    assert "Les membres du jury qui vous connaissent ne le lisent pas." in said(page)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_days_of_a_call_go_into_any_calendar(client: CheckedClient, loaded: None):
    response = client.get(f"{COACHED}/dates.ics?lang=fr")
    text = response.get_data(as_text=True)
    lines = unfolded(text)

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="dorpen-aan-zet-2026.ics"'
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 10
    assert "DTSTART:20261218T110000Z" in lines, "noon in Brussels, in winter"
    assert "DTSTART:20261005T070000Z" in lines, "nine o'clock in Brussels, in summer"
    assert "DTSTART;VALUE=DATE:20270312" in lines
    assert "DTEND;VALUE=DATE:20270313" in lines
    assert "SUMMARY:Dernière heure pour déposer - Villages en projet 2026" in lines
    assert "LOCATION:Vleteren\\, maison communale (démo)" in lines
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_a_calendar_file_keeps_its_keys_and_escapes_what_it_must():
    entry = Entry("x", date(2027, 1, 2), "Eén; twee, drie\\vier\nvijf " + "é" * 60)
    text = calendar_file("A", [entry], made_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert "UID:x@callflow" in unfolded(text)
    assert "SUMMARY:Eén\\; twee\\, drie\\\\vier\\nvijf " + "é" * 60 + " - A" in unfolded(text)
    assert "DTSTAMP:20260101T000000Z" in unfolded(text)
