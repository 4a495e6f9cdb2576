"""The chain of events names whatever was done to it behind its back."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.db import db, on_sqlite, savepoint, unit_of_work
from callflow.core.trail import Event, EventText, Trail, check_all, new_trail, record

pytestmark = pytest.mark.unverified
WHO = Actor(7, "person-7", "Lieve", "nl")


@pytest.fixture
def history(app):
    with unit_of_work():
        made = new_trail("dossier")
        record(made, WHO, "submit", source="draft", dest="submitted", data={"n": 1})
        record(made, WHO, "note", texts={"text": "Gebeld met de groep"})
        record(made, WHO, "screen", source="submitted", dest="screened")
    return made


def tamper(*statements):
    """Change history the way somebody with the database's password would."""
    with unit_of_work():
        if on_sqlite():
            for name in (
                "event_no_update",
                "event_no_delete",
                "event_text_no_delete",
                "event_text_erase_only",
            ):
                db.session.execute(text(f"DROP TRIGGER {name}"))
        else:
            db.session.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
            db.session.execute(text("ALTER TABLE event_text DISABLE TRIGGER USER"))
        for statement in statements:
            db.session.execute(text(statement))
    db.session.expire_all()


def found():
    return [(broken.sequence, broken.what) for broken in check_all()]


def test_an_untouched_history_holds(history):
    assert found() == []


def test_a_deleted_last_event_shows(history):
    tamper("DELETE FROM event WHERE sequence = 3")

    assert found() == [(3, "tail_cut")]


def test_a_deleted_event_in_the_middle_shows(history):
    tamper("DELETE FROM event_text", "DELETE FROM event WHERE sequence = 2")

    assert found() == [(2, "event_missing")]


def test_two_swapped_events_show(history):
    tamper(
        "UPDATE event SET sequence = 99 WHERE sequence = 1",
        "UPDATE event SET sequence = 1 WHERE sequence = 3",
        "UPDATE event SET sequence = 3 WHERE sequence = 99",
    )

    assert (1, "order_changed") in found()


def test_an_edited_note_shows_and_an_erased_one_does_not(history):
    with unit_of_work():
        db.session.execute(db.update(EventText).values(body=None))
    assert found() == []

    tamper("UPDATE event_text SET body = 'Niets gezegd'")
    assert found() == [(2, "text_edited")]


def test_an_edited_event_shows(history):
    tamper("UPDATE event SET action = 'decline' WHERE sequence = 3")

    assert found() == [(3, "event_edited")]


@pytest.mark.parametrize(
    "statement", ["UPDATE event SET action = 'x'", "DELETE FROM event", "DELETE FROM event_text"]
)
def test_the_database_itself_refuses_to_change_history(history, statement):
    with unit_of_work(), pytest.raises(DBAPIError, match="append-only"), savepoint():
        db.session.execute(text(statement))


def test_the_chain_starts_from_nothing_and_counts(history):
    stored = db.session.get_one(Trail, history.id)
    first = db.session.scalars(db.select(Event).order_by(Event.sequence)).first()

    assert (stored.sequence, first.previous) == (3, trail.GENESIS)
