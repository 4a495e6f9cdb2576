"""Who is on the phone: people and groups of one's calls, found by words, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, union

from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.permissions import P
from callflow.core.search import matches, words_of
from callflow.desk import outbox
from callflow.desk.applicant.home import Line, lines_of
from callflow.desk.scope import CallLine, calls_of
from callflow.dossiers.models import Dossier, Party
from callflow.dossiers.rules import visible_to
from callflow.people import queries as people
from callflow.people.models import Grant, Group, Invitation, Membership, User
from callflow.people.states import Right
from callflow.territory.models import Municipality

MOST = 20
MAILS = 8
PRIVATE = ("sign_in", "welcome", "invitation", "sign_in_unknown")
"""Mails with a secret in them: that they left and whether they arrived is shown, never a word of them."""


@dataclass(frozen=True)
class Found:
    """Somebody, or a group in which nobody has an account (``user_id`` is None then)."""

    user_id: int | None
    name: str
    email: str
    phone: str | None
    groups: Sequence[tuple[int, str]] = ()
    roles: Sequence[Role] = ()


@dataclass(frozen=True)
class Search:
    """What was found for what was typed; ``too_short`` when that says too little."""

    people: Sequence[Found]
    groups: Sequence[Found]
    too_short: bool = False
    more: bool = False


@dataclass(frozen=True)
class Mail:
    """A mail to this person; without ``subject`` when it is private."""

    id: int | None
    notice: str
    subject: str
    state: MailState
    created_at: datetime
    sent_at: datetime | None
    last_answer: str | None


@dataclass(frozen=True)
class OfGroup:
    """A group of the caller, and who was invited into it without coming yet."""

    group: Group
    right: Right | None
    invited: Sequence[Invitation] = ()


@dataclass(frozen=True)
class Caller:
    """Somebody of one's calls, with the roles they have there and what their groups must do."""

    user: User
    them: Actor
    roles: Sequence[tuple[dict[str, str], Sequence[Role]]]
    groups: Sequence[OfGroup]
    lines: Sequence[Line]
    mails: Sequence[Mail]


def search(actor: Actor, asked: str) -> Search:
    """The first twenty people by name, and groups without any account: the same five statements."""
    words, calls = words_of(asked), calls_of(actor, Role.coordinator)
    if not words or not calls:
        return Search((), (), too_short=bool(asked.strip()) and not words)
    rows = db.session.execute(
        select(User.id, User.name, User.email, User.phone)
        .where(
            User.active, _reached(actor, calls), or_(matches(words, User.search_key), _through(actor, words))
        )
        .order_by(func.lower(User.name), User.id)
        .limit(MOST + 1)
    ).all()
    shown = [row.id for row in rows[:MOST]]
    groups, roles = _groups_of(shown, actor), _roles_of(shown, calls)
    found = [
        Found(row.id, row.name, row.email, row.phone, groups.get(row.id, ()), roles.get(row.id, ()))
        for row in rows[:MOST]
    ]
    return Search(found, _memberless(actor, words), more=len(rows) > MOST)


@lru_cache(maxsize=64)
def groups_seen(actor: Actor) -> Select[int]:
    """Groups with an application, or a part in a pilot, that this person may see."""
    applied = select(Dossier.group_id).where(Dossier.group_id.is_not(None), visible_to(actor, P.scores_view))
    parties = (
        select(Party.group_id)
        .join(Dossier, Dossier.id == Party.dossier_id)
        .where(visible_to(actor, P.pilot_view))
    )
    both = union(applied, parties).subquery()
    return select(both.c.group_id)


def _theirs(actor: Actor, group_id: Any) -> ColumnElement[bool]:
    """The same, asked of one group after another: words leave few of them to ask about."""
    applied = select(Dossier.id).where(Dossier.group_id == group_id, visible_to(actor, P.scores_view))
    carrying = (Party.group_id == group_id, visible_to(actor, P.pilot_view))
    parties = select(Party.id).join(Dossier, Dossier.id == Party.dossier_id).where(*carrying)
    return or_(exists(applied), exists(parties))


def _scopes(calls: Sequence[CallLine]) -> ColumnElement[bool]:
    """Roles for these calls or a lot of them, and what is for everything."""
    lots = [lot_id for call in calls for lot_id in call.lots]
    return or_(
        Grant.scope_kind == "all",
        and_(Grant.scope_kind == "call", Grant.scope_id.in_([call.id for call in calls])),
        and_(Grant.scope_kind == "lot", Grant.scope_id.in_(lots)),
    )


def _reached(actor: Actor, calls: Sequence[CallLine]) -> ColumnElement[bool]:
    """People of one's calls: members of groups that handed something in, and who has a role there."""
    mine = (Membership.user_id == User.id, _theirs(actor, Membership.group_id))
    members = exists(select(Membership.id).where(*mine).correlate(User))
    over = _scopes(calls) if calls else false()
    return or_(members, exists(select(Grant.id).where(Grant.user_id == User.id, over).correlate(User)))


def _through(actor: Actor, words: list[str]) -> ColumnElement[bool]:
    """Members of a group that the words find by its own name, or by a dossier or place of it."""
    by_name = select(Group.id).where(matches(words, Group.search_key), _theirs(actor, Group.id))
    by_dossier = (
        select(Dossier.group_id)
        .join(Group, Group.id == Dossier.group_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(
            visible_to(actor, P.scores_view),
            matches(words, Dossier.search_key, Group.search_key, Municipality.search_key),
        )
    )
    found = union(by_name, by_dossier).subquery()
    return User.id.in_(select(Membership.user_id).where(Membership.group_id.in_(select(found.c[0]))))


def _groups_of(user_ids: Sequence[int], actor: Actor) -> dict[int, list[tuple[int, str]]]:
    rows = db.session.execute(
        select(Membership.user_id, Group.id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.user_id.in_(user_ids), _theirs(actor, Group.id))
        .order_by(Group.name)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append((row.id, row.name))
    return found


def _roles_of(user_ids: Sequence[int], calls: Sequence[CallLine]) -> dict[int, list[Role]]:
    rows = db.session.execute(
        select(Grant.user_id, Grant.role).where(Grant.user_id.in_(user_ids), _scopes(calls)).distinct()
    )
    found: dict[int, list[Role]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(row.role)
    return {user_id: sorted(roles) for user_id, roles in found.items()}


def _memberless(actor: Actor, words: list[str]) -> list[Found]:
    """Groups that came in on paper or from a table: nobody of them can sign in yet."""
    nobody = ~exists(select(Membership.id).where(Membership.group_id == Group.id).correlate(Group))
    rows = db.session.execute(
        select(Group.id, Group.name, Group.contact_name, Group.contact_email, Group.contact_phone)
        .where(nobody, matches(words, Group.search_key), _theirs(actor, Group.id))
        .order_by(Group.name, Group.id)
        .limit(MOST)
    )
    return [
        Found(None, row.contact_name, row.contact_email, row.contact_phone, [(row.id, row.name)])
        for row in rows
    ]


def reach_of(actor: Actor, user_id: int, *roles: Role) -> CallLine:
    """The newest call of the actor's in which this person is. Raises NotFound for everybody else."""
    calls = calls_of(actor, *(roles or (Role.coordinator,)))
    _known(actor, user_id, calls)
    return calls[0]


def _known(actor: Actor, user_id: int, calls: Sequence[CallLine]) -> None:
    known = select(User.id).where(User.id == user_id, _reached(actor, calls))
    if not calls or db.session.scalar(known) is None:
        raise NotFound


def group_reached(actor: Actor, group_id: int) -> CallLine:
    """The same for a group."""
    calls = calls_of(actor, Role.coordinator)
    known = db.session.scalar(select(Group.id).where(Group.id == group_id, _theirs(actor, Group.id)))
    if known is None or not calls:
        raise NotFound
    return calls[0]


def caller(actor: Actor, user_id: int) -> Caller:
    """One person with what they must do and the last mails to them. Raises NotFound out of reach."""
    calls = calls_of(actor, Role.coordinator)
    _known(actor, user_id, calls)
    user, them = db.session.get_one(User, user_id), people.actor(user_id)
    return Caller(
        user, them, _roles_by_call(user_id, calls), _of_groups(actor, them),
        lines_of(them, visible_to(actor, P.scores_view)), _mails(actor, user),
    )  # fmt: skip


def _roles_by_call(user_id: int, calls: Sequence[CallLine]) -> list[tuple[dict[str, str], list[Role]]]:
    rows = db.session.execute(
        select(Grant.role, Grant.scope_kind, Grant.scope_id).where(Grant.user_id == user_id, _scopes(calls))
    ).all()
    found = []
    for call in calls:
        here = {
            row.role
            for row in rows
            if row.scope_kind == "all"
            or (row.scope_kind == "call" and row.scope_id == call.id)
            or (row.scope_kind == "lot" and row.scope_id in call.lots)
        }
        if here:
            found.append((call.title, sorted(here)))
    return found


def _of_groups(actor: Actor, them: Actor) -> list[OfGroup]:
    rights = dict(them.groups)
    groups = db.session.scalars(
        select(Group).where(Group.id.in_(rights), _theirs(actor, Group.id)).order_by(Group.name, Group.id)
    ).all()
    waiting: dict[int, list[Invitation]] = {}
    for each in db.session.scalars(
        select(Invitation)
        .where(
            Invitation.group_id.in_([group.id for group in groups]), Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.email)
    ):  # fmt: skip
        waiting.setdefault(each.group_id, []).append(each)
    return [OfGroup(group, Right(rights[group.id]), waiting.get(group.id, ())) for group in groups]


def _mails(actor: Actor, user: User) -> list[Mail]:
    """The last mails to this person that the actor may manage, and that private ones left; newest first."""
    theirs = OutboxMail.id.in_(
        union(
            select(OutboxMail.id).where(OutboxMail.recipient_id == user.id),
            select(OutboxMail.id).where(OutboxMail.recipient == user.email),
        )
    )
    private = and_(OutboxMail.notice.in_(PRIVATE), OutboxMail.call_id.is_(None))
    rows = db.session.execute(
        select(
            OutboxMail.id, OutboxMail.notice, OutboxMail.subject, OutboxMail.state, OutboxMail.created_at,
            OutboxMail.sent_at, OutboxMail.last_answer, private.label("private"),
        )
        .outerjoin(Dossier, Dossier.id == OutboxMail.dossier_id)
        .where(theirs, or_(private, outbox.visible(actor)))
        .order_by(OutboxMail.id.desc())
        .limit(MAILS)
    )  # fmt: skip
    return [
        Mail(
            None if row.private else row.id, row.notice, "" if row.private else row.subject, row.state,
            row.created_at, row.sent_at, row.last_answer,
        )
        for row in rows
    ]  # fmt: skip
