"""The worker's side of letters, step by step: claim, draw, store, let the mails go, free what the dead
held.
"""

from datetime import timedelta

import pytest

from callflow.core import clock, pdf
from callflow.core.actor import Actor
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden
from callflow.core.jobs import identity
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.storage import storage
from callflow.core.workflow import NotOffered
from callflow.dossiers import queries as dossiers
from callflow.letters import actions, making, rules
from callflow.letters.models import Letter
from callflow.letters.states import LetterState
from tests import factories as make
from tests.rounds import Round


@pytest.fixture
def ring(committed):
    return Round()


def letter() -> Letter:
    db.session.rollback()
    return db.session.scalars(db.select(Letter)).one()


def claimed(ring: Round, holder: str = "w1@elsewhere:1:abc") -> making.Work:
    ring.submitted()
    (work,) = making.claim(holder)
    return work


def test_a_letter_is_drawn_stored_and_lets_its_mails_go(ring):
    ring.submitted()

    assert making.drain(identity("w1"), lambda: False) == 1

    made = letter()
    assert (made.state, made.lease_by, made.attempts) == (LetterState.rendered, None, 1)
    assert storage().get(made.pdf_sha256)[:5] == b"%PDF-"
    assert made.pdf_size == len(storage().get(made.pdf_sha256))
    assert made.made_with.startswith("WeasyPrint 70")
    mails = db.session.scalars(db.select(OutboxMail)).all()
    assert {(mail.state, mail.attachment_sha256) for mail in mails} == {(MailState.queued, made.pdf_sha256)}


def test_what_one_worker_holds_no_other_takes(ring):
    claimed(ring)

    assert making.claim("w2@elsewhere:2:def") == []


def test_a_worker_that_stops_gives_back_what_it_did_not_come_to(ring):
    ring.submitted()

    assert making.drain(identity("w1"), lambda: True) == 0

    assert (letter().state, letter().attempts, letter().lease_by) == (LetterState.written, 0, None)


def test_a_lease_that_ran_out_is_freed_and_the_late_worker_changes_nothing(ring):
    work = claimed(ring)
    with unit_of_work():
        db.session.scalars(db.select(Letter)).one().lease_until = clock.now() - timedelta(seconds=1)

    assert making.sweep() == 1
    making.finish(work, "w1@elsewhere:1:abc", "0" * 64, 1)

    assert (letter().state, letter().pdf_sha256) == (LetterState.written, None)


@pytest.mark.unverified  # it names the letter that failed
def test_a_letter_that_ended_three_workers_is_tried_no_more(ring):
    ring.submitted()
    for _ in range(making.ATTEMPTS):
        making.claim("w1@elsewhere:1:abc")
        with unit_of_work():
            db.session.scalars(db.select(Letter)).one().lease_until = clock.now() - timedelta(seconds=1)
        making.sweep()

    assert letter().state == LetterState.failed
    assert making.claim(identity("w1")) == []


@pytest.mark.unverified  # it names the letter that failed
def test_a_letter_that_ends_workers_takes_none_along_that_were_claimed_with_it(ring):
    for _ in range(3):
        ring.submitted()
    first, *others = [work.id for work in making.claim("w0@elsewhere:1:abc")]
    ended = 0
    while True:
        _expire()
        making.sweep()
        taken = [work.id for work in making.claim("w1@elsewhere:1:abc")]
        if not taken:
            break
        if first in taken:
            ended += 1
            continue
        for each in taken:
            making.finish(making.Work(each, "", None, "", ""), "w1@elsewhere:1:abc", "0" * 64, 1)

    db.session.rollback()
    made = {each.id: each.state for each in db.session.scalars(db.select(Letter))}
    assert made == {first: LetterState.failed} | dict.fromkeys(others, LetterState.rendered)
    assert ended == making.ATTEMPTS - 1


def _expire() -> None:
    with unit_of_work():
        for each in db.session.scalars(db.select(Letter).where(Letter.state == LetterState.rendering)):
            each.lease_until = clock.now() - timedelta(seconds=1)


@pytest.mark.unverified  # what it says was edited by hand
def test_a_letter_that_cannot_be_read_fails_alone(ring):
    for _ in range(2):
        ring.submitted()
    with unit_of_work():
        first, second = db.session.scalars(db.select(Letter).order_by(Letter.id))
        first.context = {}

    assert making.drain(identity("w1"), lambda: False) == 1

    db.session.refresh(first)
    db.session.refresh(second)
    assert (first.state, second.state) == (LetterState.failed, LetterState.rendered)
    assert first.failure.startswith("KeyError")


@pytest.mark.unverified  # it names the letter that failed
def test_a_letter_that_its_drawer_stumbles_over_fails_alone(ring, monkeypatch):
    ring.submitted()
    work = making.claim("w1@elsewhere:1:abc")[0]
    real = pdf._document

    def stumbling():
        return lambda html: Stumbling(real()(html))

    monkeypatch.setattr(pdf, "_document", stumbling)
    making.make(work, "w1@elsewhere:1:abc")

    assert (letter().state, letter().failure) == (LetterState.failed, "IndexError: no such line")


class Stumbling:
    """A document that cannot be laid out, for a reason that only its drawer knows."""

    def __init__(self, document) -> None:
        self.etree_element = document.etree_element

    def render(self, **_how):
        raise IndexError("no such line")


def test_staff_tries_a_failed_letter_again_and_it_stands_in_the_history(ring):
    dossier = ring.submitted()
    work = making.claim("w1@elsewhere:1:abc")[0]
    making.fail(work.id, "w1@elsewhere:1:abc", "no font")
    who = make.actor(ring.coordinator)

    with unit_of_work():
        loaded = dossiers.for_step(dossier.reference, by=who)
        actions.retry(who, loaded, db.session.get_one(Letter, work.id))

    assert (letter().state, letter().failure, letter().attempts) == (LetterState.written, None, 0)


def test_a_stranger_does_not_try_letters_again(ring):
    dossier = ring.submitted()
    who = make.actor(ring.coordinator)

    with pytest.raises(Forbidden), unit_of_work():
        loaded = dossiers.for_step(dossier.reference, by=who)
        actions.retry(Actor(None, "nobody", "", "nl"), loaded, db.session.scalars(db.select(Letter)).one())


@pytest.mark.parametrize("state", list(LetterState))
@pytest.mark.parametrize("trigger", ["take", "finish", "fail", "give_back", "retry"])
def test_the_making_of_a_letter_state_by_trigger(state, trigger):
    table = {
        ("take", LetterState.written): LetterState.rendering,
        ("finish", LetterState.rendering): LetterState.rendered,
        ("fail", LetterState.rendering): LetterState.failed,
        ("give_back", LetterState.rendering): LetterState.written,
        ("retry", LetterState.failed): LetterState.written,
    }
    one = Letter(state=state)

    if (trigger, state) in table:
        rules.move(one, trigger)
        assert one.state == table[trigger, state]
    else:
        with pytest.raises(NotOffered):
            rules.move(one, trigger)
        assert one.state == state
