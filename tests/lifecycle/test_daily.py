"""The daily look: conflicts that began after a juror was seated hide the dossier, and the office is told."""

from datetime import UTC, datetime, timedelta

import pytest

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.firing import Firing
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event
from callflow.desk import inbox, scope
from callflow.desk.dossier import dossier_page
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import ConflictKind, Fate, Task
from callflow.jury import profiles
from callflow.lifecycle import conflicts, daily, verify
from callflow.people import queries as people
from callflow.people.actions import members
from callflow.people.states import Right
from tests import factories as make
from tests.rounds import Round
from tests.screening.test_completion import asked, complete, save

SEEN = datetime(2026, 10, 24, 7, tzinfo=UTC)
"""At nine in the morning, the day before the clocks go back."""


@pytest.fixture
def call(app):
    with clock.fixed(SEEN - timedelta(days=1)):
        return Round(closes_at=SEEN + timedelta(days=60))


def looked(at=SEEN) -> int:
    with clock.fixed(at):
        return daily.look()


def tell(call, **known):
    """What a juror tells of themselves, before anything is looked up."""
    with unit_of_work():
        profiles.keep_profile(
            make.actor(call.coordinator), db.session.get_one(Call, call.call.id), person_id=call.juror.id,
            known=profiles.Known(("nl",), **known), version=0,
        )  # fmt: skip


def join(call):
    with unit_of_work():
        members.join(people.group_for_change(call.group.id), make.actor(call.juror), Right.view)


def move(call, dossier):
    make.municipality("BE")
    with unit_of_work():
        db.session.get_one(Dossier, dossier.id).municipality_code = "32030"
    tell(call, municipality="32030")


def standing(dossier):
    db.session.rollback()
    found = queries.conflicts_of(dossier.id)
    return {(each.person_id, each.kind) for each, _ in found if each.ended_at is None}


def waits(call, who=None):
    actor = make.actor(who or call.coordinator)
    return {each.code: each.number for each in inbox.inbox(actor, scope.calls_of(actor)[0]).kinds}


def next_of(call, dossier):
    return dossier_page(dossier.reference, by=make.actor(call.coordinator), language="nl").next.code


def mails():
    query = db.select(OutboxMail).where(OutboxMail.notice == "reminder_conflict_found")
    return db.session.scalars(query.order_by(OutboxMail.id)).all()


@pytest.mark.parametrize("cause", ["joins the group", "moves"])
def test_a_juror_who_comes_to_be_in_conflict_stands_aside_the_next_morning(call, cause):
    dossier, mine = call.judged(), call.group
    call.group = make.group({call.resident: Right.submit})
    other, call.group = call.judged(), mine
    join(call) if cause == "joins the group" else move(call, dossier)

    assert looked(SEEN - timedelta(minutes=1)) == 0
    assert looked() == 1

    kind = ConflictKind.member if cause == "joins the group" else ConflictKind.municipality
    assert (standing(dossier), standing(other)) == ({(call.juror.id, kind)}, set())
    events = db.session.scalars(db.select(Event).where(Event.action == "conflict_found")).all()
    assert [(each.actor_pseudonym, each.data["person_id"]) for each in events] == [
        ("callflow", call.juror.id)
    ]
    assert waits(call)["next_replace"] == 1
    assert (next_of(call, dossier), next_of(call, other)) == ("next_replace", "next_scores")
    assert list(verify.breaks()) == []


def test_a_completed_version_that_names_the_organisation_of_a_juror_is_found(call):
    with clock.fixed(SEEN - timedelta(hours=2)):
        dossier = call.submitted()
        call.give(dossier, Task.juror, call.juror)
        tell(call, bodies=("Harmonie De Ware Vrienden",))
        assert looked() == 0
        asked(call, dossier)
        save(call, dossier, summary="harmonie de ware vrienden")
        complete(call, dossier)

    assert looked(SEEN + timedelta(hours=1)) == 0  # the look of today was made before
    assert looked(SEEN + timedelta(days=1, hours=1)) == 1
    assert standing(dossier) == {(call.juror.id, ConflictKind.body)}


def test_the_office_is_told_once_in_its_language_and_scores_wait_for_a_decision(call):
    dossier = call.judged()
    call.score(dossier, call.juror)
    assert waits(call) == {"next_close_scoring": 1}
    join(call)

    assert [looked(), looked(), looked(SEEN + timedelta(days=2))] == [1, 0, 0]

    assert {mail.recipient_id for mail in mails()} == {call.coordinator.id, call.colleague.id}
    assert len(mails()) == 2
    assert f"dossier {dossier.reference}" in mails()[0].body
    assert f"/coordinator/dossiers/{dossier.reference}#people" in mails()[0].body
    assert db.session.scalars(db.select(Exclusion.scores)).all() == [Fate.undecided]
    assert waits(call) == {"next_recusal": 1}
    assert next_of(call, dossier) == "next_recusal"


def test_each_day_is_looked_once_at_nine_on_the_clocks_of_brussels(call):
    call.judged()
    for hours in range(72):
        looked(SEEN + timedelta(hours=hours - 1))

    rows = db.session.scalars(db.select(Firing).where(Firing.kind == daily.NAME).order_by(Firing.id))
    assert [(clock.local(each.due_at).isoformat(), each.fired_at - each.due_at) for each in rows] == [
        ("2026-10-24T09:00:00+02:00", timedelta(0)),
        ("2026-10-25T09:00:00+01:00", timedelta(0)),
        ("2026-10-26T09:00:00+01:00", timedelta(0)),
    ]


def test_who_leaves_the_group_again_is_let_in_by_a_coordinator_only(call):
    dossier = call.judged()
    join(call)
    looked()
    with unit_of_work():
        members.leave(make.actor(call.juror), people.group_for_change(call.group.id))

    assert looked(SEEN + timedelta(days=1)) == 0
    assert standing(dossier) == {(call.juror.id, ConflictKind.member)}


def test_what_a_coordinator_lifted_does_not_come_back(call):
    dossier, who = call.judged(), make.actor(call.coordinator)
    move(call, dossier)
    looked()
    with unit_of_work():
        found = queries.for_step(dossier.reference, by=who)
        conflicts.lift(
            who, found, person_id=call.juror.id, kind=ConflictKind.municipality, reason="Grote gemeente"
        )

    assert looked(SEEN + timedelta(days=1)) == 0
    assert waits(call) == {}


def test_a_dossier_with_enough_jurors_left_waits_for_nobody(call):
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    join(call)

    assert looked() == 1
    assert waits(call) == {}
    assert next_of(call, dossier) == "next_scores"


def test_nothing_is_looked_up_where_nobody_sits_on_anything(call):
    call.screened()
    join(call)

    assert looked() == 0
    assert db.session.scalars(db.select(Firing)).all() == []
