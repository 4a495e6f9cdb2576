"""People write names as they know them; the list comes into the database once and then stays as it is."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from callflow.calls.checks import means
from callflow.calls.checks.complaints import Complaints
from callflow.calls.reading import Document
from callflow.core.actor import NOBODY, OPERATOR
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden
from callflow.core.trail import Event
from callflow.territory import listing
from callflow.territory.actions import load_municipalities
from callflow.territory.listing import Listed
from callflow.territory.models import Municipality


def codes(written: str) -> list[str]:
    return [each.code for each in listing.found(written)]


@pytest.mark.parametrize(
    "written, code",
    [
        ("Alveringem", "38002"), ("alveringem", "38002"), ("38002", "38002"), ("Ieper", "33011"),
        ("Ypres", "33011"),
        ("Quaedypre", "59478"), ("QUAËDYPRE", "59478"), ("langemark poelkapelle", "33040"),
        ("Sint-Winoksbergen", "59067"), ("Bergues", "59067"),
    ],
)  # fmt: skip
def test_a_municipality_is_found_by_code_and_by_either_name(written: str, code: str):
    assert codes(written) == [code]


def test_an_official_name_goes_before_the_same_name_in_the_other_language():
    assert codes("Vleteren") == ["33041"], "and not Flêtre, which is called Vleteren in Dutch"


def test_what_is_not_there_is_not_found_but_a_likely_name_is_offered():
    assert codes("Zzyzx") == []
    assert listing.close_to("Alveringhem") == "Alveringem"
    assert listing.close_to("Zzyzx") is None


def test_two_of_one_name_are_told_apart_by_their_codes(monkeypatch: pytest.MonkeyPatch):
    twins = (
        Listed("1", "BE", "Nieuwkerke", "Neuve-Église", "8950", "x"),
        Listed("2", "BE", "Nieuwkerke", "Nieukerke", "9100", "x"),
    )
    monkeypatch.setattr(listing, "listed", lambda: twins)
    listing._by_name.cache_clear()
    c = Complaints(Document(), {})
    means._area(c, 0, {"area": ["Nieuwkerke"]})
    monkeypatch.undo()
    listing._by_name.cache_clear()

    assert [(each.code, each.parameters["codes"]) for each in c.found] == [("municipality_ambiguous", "1, 2")]


def test_the_list_is_loaded_once(app: Flask):
    with unit_of_work():
        first = load_municipalities(OPERATOR)
    with unit_of_work():
        second = load_municipalities(OPERATOR)
    lo_reninge = db.session.get(Municipality, "32030")

    assert (first, second) == (len(listing.listed()), 0)
    assert db.session.scalar(select(func.count()).select_from(Municipality)) == 108
    assert (lo_reninge.name, lo_reninge.country, lo_reninge.postcodes) == ("Lo-Reninge", "BE", "8647")
    assert [event.action for event in db.session.scalars(select(Event))] == ["municipalities_loaded"]


def test_a_name_that_changed_is_mended_and_recorded(app: Flask):
    with unit_of_work():
        load_municipalities(OPERATOR)
        db.session.get(Municipality, "33011").name_fr = "Ipres"
    with unit_of_work():
        changed = load_municipalities(OPERATOR)

    assert changed == 1
    assert db.session.get(Municipality, "33011").name_fr == "Ypres"
    assert [event.data["codes"] for event in db.session.scalars(select(Event).order_by(Event.id))][1] == [
        "33011"
    ]


def test_only_who_sets_calls_up_may_load_it(app: Flask):
    with pytest.raises(Forbidden), unit_of_work():
        load_municipalities(NOBODY)
