"""A group always has somebody who may submit; invitations are good once; every change is history."""

from datetime import timedelta

import pytest
from flask import Flask

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.trail import check_all
from callflow.people import queries
from callflow.people.actions import groups, invitations, members
from callflow.people.actions.groups import Details
from callflow.people.models import Group, User
from callflow.people.states import Right
from tests import factories

DETAILS = Details(
    name="Buren van 't Lichtpunt", legal_form="feitelijke vereniging", country="BE", language="nl",
    contact_name="An Voorbeeld", contact_email="an@voorbeeld.example", contact_phone=None,
    street="Dorp 1", postcode="8647", town="Lo-Reninge",
)  # fmt: skip


def held(group: Group) -> dict[str, str]:
    found = queries.group(group.id)
    assert found is not None
    return {member.user.name: member.right.value for member in found.members}


def actions_of(group: Group) -> list[str]:
    return [event.action for event in reversed(queries.history(group.trail_id))]


def do(action, by: User, group: Group, *args, **kwargs) -> None:
    with unit_of_work():
        action(factories.actor(by), queries.group_for_change(group.id), *args, **kwargs)


def invite(by: User, group: Group, email: str, right: Right = Right.edit) -> str:
    """The secret of the invitation that the mail carries."""
    do(
        invitations.invite,
        by,
        group,
        email=email,
        right=right,
        language="nl",
        link_to=lambda secret: f"<{secret}>",
    )
    mail = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    assert mail.recipient == email
    return mail.body.split("<")[1].split(">")[0]


def accept(by: User, secret: str) -> None:
    with unit_of_work():
        found = queries.invitation(secret, lock=True)
        assert found is not None
        group = queries.group_for_change(found.group_id)
        invitations.accept_invitation(factories.actor(by), group, found)


@pytest.fixture
def an(app: Flask) -> User:
    return factories.person(name="An", email="an@voorbeeld.example")


@pytest.fixture
def bert(app: Flask) -> User:
    return factories.person(name="Bert", email="bert@voorbeeld.example")


def test_who_makes_a_group_may_submit_for_it(an: User):
    with unit_of_work():
        made = groups.create_group(factories.actor(an), DETAILS)

    assert held(made) == {"An": "submit"}
    assert actions_of(made) == ["group_created"]


def test_details_change_under_the_version_that_was_seen(an: User):
    group = factories.group({an: Right.edit})

    do(groups.change_group, an, group, DETAILS, version=1)

    assert db.session.get_one(Group, group.id).name == "Buren van 't Lichtpunt"
    with pytest.raises(Changed, match="group_changed_meanwhile"):
        do(groups.change_group, an, group, DETAILS, version=1)


def test_the_last_who_may_submit_cannot_leave_nor_lose_the_right(an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.edit})

    for action, args in (
        (members.leave, ()),
        (members.change_right, (an.id, Right.view)),
        (members.remove_member, (an.id,)),
    ):
        with pytest.raises(Refused, match="last_submitter"):
            do(action, an, group, *args)

    assert held(group) == {"An": "submit", "Bert": "edit"}
    assert actions_of(group) == []


def test_after_handing_over_one_may_leave(an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.view})

    do(members.hand_over, an, group, bert.id, keep=None)

    assert held(group) == {"Bert": "submit"}
    assert db.session.get_one(Group, group.id).contact_name == "Bert"
    assert actions_of(group) == ["handed_over", "member_left"]
    assert list(check_all()) == []


@pytest.mark.parametrize("right", [Right.view, Right.edit])
def test_only_who_may_submit_manages_the_group(an: User, bert: User, right: Right):
    group = factories.group({an: right, bert: Right.submit})

    for action, args, kwargs in (
        (members.change_right, (bert.id, Right.view), {}),
        (members.remove_member, (bert.id,), {}),
        (members.hand_over, (bert.id,), {"keep": None}),
        (invitations.withdraw_invitation, (1,), {}),
        (invitations.invite, (), {"email": "x@y.example", "right": right, "language": "nl", "link_to": str}),
    ):
        with pytest.raises(Forbidden):
            do(action, an, group, *args, **kwargs)


def test_a_stranger_does_nothing_to_a_group(an: User, bert: User):
    group = factories.group({an: Right.submit})

    for action, args, kwargs in (
        (groups.change_group, (DETAILS,), {"version": None}),
        (members.leave, (), {}),
        (members.change_right, (an.id, Right.view), {}),
    ):
        with pytest.raises(Forbidden):
            do(action, bert, group, *args, **kwargs)


def test_an_invitation_is_accepted_once(an: User, bert: User):
    group = factories.group({an: Right.submit})
    secret = invite(an, group, bert.email)

    accept(bert, secret)

    assert held(group) == {"An": "submit", "Bert": "edit"}
    assert actions_of(group) == ["member_invited", "member_joined"]
    with pytest.raises(Refused, match="invitation_unknown"):
        accept(bert, secret)


def test_an_invitation_expires_to_the_second(an: User, bert: User):
    group = factories.group({an: Right.submit})
    start = clock.now()
    with clock.fixed(start):
        secret = invite(an, group, bert.email)

    with clock.fixed(start + invitations.LASTS), pytest.raises(Refused, match="invitation_unknown"):
        accept(bert, secret)
    with clock.fixed(start + invitations.LASTS - timedelta(seconds=1)):
        accept(bert, secret)

    assert held(group) == {"An": "submit", "Bert": "edit"}


def test_a_withdrawn_invitation_is_worthless(an: User, bert: User):
    group = factories.group({an: Right.submit})
    secret = invite(an, group, bert.email)

    do(invitations.withdraw_invitation, an, group, queries.open_invitations(group.id)[0].id)

    with pytest.raises(Refused, match="invitation_unknown"):
        accept(bert, secret)


def test_the_invitation_of_another_group_is_not_withdrawn(an: User, bert: User):
    mine, other = factories.group({an: Right.submit}), factories.group({bert: Right.submit})
    invite(bert, other, "carla@voorbeeld.example")
    foreign = queries.open_invitations(other.id)[0].id

    with pytest.raises(Refused, match="invitation_unknown"):
        do(invitations.withdraw_invitation, an, mine, foreign)

    assert len(queries.open_invitations(other.id)) == 1


def test_who_is_a_member_or_already_invited_is_not_invited_again(an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.view})
    invite(an, group, "carla@voorbeeld.example")

    with pytest.raises(Refused, match="already_member"):
        invite(an, group, bert.email)
    with pytest.raises(Refused, match="already_invited"):
        invite(an, group, "carla@voorbeeld.example")


def test_an_expired_invitation_is_replaced(an: User):
    group = factories.group({an: Right.submit})
    invite(an, group, "carla@voorbeeld.example")

    with clock.fixed(clock.now() + invitations.LASTS):
        invite(an, group, "carla@voorbeeld.example")

    assert len(queries.open_invitations(group.id)) == 1


def test_there_is_an_end_to_inviting(an: User):
    group = factories.group({an: Right.submit})
    for number in range(invitations.MOST_OPEN):
        invite(an, group, f"adres{number}@voorbeeld.example")

    with pytest.raises(Refused, match="too_many_invitations"):
        invite(an, group, "nog-een@voorbeeld.example")
