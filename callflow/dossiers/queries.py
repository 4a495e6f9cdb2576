"""Reads of dossiers: always through visibility, always with the reader's standing."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, literal, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls import queries as calls
from callflow.calls.models import Lot
from callflow.core.actor import CLOCK, Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, Permission
from callflow.dossiers import states
from callflow.dossiers.models import Assignment, Conflict, Dossier, Exclusion, Party, Standing
from callflow.dossiers.rules import in_conflict, visible_to
from callflow.people.models import User

Kind = TypeVar("Kind", bound=Dossier)


def seen(
    ref: str,
    *,
    by: Actor,
    kind: type[Kind] = Dossier,  # type: ignore[assignment]  # mypy cannot default a type variable
    permission: Permission = P.dossier_view,
) -> Kind:
    """The dossier with its call, lot, authority, group and trail, and what ``by`` is to it: one statement;
    with who carries it, where several do, a second.

    Raises NotFound when it does not exist or may not be seen.
    """
    row = db.session.execute(_seen(kind, by, permission), {"ref": ref}).first()
    if row is None:
        raise NotFound
    dossier: Kind = row[0]
    dossier.standing = Standing(by.id, row[1], row[2] is not None, bool(row[3]))
    return dossier


@lru_cache(maxsize=512)
def _seen(kind: type[Dossier], by: Actor, permission: Permission) -> Select[*tuple[Any, ...]]:
    """Kept for a person who opens one dossier after another: to put it together takes longer than to read."""
    return _whole(kind, by).where(Dossier.reference == bindparam("ref"), visible_to(by, permission))


def _whole(kind: type[Dossier], by: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(kind, Assignment.task, Exclusion.id, _apart(by))
        .outerjoin(Assignment, (Assignment.dossier_id == kind.id) & (Assignment.person_id == by.id))
        .outerjoin(Exclusion, (Exclusion.dossier_id == kind.id) & (Exclusion.person_id == by.id))
        .options(
            joinedload(kind.call),
            joinedload(kind.trail),
            joinedload(kind.group),
            joinedload(kind.lot).joinedload(Lot.authority),
            *_carried(kind),
        )
        .execution_options(populate_existing=True)
    )


def _apart(by: Actor) -> ColumnElement[bool]:
    """Asked where it makes a difference."""
    return in_conflict(by) if Role.chair in by.roles else literal(False)


def _carried(kind: type[Dossier]) -> list[Any]:
    """The parties, for a kind that has any: what a member may do hangs on them."""
    if kind.__mapper__.polymorphic_identity is not states.Kind.pilot:
        return []
    with_names = selectinload(kind.parties)
    return [with_names.joinedload(Party.group), with_names.joinedload(Party.municipality)]


def for_step(
    ref: str,
    *,
    by: Actor,
    kind: type[Kind] = Dossier,  # type: ignore[assignment]  # mypy cannot default a type variable
    money: bool = False,
    permission: Permission = P.dossier_view,
) -> Kind:
    """The dossier locked for a step. With ``money`` its lot is locked first, and those that share a joint
    envelope with it, because others draw on the same money.

    Locking and reading are two statements: PostgreSQL reads joined rows as they were before the wait,
    and the end of the trail must be that of after it. The locks let foreign keys be checked meanwhile:
    a full lock on the lot deadlocks with whoever holds a dossier of it and writes a decision.
    """
    lock([ref], money=money)
    return seen(ref, by=by, kind=kind, permission=permission)


def for_clock(ref: str, *, kind: type[Kind]) -> Kind:
    """The same for what happens by itself, under the locks that were taken: nobody looks on, so nothing is
    hidden.
    """
    loaded: Kind = db.session.scalars(_whole(kind, CLOCK).where(Dossier.reference == ref)).one()
    loaded.standing = Standing(None, None, False)
    return loaded


def for_many(refs: Sequence[str], *, by: Actor, permission: Permission) -> list[Dossier]:
    """Those of these dossiers that ``by`` may see, locked, with trail and group, in order of their ids: two
    statements.
    """
    lock(refs)
    rows = db.session.execute(
        select(Dossier, Assignment.task, Exclusion.id, _apart(by))
        .outerjoin(Assignment, (Assignment.dossier_id == Dossier.id) & (Assignment.person_id == by.id))
        .outerjoin(Exclusion, (Exclusion.dossier_id == Dossier.id) & (Exclusion.person_id == by.id))
        .where(Dossier.reference.in_(refs), visible_to(by, permission))
        .options(joinedload(Dossier.trail), joinedload(Dossier.group))
        .order_by(Dossier.id)
        .execution_options(populate_existing=True)
    )
    found = []
    for dossier, task, excluded, away in rows:
        dossier.standing = Standing(by.id, task, excluded is not None, bool(away))
        found.append(dossier)
    return found


def lock(refs: Sequence[str], *, money: bool = False) -> None:
    """Take these dossiers for the running unit of work, in the order of their ids so that two of us cannot
    entangle; with ``money`` their lots before them.
    """
    if money:
        calls.lock_money(select(Dossier.lot_id).where(Dossier.reference.in_(refs)))
    db.session.execute(_locking(), {"refs": list(refs)})


@lru_cache(maxsize=1)
def _locking() -> Select[int]:
    refs: BindParameter[str] = bindparam("refs", expanding=True)
    query = select(Dossier.id).where(Dossier.reference.in_(refs)).order_by(Dossier.id)
    return query.with_for_update(key_share=True)


def conflicts_of(dossier_id: int) -> list[tuple[Conflict, str]]:
    """Every conflict of interest with a dossier, also those that ended, and whose it is: one statement."""
    return [(row[0], row[1]) for row in db.session.execute(_conflicts(), {"dossier": dossier_id})]


@lru_cache(maxsize=1)
def _conflicts() -> Select[*tuple[Any, ...]]:
    return (
        select(Conflict, User.name)
        .join(User, User.id == Conflict.person_id)
        .where(Conflict.dossier_id == bindparam("dossier"))
        .order_by(Conflict.ended_at.is_not(None), User.name, Conflict.id)
    )


def begun(call_id: int) -> bool:
    """Whether any group has begun to write in this call; lock the call first when something hangs on it."""
    applied = (Dossier.call_id == call_id, Dossier.kind == states.Kind.application)
    return db.session.scalar(select(Dossier.id).where(*applied).limit(1)) is not None
