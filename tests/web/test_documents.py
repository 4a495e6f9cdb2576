"""Documents that somebody asks for: offered, drawn by a worker, given as long as they say what is so."""

from datetime import timedelta
from pathlib import Path

import pytest

from callflow.core import clock, documents
from callflow.core.db import db, unit_of_work
from callflow.core.documents import Document
from callflow.core.jobs import WorkState, identity
from callflow.web import documents as pages
from tests.client import form_values
from tests.drawn import drawn, draws
from tests.letters.reading import words_of
from tests.meanwhile import meanwhile
from tests.rounds import Round

SHEET: Path = documents.SHEETS / "documents" / "document.css"
ODD = "\u0338\uff1cb\uff1e\uff06amp; \x0b\U0001f33e winkel"
"""Begins with an accent that would take the end of a tag away; its brackets become tags where they stand in
markup; holds what no XML may, and what no font has.
"""
SHOWN = "<b>&amp; \u2047 winkel"


@pytest.fixture
def ring(app):
    return Round()


@pytest.fixture
def path(ring):
    return f"/coordinator/calls/{ring.call.reference}/agenda/{ring.lot.key}"


@pytest.fixture
def staff(client, ring, monkeypatch):
    monkeypatch.setattr(pages, "PATIENCE", 0)
    return client.sign_in(ring.coordinator)


def words(page):
    return " ".join(page.main.get_text(" ").split())


def status_of():
    return db.session.scalars(db.select(Document.status)).all()


def wanted(body):
    return documents.wanted(f'<html lang="nl"><head><title>x</title></head><body>{body}</body></html>', SHEET)


def asked(body):
    with unit_of_work():
        documents.ask(wanted(body))
    return wanted(body).digest


def test_a_document_is_offered_asked_for_once_drawn_and_given(ring, staff, path):
    offered = staff.page(path)
    before = status_of()
    form = form_values(offered.select_one("#progress form"))
    twice = [staff.post(path, data=form).headers["Location"] for _ in range(2)]
    waiting = staff.page(path)
    again = status_of()
    number = draws()
    given = staff.get(path)

    assert offered.select_one("#progress form button").get_text() == "Document maken (pdf)"
    assert (before, again) == ([], [WorkState.waiting])
    assert twice == [path] * 2
    assert waiting.select_one("#progress[data-progress]")["data-open"] == "Document openen"
    assert "Dit begint zodra het werk ervóór klaar is." in words(waiting)
    assert number == 1
    assert given.mimetype == "application/pdf"
    assert given.headers["Cache-Control"] == "no-store, private"
    assert given.headers["Content-Disposition"].startswith("inline")
    assert db.session.scalars(db.select(Document.html)).all() == [""]


def test_it_is_the_list_button_of_the_lot_that_asks(ring, staff, path):
    ring.prepared("4000", answers={"title": "Een dorpswinkel"})

    answer = staff.submit(
        f"/coordinator/calls/{ring.call.reference}/decisions/{ring.lot.key}", form="form[action*=agenda]"
    )
    draws()

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "Een dorpswinkel" in words_of(staff.get(path).data)


def test_what_changed_since_is_offered_anew(ring, staff, path):
    first = drawn(staff, path)
    ring.prepared("4000", answers={"title": "Een dorpswinkel"})

    assert first.mimetype == "application/pdf"
    assert "Document maken" in words(staff.page(path))
    assert "Een dorpswinkel" in words_of(drawn(staff, path).data)


def test_what_takes_long_says_so(ring, staff, path):
    staff.submit(path, form="#progress form")
    document = db.session.scalars(db.select(Document)).one()
    with unit_of_work():
        document.asked_at = clock.now() - timedelta(minutes=2)

    assert "Dit duurt langer dan gewoonlijk" in words(staff.page(path))


def test_what_cannot_be_drawn_says_so_and_is_tried_again_when_asked(ring, staff, path):
    staff.submit(path, form="#progress form")
    document = db.session.scalars(db.select(Document)).one()
    with unit_of_work():
        sound, document.html = document.html, "<html><body><p></body></html>"
    draws()
    failed = staff.page(path)
    with unit_of_work():
        document.html = sound
    staff.submit(path, form="#progress form")
    draws()

    assert "Het document kon niet worden gemaakt." in words(failed)
    assert staff.get(path).mimetype == "application/pdf"


def test_odd_words_stay_words(ring, staff, path):
    ring.prepared("4000", answers={"title": f"Een {ODD}"})
    dossier = ring.prepared("4000", answers={"title": "Twee"})
    with unit_of_work():
        dossier.title = ODD

    said = " ".join(words_of(drawn(staff, path).data).split())

    assert said.count(SHOWN) == 2


def test_a_worker_that_died_holds_nothing_and_three_fail_it(app):
    digest = asked("<main></main>")
    dead = f"{identity('w1').rpartition(':')[0]}:gone"

    freed = []
    for _ in range(documents.ATTEMPTS):
        documents._claim(dead)
        freed.append(documents.sweep())

    assert freed == [1] * documents.ATTEMPTS
    assert documents.stand(digest).status is WorkState.failed
    assert draws() == 0


def test_what_went_to_another_worker_is_not_noted_by_the_first(app):
    digest = asked("<main></main>")
    number, _ = documents._claim("w1@here:1:one")
    documents._note(number, "w2@here:2:two", b"%PDF")

    assert documents.stand(digest).status is WorkState.running
    assert documents.content(digest) is None


def test_after_a_day_it_is_thrown_away(app):
    old = asked("<main>gisteren</main>")
    with clock.fixed(clock.now() + documents.KEPT):
        new = asked("<main>vandaag</main>")
    with clock.fixed(clock.now() + documents.KEPT + timedelta(minutes=1)):
        documents.throw_away()

    assert documents.stand(old) is None
    assert documents.stand(new) is not None


def test_who_asks_at_the_same_moment_asks_for_one(committed):
    what = wanted("<main></main>")

    def other():
        with unit_of_work():
            documents.ask(what)

    meanwhile(committed.app, lambda: documents.ask(what), other)

    db.session.rollback()
    assert status_of() == [WorkState.waiting]
