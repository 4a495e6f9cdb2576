"""Visibility, once: the predicate for one record and its twin in SQL say the same for everybody."""

import itertools

import pytest

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.dossiers import queries
from callflow.dossiers.actions import note_conflict
from callflow.dossiers.models import Conflict, Dossier, Exclusion, Standing
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import ConflictKind, State, Task
from callflow.lifecycle import values
from callflow.people.states import Right
from tests import factories as make


@pytest.fixture
def village(app):
    """Two calls of two lots, dossiers in three states, people with every kind of scope, task and conflict."""
    calls = [make.call(*laws) for laws in ((make.Law.be_public, make.Law.fr_public), (make.Law.be_public,))]
    lots = [lot for call in calls for lot in make.lots(call)]
    resident, viewer = make.person(), make.person()
    group = make.group({resident: Right.submit, viewer: Right.view})
    dossiers = []
    for lot in lots:
        dossiers.append(make.draft(lot, resident, group))
        dossiers.append(make.submitted(lot, resident, group))
        left = make.submitted(lot, resident, group)
        dossiers.append(make.take(left, "withdraw", resident, values.Reason("")))
    scopes = [("all", 0), ("call", calls[0].id), ("lot", lots[0].id)]
    roles = (Role.coordinator, Role.coach, Role.juror, Role.signatory, Role.admin, Role.chair)
    people = [make.person((role, *scope)) for role, scope in itertools.product(roles, scopes)]
    for number, (person, dossier) in enumerate(itertools.product(people, dossiers)):
        if number % 3 == 0:
            make.assign(dossier, person, list(Task)[number % 2])
        if number % 7 == 0:
            exclude(dossier, person)
        if number % 5 == 0:
            found(dossier, person, over=number % 2 == 0)
    return dossiers, [resident, viewer, make.person(), *people]


def exclude(dossier, person):
    with unit_of_work():
        db.session.add(
            Exclusion(dossier_id=dossier.id, person_id=person.id, reason="buurman", since=clock.now())
        )


def found(dossier, person, *, over):
    """A conflict of somebody who need not sit on it; one that is over hides nothing."""
    with unit_of_work():
        kept = note_conflict(dossier, person_id=person.id, kind=ConflictKind.household, reason="zus")
        kept.ended_at = clock.now() if over else None


@pytest.mark.parametrize(
    "permission",
    [
        P.dossier_view, P.dossier_history, P.scores_view, P.coaching_view, P.message_read, P.message_coach,
        P.message_office, P.jury_meet, P.jury_panel,
    ],
)  # fmt: skip
def test_the_predicate_and_its_sql_twin_agree_for_everybody(village, permission):
    dossiers, people = village

    for person in people:
        who = make.actor(person)
        listed = set(db.session.scalars(db.select(Dossier.id).where(visible_to(who, permission))))
        judged = {dossier.id for dossier in dossiers if may(who, permission, standing(dossier, person))}
        assert listed == judged, f"{person.name}: {who.grants}"


def standing(dossier, person):
    found = db.session.get_one(Dossier, dossier.id)
    task = db.session.scalar(
        db.select(make.Assignment.task).where(
            make.Assignment.dossier_id == dossier.id, make.Assignment.person_id == person.id
        )
    )
    excluded = db.session.scalar(
        db.select(Exclusion.id).where(Exclusion.dossier_id == dossier.id, Exclusion.person_id == person.id)
    )
    stands = (Conflict.dossier_id == dossier.id, Conflict.person_id == person.id, Conflict.ended_at.is_(None))
    apart = db.session.scalar(db.select(Conflict.id).where(*stands))
    found.standing = Standing(person.id, task, excluded is not None, apart is not None)
    return found


def test_a_chair_is_kept_from_what_a_found_conflict_keeps_them_from_and_a_coordinator_is_not(app):
    call = make.call()
    resident = make.person()
    dossier = make.submitted(make.lots(call)[0], resident, make.group({resident: Right.submit}))
    chair, coordinator = (make.person((role, "call", call.id)) for role in (Role.chair, Role.coordinator))
    for person in (chair, coordinator):
        found(dossier, person, over=False)

    assert queries.seen(dossier.reference, by=make.actor(coordinator)).id == dossier.id
    with pytest.raises(NotFound):
        queries.seen(dossier.reference, by=make.actor(chair), permission=P.jury_meet)


def test_nobody_outside_the_group_sees_a_draft(village):
    _dossiers, people = village

    for person in people[2:]:
        seen = set(db.session.scalars(db.select(Dossier.state).where(visible_to(make.actor(person)))))
        assert State.draft not in seen
