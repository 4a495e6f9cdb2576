"""Giving and taking roles: for everything, one call or one lot. Each is an event on the person's trail."""

from typing import Any

from sqlalchemy import select

from callflow.core import clock, mailing, outbox, trail
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import Forbidden, Refused
from callflow.core.permissions import P, require
from callflow.people import queries, signing
from callflow.people.models import Grant, User
from callflow.people.rules import Everything, may_give


def grant_role(actor: Actor, user: User, role: Role, *, over: Any = None) -> Grant:
    """Give ``user``, loaded with its trail, a role over a call or a lot; over everything without one.

    Raises Refused("grant_exists") when they have it already.
    """
    require(actor, P.people_manage, over or Everything())
    kind, scope_id = _scope(actor, role, over)
    if _found(user, role, kind, scope_id) is not None:
        raise Refused("grant_exists", field="role")
    grant = Grant(user_id=user.id, role=role, scope_kind=kind, scope_id=scope_id, granted_at=clock.now())
    db.session.add(grant)
    _write(actor, user, "role_granted", grant)
    return grant


def appoint(actor: Actor, email: str, *, name: str, language: str, role: Role, over: Any, where: str) -> User:
    """Give a role to who has this address, and tell them; who is unknown gets an account of this ``name``.

    ``where`` is the name of the call or lot, for the mail. Raises Refused("name_of_unknown") when
    the name is missing, and what grant_role raises.
    """
    require(actor, P.people_manage, over or Everything())
    known = queries.by_email(email)
    if known is None and not name:
        raise Refused("name_of_unknown", field="name")
    made = known or signing.make_account(email, name=name, language=language, by=actor)
    user = queries.user_for_change(made.id)
    grant_role(actor, user, role, over=over)
    said = mailing.compose("appointed", user.language, name=user.name, role=role.value, where=where)
    outbox.queue(
        notice="appointed", language=user.language, recipient=user.email, recipient_id=user.id,
        subject=said.subject, body=said.body, html=said.html,
    )  # fmt: skip
    return user


def revoke_role(actor: Actor, user: User, role: Role, *, over: Any = None) -> None:
    """Take a role away again. Raises Refused("no_such_grant") when there is none."""
    require(actor, P.people_manage, over or Everything())
    kind, scope_id = _scope(actor, role, over)
    grant = _found(user, role, kind, scope_id)
    if grant is None:
        raise Refused("no_such_grant")
    db.session.delete(grant)
    _write(actor, user, "role_revoked", grant)


def _scope(actor: Actor, role: Role, over: Any) -> tuple[str, int]:
    if not may_give(actor, role, over or Everything()):
        raise Forbidden("not_allowed", permission=P.people_manage.value)
    if over is None:
        return "all", 0
    return ("lot", over.lot_id) if hasattr(over, "lot_id") else ("call", over.call_id)


def _found(user: User, role: Role, kind: str, scope_id: int) -> Grant | None:
    return db.session.scalar(
        select(Grant).where(
            Grant.user_id == user.id, Grant.role == role, Grant.scope_kind == kind, Grant.scope_id == scope_id
        )
    )


def _write(actor: Actor, user: User, action: str, grant: Grant) -> None:
    data = {"role": grant.role.value, "scope_kind": grant.scope_kind, "scope_id": grant.scope_id}
    trail.record(user.trail, actor, action, data=data)
