"""Who belongs to a group and what they may do there; somebody who may submit always stays."""

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.people.models import Group, Membership
from callflow.people.rules import keeps_a_submitter
from callflow.people.states import Right


def member_of(group: Group, user_id: int | None) -> Membership:
    """That person's membership. Raises Refused("no_such_member") when they left meanwhile."""
    found = next((member for member in group.members if member.user_id == user_id), None)
    if found is None:
        raise Refused("no_such_member")
    return found


def change_right(actor: Actor, group: Group, user_id: int, right: Right) -> None:
    """Let a member do more or less."""
    require(actor, P.group_manage, group)
    member = member_of(group, user_id)
    if right is not Right.submit:
        _somebody_submits(group, member)
    before, member.right = member.right, right
    _write(group, actor, "right_changed", member, {"before": before.value, "right": right.value})


def remove_member(actor: Actor, group: Group, user_id: int) -> None:
    """Take somebody out of the group."""
    require(actor, P.group_manage, group)
    _take_out(actor, group, member_of(group, user_id), "member_removed")


def leave(actor: Actor, group: Group) -> None:
    """Leave the group oneself."""
    require(actor, P.group_view, group)
    _take_out(actor, group, member_of(group, actor.id), "member_left")


def hand_over(actor: Actor, group: Group, user_id: int, *, keep: Right | None) -> None:
    """Make another member the contact who may submit. The giver keeps this right, or leaves with None."""
    require(actor, P.group_manage, group)
    taker, giver = member_of(group, user_id), member_of(group, actor.id)
    if taker is giver:
        raise Refused("no_such_member", field="user_id")
    taker.right = Right.submit
    group.contact_name, group.contact_email = taker.user.name, taker.user.email
    group.contact_phone = taker.user.phone
    group.version += 1
    _write(group, actor, "handed_over", taker, {"keep": keep.value if keep else None})
    if keep is None:
        _take_out(actor, group, giver, "member_left")
    else:
        giver.right = keep


def join(group: Group, actor: Actor, right: Right) -> None:
    """Add the person who accepted an invitation; who is a member already keeps the larger right."""
    member = next((each for each in group.members if each.user_id == actor.id), None)
    if member is None:
        member = Membership(group_id=group.id, user_id=actor.id, right=right, since=clock.now())
        db.session.add(member)
    trail.record(
        group.trail, actor, "member_joined", data={"right": right.value}, texts={"name": actor.name}
    )  # fmt: skip


def _take_out(actor: Actor, group: Group, member: Membership, action: str) -> None:
    _somebody_submits(group, member)
    _write(group, actor, action, member, {})
    db.session.delete(member)


def _somebody_submits(group: Group, without: Membership) -> None:
    if not keeps_a_submitter(group.members, without=without):
        raise Refused("last_submitter")


def _write(group: Group, actor: Actor, action: str, member: Membership, data: dict[str, str | None]) -> None:
    person = {"person": member.user.pseudonym}
    trail.record(group.trail, actor, action, data={**person, **data}, texts={"name": member.user.name})
