"""A dossier's steps on the real database: taken, refused, and what they leave behind."""

from datetime import timedelta

import pytest

from callflow.applications.models import Submission
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db
from callflow.core.errors import Changed, NotFound
from callflow.core.trail import Event, check_all
from callflow.core.workflow import Blocked, NotAllowed, NotOffered
from callflow.dossiers import queries
from callflow.dossiers.states import State
from callflow.lifecycle import process, values
from callflow.people.states import Right
from tests import factories as make


@pytest.fixture
def lot(app):
    return make.lots(make.call())[0]


@pytest.fixture
def resident(lot):
    return make.person()


@pytest.fixture
def group(resident):
    return make.group({resident: Right.submit})


def test_submitting_freezes_the_answers_and_shows_the_state(lot, resident, group):
    dossier = make.submitted(lot, resident, group)

    frozen = db.session.scalars(db.select(Submission)).one()
    assert (dossier.state, dossier.shown_state) == (State.submitted, State.submitted)
    assert frozen.answers == make.ANSWERS
    assert dossier.submitted_at == frozen.submitted_at


def test_every_step_writes_one_event_and_the_chain_holds(lot, resident, group):
    dossier = make.submitted(lot, resident, group)
    make.take(dossier, "withdraw", resident, values.Reason("Wij stoppen ermee"))

    events = db.session.scalars(db.select(Event).where(Event.trail_id == dossier.trail_id)).all()
    assert [(event.action, event.source, event.dest) for event in events] == [
        ("submit", "draft", "submitted"),
        ("letter_written", None, None),
        ("withdraw", "submitted", "withdrawn"),
        ("letter_written", None, None),
    ]
    assert list(check_all()) == []


def test_an_incomplete_draft_is_refused_with_the_missing_field(lot, resident, group):
    dossier = make.draft(lot, resident, group)
    with make.unit_of_work():
        db.session.execute(db.delete(make.Answer).where(make.Answer.field == "summary"))

    with pytest.raises(Blocked) as refused:
        make.take(dossier, "submit", resident, values.Submitting(1))

    assert [reason.code for reason in refused.value.reasons] == ["answers_missing"]
    assert make.state_of(dossier) is State.draft


def test_a_second_after_closing_is_too_late(lot, resident, group):
    dossier = make.draft(lot, resident, group)
    closes_at = db.session.get_one(make.Call, lot.call_id).closes_at

    with clock.fixed(closes_at), pytest.raises(Blocked) as refused:
        make.take(dossier, "submit", resident, values.Submitting(1))
    with clock.fixed(closes_at - timedelta(seconds=1)):
        make.take(dossier, "submit", resident, values.Submitting(1))

    assert [reason.code for reason in refused.value.reasons] == ["call_closed"]


def test_a_stranger_learns_nothing_and_a_viewer_may_not_submit(lot, resident, group):
    viewer, stranger = make.person(), make.person()
    mixed = make.group({resident: Right.submit, viewer: Right.view})
    dossier = make.draft(lot, resident, mixed)

    with pytest.raises(NotFound):
        make.take(dossier, "submit", stranger, values.Submitting(1))
    with pytest.raises(NotAllowed):
        make.take(dossier, "submit", viewer, values.Submitting(1))


def test_a_stale_version_is_told_and_changes_nothing(lot, resident, group):
    dossier = make.draft(lot, resident, group)

    with pytest.raises(Changed), make.unit_of_work():
        loaded = queries.for_step(dossier.reference, by=make.actor(resident), kind=make.Application)
        process.take(loaded, "submit", actor=make.actor(resident), version=0, values=values.Submitting(1))

    assert make.state_of(dossier) is State.draft


def test_a_step_that_does_not_leave_from_here_is_not_offered(lot, resident, group):
    dossier = make.submitted(lot, resident, group)

    with pytest.raises(NotOffered):
        make.take(dossier, "submit", resident, values.Submitting(1))


def test_staff_see_a_dossier_from_its_submission_on(lot, resident, group):
    coordinator = make.person((Role.coordinator, "call", lot.call_id))
    elsewhere = make.person((Role.coordinator, "call", lot.call_id + 1))
    dossier = make.draft(lot, resident, group)

    with pytest.raises(NotFound):
        queries.seen(dossier.reference, by=make.actor(coordinator))
    make.take(dossier, "submit", resident, values.Submitting(1))

    assert queries.seen(dossier.reference, by=make.actor(coordinator)).title == "'t Lichtpunt"
    with pytest.raises(NotFound):
        queries.seen(dossier.reference, by=make.actor(elsewhere))
