"""Who gives which role, over what; each is history."""

import pytest
from flask import Flask

from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, Refused
from callflow.core.trail import Event, check_all
from callflow.people import queries
from callflow.people.actions import roles
from callflow.people.models import User
from tests import factories


def give(by: User, to: User, role: Role, over=None) -> None:
    with unit_of_work():
        roles.grant_role(factories.actor(by), queries.user_for_change(to.id), role, over=over)


def test_a_coordinator_gives_and_takes_the_roles_of_her_call(app: Flask):
    made = factories.call()
    chief = factories.person((Role.coordinator, "call", made.id))
    somebody = factories.person()

    give(chief, somebody, Role.juror, made)
    held = factories.actor(somebody).grants
    with unit_of_work():
        roles.revoke_role(factories.actor(chief), queries.user_for_change(somebody.id), Role.juror, over=made)

    assert [(grant.role, grant.kind, grant.id) for grant in held] == [(Role.juror, "call", made.id)]
    assert factories.actor(somebody).grants == ()
    written = db.session.scalars(
        db.select(Event).where(Event.trail_id == somebody.trail_id).order_by(Event.sequence)
    ).all()
    assert [(event.action, event.actor_id) for event in written] == [
        ("role_granted", chief.id),
        ("role_revoked", chief.id),
    ]
    assert list(check_all()) == []


def test_a_role_over_a_lot_is_of_that_lot(app: Flask):
    made = factories.call()
    lot = factories.lots(made)[0]
    chief, somebody = factories.person((Role.coordinator, "call", made.id)), factories.person()

    give(chief, somebody, Role.coach, lot)

    assert [(grant.kind, grant.id) for grant in factories.actor(somebody).grants] == [("lot", lot.id)]


@pytest.mark.parametrize("role", [Role.coordinator, Role.signatory, Role.admin, Role.person, Role.member])
def test_a_coordinator_makes_nobody_her_equal(app: Flask, role: Role):
    made = factories.call()
    chief, somebody = factories.person((Role.coordinator, "call", made.id)), factories.person()

    with pytest.raises(Forbidden):
        give(chief, somebody, role, made)


def test_a_coordinator_gives_nothing_over_another_call_or_everything(app: Flask):
    mine, other = factories.call(), factories.call()
    chief, somebody = factories.person((Role.coordinator, "call", mine.id)), factories.person()

    for over in (other, factories.lots(other)[0], None):
        with pytest.raises(Forbidden):
            give(chief, somebody, Role.juror, over)


def test_an_administrator_gives_every_role_that_is_given(app: Flask):
    chief, somebody = factories.person((Role.admin, "all", 0)), factories.person()

    for role in (Role.coordinator, Role.signatory, Role.admin):
        give(chief, somebody, role)

    assert {grant.role for grant in factories.actor(somebody).grants} == {
        Role.coordinator,
        Role.signatory,
        Role.admin,
    }
    with pytest.raises(Forbidden):
        give(chief, somebody, Role.member)


def test_a_role_is_held_once(app: Flask):
    chief, somebody = factories.person((Role.admin, "all", 0)), factories.person()
    give(chief, somebody, Role.coach)

    with pytest.raises(Refused, match="grant_exists"):
        give(chief, somebody, Role.coach)
    with pytest.raises(Refused, match="no_such_grant"), unit_of_work():
        roles.revoke_role(factories.actor(chief), queries.user_for_change(somebody.id), Role.juror)
