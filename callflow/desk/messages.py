"""Messages on pages that show more: the newest threads of a dossier; whether there is a coach to write to."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, func, select

from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.trail import canonical
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Task
from callflow.messages import queries
from callflow.messages.queries import ThreadLine
from callflow.messages.rules import closed_for
from callflow.messages.states import Side
from callflow.people.models import Group, Membership, User

NEWEST = 3


def threads_on(dossier: Dossier, side: Side, actor: Actor) -> Sequence[ThreadLine]:
    """The newest threads of a dossier that was loaded for this side: one statement."""
    return queries.threads_of(dossier, side=side, by=actor, most=NEWEST)


def coached(dossier_id: int) -> bool:
    """Whether somebody coaches it now."""
    query = select(Assignment.id).where(Assignment.dossier_id == dossier_id, Assignment.task == Task.coach)
    return db.session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class Addressed:
    """A dossier that a text for many would go to; ``open`` says whether it can be written to."""

    reference: str
    title: str
    language: str
    group_id: int | None
    why_not: str | None

    @property
    def open(self) -> bool:
        return self.why_not is None


def addressed(actor: Actor, where: Sequence[ColumnElement[bool]]) -> list[Addressed]:
    """The dossiers that fit and that this person may write to, with the language of their group."""
    rows = db.session.execute(
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.group_id, Dossier.state,
            Dossier.shown_state, Dossier.state_since, Dossier.submitted_at, Group.language.label("spoken"),
        )
        .outerjoin(Group, Group.id == Dossier.group_id)
        .where(visible_to(actor, P.message_office), *where)
        .order_by(Dossier.id)
    )  # fmt: skip
    now = clock.now()
    return [_addressed(row, now) for row in rows]


def _addressed(row: Any, now: Any) -> Addressed:
    code = closed_for(Side.office, row, now)
    return Addressed(row.reference, row.title, row.spoken or row.language, row.group_id, code)


def digest_of(found: Sequence[Addressed]) -> str:
    """What tells a list of recipients from another: who gets it, and in which language."""
    said = [[each.reference, each.language] for each in found if each.open]
    return sha256(canonical(said).encode()).hexdigest()


def mailed(found: Sequence[Addressed]) -> int:
    """How many people read it: each member once for each dossier that is written to."""
    groups = [each.group_id for each in found if each.open and each.group_id is not None]
    query = (
        select(Membership.group_id, func.count())
        .join(User, User.id == Membership.user_id)
        .where(User.active, Membership.group_id.in_(set(groups)))
        .group_by(Membership.group_id)
    )
    members: dict[int, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return sum(members.get(group_id, 0) for group_id in groups)
