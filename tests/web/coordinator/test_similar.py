"""Which ideas are compared with one: the best reasons first, and no more than a page can wait for."""

import pytest

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.desk import similar
from callflow.people.states import Right
from tests import factories as make
from tests.rounds import Round


@pytest.fixture
def call(app):
    return Round()


def idea(call, title, *, group=None, place=None):
    who = make.person()
    made = make.submitted(
        call.lot, who, group or make.group({who: Right.submit}), answers={"title": title, "summary": title}
    )
    with unit_of_work():
        db.session.get_one(make.Application, made.id).municipality_code = place
    return made


def compared(call, with_it):
    """The titles, in the order in which they were handed in."""
    db.session.rollback()
    dossier = db.session.get_one(make.Application, with_it.id)
    query = similar._may_resemble(dossier, make.actor(call.coordinator))
    rows = db.session.execute(
        db.select(make.Dossier.title).where(make.Dossier.id.in_(query)).order_by(make.Dossier.id)
    )
    return [row.title for row in rows]


@pytest.fixture
def ideas(call):
    """One, and others of its village, of its name, of its group and of none of these."""
    place = make.municipality()
    one = idea(call, "Een moestuin voor het dorp", place=place.code)
    idea(call, "Het buurtcafé", place=place.code)
    idea(call, "Cinema in de schuur")
    idea(call, "Moestuinen langs de vaart")
    group = db.session.get_one(make.Group, one.group_id)
    with unit_of_work():
        joins = {"user_id": call.resident.id, "right": Right.submit, "since": clock.now()}
        db.session.add(make.Membership(group_id=group.id, **joins))
    make.submitted(call.lot, call.resident, group, answers={"title": "Bankjes", "summary": "Zitten."})
    return one


def test_they_are_those_of_the_group_of_the_name_and_of_the_village(call, ideas):
    assert compared(call, ideas) == [
        "Een moestuin voor het dorp", "Het buurtcafé", "Moestuinen langs de vaart", "Bankjes",
    ]  # fmt: skip


def test_where_there_are_many_the_village_comes_last(call, ideas, monkeypatch):
    monkeypatch.setattr(similar, "LOOKED_AT", 2)

    assert compared(call, ideas) == ["Een moestuin voor het dorp", "Moestuinen langs de vaart", "Bankjes"]


def test_the_latest_are_looked_through_for_a_word(call, ideas, monkeypatch):
    monkeypatch.setattr(similar, "LATEST", 1)
    assert compared(call, ideas) == ["Een moestuin voor het dorp", "Het buurtcafé", "Bankjes"]

    idea(call, "Nog een moestuin")
    assert compared(call, ideas)[-1] == "Nog een moestuin"
