"""Tasks on a dossier: given by hand, never two for one person, never against a conflict."""

import pytest

from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, Refused
from callflow.core.trail import Event
from callflow.dossiers import queries
from callflow.dossiers.actions import assign, exclude, unassign
from callflow.dossiers.models import Assignment, Exclusion
from callflow.dossiers.states import Task
from tests import factories as make
from tests.rounds import Round


@pytest.fixture
def call(app):
    return Round()


def act(deed, by, dossier, **said):
    who = make.actor(by)
    with unit_of_work():
        return deed(who, queries.for_step(dossier.reference, by=who), **said)


def tasks(dossier):
    rows = db.session.execute(
        db.select(Assignment.person_id, Assignment.task).where(Assignment.dossier_id == dossier.id)
    )
    return {row.person_id: row.task for row in rows}


def test_each_task_is_given_and_told_in_history(call):
    dossier = call.screened()
    for task, person in ((Task.coach, call.coach), (Task.juror, call.juror), (Task.handler, call.colleague)):
        call.give(dossier, task, person)

    events = db.session.scalars(db.select(Event).where(Event.action == "assigned").order_by(Event.id)).all()
    assert [event.data for event in events] == [
        {"task": "coach", "person_id": call.coach.id},
        {"task": "juror", "person_id": call.juror.id},
        {"task": "handler", "person_id": call.colleague.id},
    ]
    assert tasks(dossier) == {
        call.coach.id: Task.coach, call.juror.id: Task.juror, call.colleague.id: Task.handler
    }  # fmt: skip


def test_a_coach_is_never_the_juror_of_the_same_dossier(call):
    both = make.person((Role.coach, "call", call.call.id), (Role.juror, "call", call.call.id))
    dossier = call.screened()
    call.give(dossier, Task.coach, both)

    with pytest.raises(Refused) as refused:
        call.give(dossier, Task.juror, both)

    assert (refused.value.code, refused.value.parameters, refused.value.field) == (
        "has_task", {"task": "coach"}, "juror_id",
    )  # fmt: skip
    assert tasks(dossier) == {both.id: Task.coach}


def test_who_stepped_aside_gets_no_task_again(call):
    dossier = call.judged()
    act(exclude, call.coordinator, dossier, person_id=call.second.id, reason="Buur van de trekker")

    with pytest.raises(Refused) as refused:
        call.give(dossier, Task.juror, call.second)

    assert refused.value.code == "has_conflict"


def test_a_conflict_of_nobody_we_know_is_refused(call):
    dossier = call.judged()

    with pytest.raises(Refused) as refused:
        act(exclude, call.coordinator, dossier, person_id=2_147_480_000, reason="Buur van de trekker")

    assert refused.value.code == "nobody_chosen"


def test_a_member_of_the_group_gets_no_task_on_its_dossier(call):
    resident_and_juror = make.person((Role.juror, "call", call.call.id))
    call.group = make.group({resident_and_juror: make.Right.view, call.resident: make.Right.submit})
    dossier = call.screened()

    with pytest.raises(Refused) as refused:
        call.give(dossier, Task.juror, resident_and_juror)

    assert refused.value.code == "has_conflict"


@pytest.mark.parametrize("task", list(Task))
def test_a_task_asks_for_its_role_in_this_call(call, task):
    elsewhere = make.call()
    stranger = make.person(
        *((role, "call", elsewhere.id) for role in (Role.coach, Role.juror, Role.coordinator))
    )
    dossier = call.screened()

    with pytest.raises(Refused) as refused:
        call.give(dossier, task, stranger)

    assert (refused.value.code, refused.value.field) == ("lacks_role", f"{task.value}_id")


def test_a_new_handler_takes_the_place_of_the_old_one(call):
    dossier = call.screened()
    call.give(dossier, Task.handler, call.coordinator)
    call.give(dossier, Task.handler, call.colleague)

    assert tasks(dossier) == {call.colleague.id: Task.handler}
    assert queries.seen(dossier.reference, by=make.actor(call.coordinator)).handler_id == call.colleague.id


def test_no_juror_comes_once_the_scoring_is_closed(call):
    dossier = call.scored()

    with pytest.raises(Refused) as refused:
        call.give(dossier, Task.juror, call.second)

    assert refused.value.code == "scoring_over"


def test_a_task_is_taken_away_and_may_be_given_again(call):
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    act(unassign, call.coordinator, dossier, person_id=call.coach.id)
    with pytest.raises(Refused):
        act(unassign, call.coordinator, dossier, person_id=call.coach.id)

    call.give(dossier, Task.coach, call.coach)
    assert tasks(dossier) == {call.coach.id: Task.coach}


@pytest.mark.parametrize(
    "person, reason, code",
    [
        ("second", " ", "conflict_reason_missing"),
        ("juror", "Familie", "task_first"),
        ("coach", "Familie", None),
    ],
)
def test_a_conflict_is_noted_once_with_its_reason_and_not_over_a_task(call, person, reason, code):
    dossier = call.judged()
    who = getattr(call, person)
    if code is None:
        act(exclude, call.coordinator, dossier, person_id=who.id, reason=reason)
        code = "already_excluded"

    with pytest.raises(Refused) as refused:
        act(exclude, call.coordinator, dossier, person_id=who.id, reason=reason)

    assert refused.value.code == code
    noted = db.session.scalars(db.select(Exclusion.person_id)).all()
    assert noted == ([who.id] if code == "already_excluded" else [])


@pytest.mark.parametrize(
    "deed, said", [(assign, {"task": Task.coach}), (unassign, {}), (exclude, {"reason": "Nee"})]
)
def test_a_signatory_gives_no_tasks(call, deed, said):
    dossier = call.screened()

    with pytest.raises(Forbidden):
        act(deed, call.signatory, dossier, person_id=call.coach.id, **said)
