"""Worker processes: two at a time, stopped politely, killed in the middle. Nothing is lost and nothing goes
twice.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from callflow.core.db import db
from callflow.core.outbox import MailState, OutboxMail
from callflow.letters.models import Letter
from callflow.letters.states import LetterState
from tests import factories as make
from tests.mail.post import queued
from tests.rounds import Round

PATIENCE = 60.0
DEEP = os.environ.get("CALLFLOW_TEST_DEPTH") == "deep"


def until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def states() -> Counter[MailState]:
    db.session.rollback()
    return Counter(db.session.scalars(db.select(OutboxMail.state)))


def arrivals(smtp) -> Counter[str]:
    return Counter(str(message["Message-ID"]) for message in smtp.messages)


def test_once_ends_when_nothing_is_due(committed, smtp):
    queued(3)

    with committed.run("flask", "worker", "--once") as worker:
        assert worker.process.wait(30) == 0

    assert states() == {MailState.sent: 3}
    assert "3 mail" in worker.output()


def test_two_workers_share_the_mail_and_no_mail_goes_twice(committed, smtp):
    smtp.delay = 0.01
    queued(60)

    with ExitStack() as crew:
        workers = [
            crew.enter_context(committed.run("flask", "worker", "--name", name)) for name in ("w1", "w2")
        ]
        until(lambda: states() == {MailState.sent: 60}, "two workers did not send 60 mails")
        codes = [worker.stop() for worker in workers]

    assert codes == [0, 0]
    assert set(arrivals(smtp).values()) == {1}
    assert len(smtp.messages) == 60


def test_sigterm_lets_the_mail_in_hand_arrive(committed, smtp):
    smtp.delay = 0.3
    queued(20)

    with committed.run("flask", "worker") as worker:
        until(lambda: states()[MailState.sent] > 0, "the worker sent nothing")
        assert worker.stop() == 0

    left = states()
    assert left[MailState.sending] + left[MailState.uncertain] == 0
    assert left[MailState.sent] == len(smtp.messages) < 20


def test_killed_again_and_again_every_mail_arrives_once_but_for_one_doubt_a_kill(committed, smtp):
    smtp.delay = 0.02
    dice = random.Random(20261130)
    ids = queued(200 if DEEP else 40)
    kills = 20 if DEEP else 3

    for _ in range(kills):
        with committed.run("flask", "worker") as worker:
            until(_one_more(smtp), "the worker sent nothing")
            time.sleep(dice.uniform(0, 0.15))
            worker.kill()
    with committed.run("flask", "worker", "--once") as worker:
        worker.process.wait(PATIENCE)

    left = states()
    assert set(left) <= {MailState.sent, MailState.uncertain}
    assert left[MailState.uncertain] <= kills
    assert set(arrivals(smtp).values()) == {1}
    assert len(ids) - left[MailState.uncertain] <= len(smtp.messages) <= len(ids)
    for mail in db.session.scalars(db.select(OutboxMail).where(OutboxMail.state == MailState.sent)):
        assert arrivals(smtp)[mail.message_id] == 1


def test_letters_are_made_once_each_by_two_workers_one_of_which_is_killed(committed, smtp):
    ring = Round()
    for _ in range(8):
        make.submitted(ring.lot, ring.resident, ring.group)

    with ExitStack() as crew:
        doomed = crew.enter_context(committed.run("flask", "worker", "--name", "w1"))
        until(lambda: _rendered() > 0, "no letter was made")
        doomed.kill()
        for name in ("w1", "w2"):
            crew.enter_context(committed.run("flask", "worker", "--name", name))
        until(lambda: _rendered() == 8, "not every letter was made")
        until(lambda: set(states()) <= {MailState.sent, MailState.uncertain}, "not every mail was sent")

    letters = db.session.scalars(db.select(Letter)).all()
    assert {letter.state for letter in letters} == {LetterState.rendered}
    assert len({letter.pdf_sha256 for letter in letters}) == 8
    assert states()[MailState.uncertain] <= 1
    assert set(arrivals(smtp).values()) == {1}


@pytest.mark.unverified  # the letter is broken by hand
def test_a_letter_that_cannot_be_made_fails_with_its_cause_and_its_mails_wait(committed, smtp):
    ring = Round()
    make.submitted(ring.lot, ring.resident, ring.group)
    with make.unit_of_work():
        letter = db.session.scalars(db.select(Letter)).one()
        letter.context = {**letter.context, "rules": {**letter.context["rules"], "version": ""}}

    with committed.run("flask", "worker", "--once") as worker:
        assert worker.process.wait(PATIENCE) == 0

    db.session.rollback()
    letter = db.session.scalars(db.select(Letter)).one()
    assert (letter.state, letter.pdf_sha256) == (LetterState.failed, None)
    assert "a text is empty" in letter.failure
    assert set(states()) == {MailState.waiting}


@pytest.mark.parametrize("statements", [1, 2, 3, 4] if DEEP else [2])
@pytest.mark.parametrize("passage", ["letter", "mail"])
def test_a_power_cut_between_any_two_statements_loses_nothing(committed, smtp, tmp_path, passage, statements):
    ring = Round()
    make.submitted(ring.lot, ring.resident, ring.group)
    order = tmp_path / "cut"
    order.write_text(f"{passage} {statements}")
    committed.environment["CALLFLOW_FAILPOINT"] = str(order)

    for _ in range(2):
        with committed.run("flask", "worker", "--once") as worker:
            worker.process.wait(PATIENCE)

    left = states()
    assert _rendered() == 1
    assert set(left) <= {MailState.sent, MailState.uncertain}
    assert left[MailState.uncertain] <= 1
    assert set(arrivals(smtp).values()) <= {1}


def _one_more(smtp) -> Callable[[], bool]:
    before = len(smtp.messages)
    return lambda: len(smtp.messages) > before


def _rendered() -> int:
    db.session.rollback()
    return len(db.session.scalars(db.select(Letter.id).where(Letter.state == LetterState.rendered)).all())
