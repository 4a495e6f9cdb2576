"""A completion at one moment with what the coordinator does: one wins, the other is told, nothing is half."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from callflow.applications.models import Submission
from callflow.core import clock
from callflow.core.db import db
from callflow.letters.models import Letter
from callflow.lifecycle import values
from callflow.screening.models import CompletionRequest, Ending
from tests import factories as make
from tests.lifecycle.test_races import attempt
from tests.rounds import Round

WHAT = (values.Asked("Zeg ook wie de zaal beheert.", field="summary"),)


def at_once(app, tasks):
    """Each task (trigger, who, values) on the dossier at one moment: what came of them, counted."""
    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(lambda task: request(app, task), tasks))


def request(app, task):
    """As a page does it: with one reading of the clock."""
    with clock.fixed(clock.now()):
        return attempt(app, *task)


def returning():
    return values.Returning(WHAT, clock.now() + timedelta(days=14))


def test_two_coordinators_who_return_at_once_ask_once(committed):
    panel = Round()
    reference = panel.submitted().reference
    people = [panel.coordinator.id, panel.colleague.id] * 6
    db.session.commit()

    outcomes = at_once(
        committed.app, [(reference, "return_for_completion", who, returning()) for who in people]
    )

    db.session.rollback()
    assert outcomes == {"return_for_completion": 1, "NotOffered": 11}
    assert len(db.session.scalars(db.select(CompletionRequest)).all()) == 1
    kinds = [letter.kind.value for letter in db.session.scalars(db.select(Letter).order_by(Letter.number))]
    assert kinds == ["acknowledgement", "incomplete"]


@pytest.mark.parametrize("trigger", ["judge_as_is", "withdraw"])
def test_a_group_that_completes_while_the_request_is_closed_is_first_or_told(committed, trigger):
    panel = Round()
    dossier = panel.submitted()
    make.take(dossier, "return_for_completion", panel.coordinator, returning())
    reference, who = dossier.reference, panel.coordinator if trigger == "judge_as_is" else panel.resident
    closing = (reference, trigger, who.id, values.Reason("Wij wachten niet langer."))
    completing = (reference, "complete", panel.resident.id, values.Completing(1))
    db.session.commit()

    outcomes = at_once(committed.app, [closing, completing] * 6)

    db.session.rollback()
    request = db.session.scalars(db.select(CompletionRequest)).one()
    versions = db.session.scalars(db.select(Submission.number)).all()
    done = outcomes["complete"] == 1
    assert request.ending is (
        Ending.completed if done else Ending.judged if trigger == "judge_as_is" else Ending.withdrawn
    )
    assert sorted(versions) == ([1, 2] if done else [1])
    # after completing, a dossier can still be withdrawn; nothing else is left to take
    assert outcomes["complete"] + outcomes[trigger] == (2 if done and trigger == "withdraw" else 1)
    assert outcomes["NotOffered"] == 12 - outcomes["complete"] - outcomes[trigger]
