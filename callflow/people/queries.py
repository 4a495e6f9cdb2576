"""Reads of people: the actor of a request, groups and their members."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from callflow.core.actor import NOBODY, Actor, Role, Scope
from callflow.core.db import db
from callflow.people.models import Grant, Group, Invitation, Membership, User


def actor(user_id: int, session_version: int | None = None) -> Actor:
    """The actor of this person, in one statement; NOBODY when unknown, switched off, or signed out everywhere since."""
    rows = db.session.execute(
        select(
            User.id, User.pseudonym, User.name, User.language, User.session_version,
            Grant.role, Grant.scope_kind, Grant.scope_id, Membership.group_id, Membership.right,
        )
        .outerjoin(Grant, Grant.user_id == User.id)
        .outerjoin(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, User.active)
    ).all()  # fmt: skip
    if not rows or (session_version is not None and rows[0].session_version != session_version):
        return NOBODY
    grants = {Scope(Role(row.role), row.scope_kind, row.scope_id or None) for row in rows if row.role}
    groups = {(row.group_id, str(row.right)) for row in rows if row.group_id}
    first = rows[0]
    return Actor(
        first.id, first.pseudonym, first.name, first.language,
        tuple(sorted(grants, key=lambda scope: (scope.role, scope.kind, scope.id or 0))), tuple(sorted(groups)),
    )  # fmt: skip


def by_email(email: str) -> User | None:
    """The person with this address, whatever its capitals."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def group(group_id: int) -> Group | None:
    """A group with its trail, members and their accounts."""
    return db.session.scalar(
        select(Group)
        .where(Group.id == group_id)
        .options(selectinload(Group.members).joinedload(Membership.user), selectinload(Group.trail))
    )


def groups_of(actor: Actor) -> list[Group]:
    """The groups this person belongs to, by name."""
    ids = [group_id for group_id, _ in actor.groups]
    return list(db.session.scalars(select(Group).where(Group.id.in_(ids)).order_by(Group.name, Group.id)))


def open_invitations(group_id: int) -> list[Invitation]:
    """Invitations that still wait for an answer, expired ones included."""
    return list(
        db.session.scalars(
            select(Invitation)
            .where(
                Invitation.group_id == group_id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
            )
            .order_by(Invitation.email)
        )
    )


def with_role(role: Role, *, call_id: int, lot_id: int | None = None) -> list[User]:
    """Everyone who holds the role for everything, for this call or for this lot, by name."""
    scopes = [Grant.scope_kind == "all", and_(Grant.scope_kind == "call", Grant.scope_id == call_id)]
    if lot_id is not None:
        scopes.append(and_(Grant.scope_kind == "lot", Grant.scope_id == lot_id))
    return list(
        db.session.scalars(
            select(User)
            .where(User.active, User.id.in_(select(Grant.user_id).where(Grant.role == role, or_(*scopes))))
            .order_by(func.lower(User.name), User.id)
        )
    )
