"""Two colleagues who judge one short form at one moment, and a whole application that is sent ten times."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import values
from tests.lifecycle.test_outcome_races import attempt
from tests.two_steps import REASON, TwoSteps, mails, versions


def request(app, task):
    """With one reading of the clock, as a request has."""
    with clock.fixed(clock.now()):
        return attempt(app, *task)


@pytest.mark.parametrize("time", [1, 2, 3])
def test_who_invites_and_who_does_not_at_one_moment_decide_once(committed, time):
    call = TwoSteps()
    dossier = call.preapplied()
    tasks = [
        (dossier.reference, "invite", call.coordinator.id, values.InvitingToApply()),
        (dossier.reference, "turn_away", call.colleague.id, values.TurningAway(REASON)),
    ]
    db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda task: request(committed.app, task), tasks))

    db.session.rollback()
    state = db.session.get_one(Dossier, dossier.id).state
    assert outcomes.count("NotOffered") == 1
    assert state is (State.invited if "invite" in outcomes else State.not_invited)
    assert len(mails(dossier, "full_invited")) == (1 if state is State.invited else 0)


def test_ten_times_the_same_whole_application_is_one_version(committed):
    call = TwoSteps()
    dossier = call.invited()
    call.write(dossier, steps="Eerst de buren.")
    db.session.rollback()
    seen = db.session.get_one(Dossier, dossier.id).content_version
    task = (dossier.reference, "submit", call.resident.id, values.Submitting(seen))
    db.session.commit()

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda _n: request(committed.app, task), range(10)))

    assert sorted(outcomes) == ["NotOffered"] * 9 + ["submit"]
    assert [each.number for each in versions(dossier)] == [1, 2]
