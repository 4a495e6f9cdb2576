"""Inviting people into a group by mail; an invitation expires, can be withdrawn, and is good once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from callflow.core import clock, ids, mailing, outbox, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.people import queries
from callflow.people.actions import members
from callflow.people.models import Group, Invitation
from callflow.people.states import Right

LASTS = timedelta(days=14)
MOST_OPEN = 20


def invite(
    actor: Actor, group: Group, *, email: str, right: Right, language: str, link_to: Callable[[str], str]
) -> Invitation:
    """Send somebody a link into the group. An expired invitation of the same address is replaced."""
    require(actor, P.group_manage, group)
    address, waiting = email.strip().lower(), queries.open_invitations(group.id)
    _may_be_invited(group, address, waiting)
    _withdraw(waiting, address)
    return _send(actor, group, address, right, language=language, link_to=link_to)


def invite_anew(
    actor: Actor,
    group: Group,
    *,
    over: Any,
    email: str,
    language: str,
    link_to: Callable[[str], str],
) -> Invitation:
    """By the staff of the call ``over``, for somebody on the phone: the same invitation with a fresh link,
    which alone is good. A group without any member gets one for its contact person, who may submit.

    Raises Refused for an address that the group neither invited nor gave.
    """
    require(actor, P.caller_help, over)
    address, waiting = email.strip().lower(), queries.open_invitations(group.id)
    asked = next((each.right for each in waiting if each.email == address), None)
    if asked is None and not group.members and address == group.contact_email.strip().lower():
        asked = Right.submit
    if asked is None:
        raise Refused("invitation_unknown")
    _withdraw(waiting, address)
    return _send(actor, group, address, asked, language=language, link_to=link_to)


def _withdraw(waiting: list[Invitation], address: str) -> None:
    for old in (each for each in waiting if each.email == address):
        old.withdrawn_at = clock.now()


def _send(
    actor: Actor, group: Group, address: str, right: Right, *, language: str, link_to: Callable[[str], str]
) -> Invitation:
    secret = ids.secret()
    invitation = Invitation(
        group_id=group.id, email=address, right=right, digest=ids.digest(secret), invited_by=actor.id,
        expires_at=clock.now() + LASTS,
    )  # fmt: skip
    db.session.add(invitation)
    trail.record(group.trail, actor, "member_invited", data={"right": right.value}, texts={"email": address})
    said = mailing.compose(
        "invitation", language, inviter=actor.name, group=group.name, right=right.value,
        link=link_to(secret), expires_at=invitation.expires_at,
    )  # fmt: skip
    outbox.queue(
        notice="invitation", language=language, recipient=address, subject=said.subject, body=said.body,
        html=said.html,
    )  # fmt: skip
    return invitation


def _may_be_invited(group: Group, address: str, waiting: list[Invitation]) -> None:
    if any(member.user.email == address for member in group.members):
        raise Refused("already_member", field="email")
    if any(each.email == address and each.expires_at > clock.now() for each in waiting):
        raise Refused("already_invited", field="email")
    if len(waiting) >= MOST_OPEN:
        raise Refused("too_many_invitations", field="email", count=len(waiting))


def withdraw_invitation(actor: Actor, group: Group, invitation_id: int) -> None:
    """Make the link worthless. Raises Refused when it was accepted or withdrawn meanwhile."""
    require(actor, P.group_manage, group)
    waiting = {each.id: each for each in queries.open_invitations(group.id)}
    if invitation_id not in waiting:
        raise Refused("invitation_unknown")
    waiting[invitation_id].withdrawn_at = clock.now()
    trail.record(group.trail, actor, "invitation_withdrawn", texts={"email": waiting[invitation_id].email})


def accept_invitation(actor: Actor, group: Group, invitation: Invitation | None) -> None:
    """Join the group; the invitation, loaded with its group under lock, is used up."""
    require(actor, P.account_use)
    if invitation is None or not queries.is_open(invitation):
        raise Refused("invitation_unknown")
    invitation.accepted_at = clock.now()
    members.join(group, actor, invitation.right)
