"""Reads of people: the actor of a request, groups and their members."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import selectinload

from callflow.core import clock, ids
from callflow.core.actor import NOBODY, Actor, Role, Scope
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.trail import Event, EventText
from callflow.people.models import Grant, Group, Invitation, Look, Membership, User


def actor(user_id: int, session_version: int | None = None) -> Actor:
    """The actor of this person, in one statement; NOBODY when unknown, switched off, or signed out everywhere
    since.
    """
    rows = db.session.execute(_held_by(), {"user_id": user_id}).all()
    if not rows or (session_version is not None and rows[0].session_version != session_version):
        return NOBODY
    grants = {Scope(Role(row.role), row.scope_kind, row.scope_id or None) for row in rows if row.role}
    groups = {(row.group_id, str(row.right)) for row in rows if row.group_id}
    first = rows[0]
    held = sorted(grants, key=lambda scope: (scope.role, scope.kind, scope.id or 0))
    return Actor(first.id, first.pseudonym, first.name, first.language, tuple(held), tuple(sorted(groups)))


@lru_cache(maxsize=1)
def _held_by() -> Select[*tuple[Any, ...]]:
    """Every request asks this first: putting it together takes longer than carrying it out."""
    return (
        select(
            User.id, User.pseudonym, User.name, User.language, User.session_version,
            Grant.role, Grant.scope_kind, Grant.scope_id, Membership.group_id, Membership.right,
        )
        .outerjoin(Grant, Grant.user_id == User.id)
        .outerjoin(Membership, Membership.user_id == User.id)
        .where(User.id == bindparam("user_id"), User.active)
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


def group_seen(group_id: int, *, by: Actor) -> Group:
    """The group as one of its members sees it. Raises NotFound for everybody else."""
    found = group(group_id) if by.right_in(group_id) else None
    if found is None:
        raise NotFound
    return found


def group_for_change(group_id: int) -> Group:
    """The same with its row locked, for an action; the action asks for the right. Raises NotFound."""
    locked = db.session.scalar(select(Group.id).where(Group.id == group_id).with_for_update(key_share=True))
    found = group(group_id) if locked else None
    if found is None:
        raise NotFound
    return found


def user_for_change(user_id: int | None) -> User:
    """A person with their trail, the row locked. Raises NotFound."""
    found = db.session.scalar(
        select(User)
        .where(User.id == user_id)
        .options(selectinload(User.trail))
        .with_for_update(key_share=True, of=User)
    )
    if found is None:
        raise NotFound
    return found


def account(actor: Actor) -> User:
    """The actor's own account."""
    return db.session.get_one(User, actor.id)


def invitation(secret: str, *, lock: bool = False) -> Invitation | None:
    """The invitation behind the secret of a link, whatever became of it; locked, for who accepts it."""
    query = select(Invitation).where(Invitation.digest == ids.digest(secret))
    return db.session.scalar(query.with_for_update() if lock else query)


def is_open(invitation: Invitation) -> bool:
    """Whether an invitation can still be accepted."""
    return (
        invitation.accepted_at is None
        and invitation.withdrawn_at is None
        and invitation.expires_at > clock.now()
    )


@dataclass(frozen=True)
class Happened:
    """A line of a history: ``texts`` are what people wrote, as far as it was not erased."""

    at: datetime
    action: str
    who: str
    data: dict[str, Any]
    texts: dict[str, str]


def history(trail_id: int, *, most: int = 50) -> list[Happened]:
    """The last events of a trail, newest first, with the present names of those who acted."""
    rows = db.session.execute(
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.trail_id == trail_id)
        .order_by(Event.sequence.desc())
        .limit(most)
    ).all()
    texts: dict[int, dict[str, str]] = {}
    for text in db.session.scalars(
        select(EventText).where(EventText.event_id.in_([row[0].id for row in rows]))
    ):
        if text.body is not None:
            texts.setdefault(text.event_id, {})[text.name] = text.body
    return [
        Happened(event.at, event.action, name or event.actor_pseudonym, event.data, texts.get(event.id, {}))
        for event, name in rows
    ]


@dataclass(frozen=True)
class Looked:
    """That somebody of the staff looked as this person: as what, when, and why (None once erased)."""

    role: Role
    began_at: datetime
    ended_at: datetime
    reason: str | None


def looks_at(user_id: int | None) -> list[Looked]:
    """The last times that the staff looked as this person, newest first: one statement."""
    rows = db.session.execute(
        select(Look.role, Look.began_at, func.coalesce(Look.ended_at, Look.ends_at), EventText.body)
        .join(EventText, EventText.id == Look.text_id)
        .where(Look.seen_id == user_id)
        .order_by(Look.id.desc())
        .limit(50)
    )
    return [Looked(*row) for row in rows]


def look_now(look_id: int, *, by: Actor) -> Look | None:
    """What this person began and what is not over."""
    running = (Look.ended_at.is_(None), Look.ends_at > clock.now())
    return db.session.scalar(select(Look).where(Look.id == look_id, Look.looker_id == by.id, *running))


def look_for_change(look_id: int) -> Look:
    """The same, its row locked."""
    return db.session.scalars(select(Look).where(Look.id == look_id).with_for_update()).one()


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
                Invitation.group_id == group_id,
                Invitation.accepted_at.is_(None),
                Invitation.withdrawn_at.is_(None),
            )
            .order_by(Invitation.email)
        )
    )


@dataclass(frozen=True)
class Holder:
    """Somebody with a role: ``kind`` is all, call or lot."""

    user_id: int
    name: str
    email: str
    language: str
    role: Role
    kind: str
    scope_id: int
    since: datetime


PAGE = 50
"""Roles on one page of the people of a call."""


def holders(call_id: int, lot_ids: Iterable[int]) -> list[Holder]:
    """Everybody with a role for everything, for this call or for one of these lots; by role and name."""
    return [Holder(*row) for row in db.session.execute(_held_in(call_id, lot_ids))]


def page_of_holders(call_id: int, lot_ids: Iterable[int], page: int) -> tuple[list[Holder], int, int]:
    """One page of them, its number, and how many pages there are: one statement, unless it is beyond them."""
    everybody = _held_in(call_id, lot_ids).add_columns(func.count().over())
    rows = db.session.execute(everybody.limit(PAGE).offset((max(page, 1) - 1) * PAGE)).all()
    if not rows and page > 1:
        _, _, last = page_of_holders(call_id, lot_ids, 1)
        return page_of_holders(call_id, lot_ids, last)
    last = max(-(-(rows[0][-1] if rows else 0) // PAGE), 1)
    return [Holder(*row[:-1]) for row in rows], max(page, 1), last


def _held_in(call_id: int, lot_ids: Iterable[int]) -> Select[*tuple[Any, ...]]:
    reaches = or_(
        Grant.scope_kind == "all",
        and_(Grant.scope_kind == "call", Grant.scope_id == call_id),
        and_(Grant.scope_kind == "lot", Grant.scope_id.in_(list(lot_ids))),
    )
    return (
        select(
            User.id, User.name, User.email, User.language, Grant.role, Grant.scope_kind, Grant.scope_id,
            Grant.granted_at,
        )
        .join(Grant, Grant.user_id == User.id)
        .where(User.active, reaches)
        .order_by(Grant.role, func.lower(User.name), User.id, Grant.scope_kind, Grant.scope_id)
    )  # fmt: skip


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
