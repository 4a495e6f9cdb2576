"""The calls that somebody works on as staff, with their lots: what every staff page begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, false, func, or_, select, true

from callflow.calls.models import Call, Lot
from callflow.calls.procedure import Procedure
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.people.models import Grant, User

STAFF = (Role.coordinator, Role.signatory)


@dataclass(frozen=True)
class CallLine:
    """A call as staff pages need it; ``lots`` maps the id of each lot to its name, in their order."""

    id: int
    reference: str
    title: dict[str, str]
    procedure: Procedure
    calendar: dict[str, Any]
    opens_at: datetime
    closes_at: datetime
    lots: Mapping[int, dict[str, str]]


def calls_of(actor: Actor, *roles: Role) -> list[CallLine]:
    """The calls in which this person has one of the roles, for all of it or for a lot; the newest first.

    One statement. A grant for a lot shows that lot only.
    """
    rows = db.session.execute(_lots_reached(actor, roles or STAFF))
    found: dict[int, tuple[Any, dict[int, dict[str, str]]]] = {}
    for row in rows:
        found.setdefault(row.id, (row, {}))[1][row.lot_id] = row.name
    return [
        CallLine(
            row.id, row.reference, row.title, Procedure.of(row.procedure), row.calendar, row.opens_at,
            row.closes_at, lots,
        )
        for row, lots in found.values()
    ]  # fmt: skip


@lru_cache(maxsize=256)
def _lots_reached(actor: Actor, roles: tuple[Role, ...]) -> Select[*tuple[Any, ...]]:
    """Kept for a person who goes from page to page."""
    return (
        select(
            Call.id, Call.reference, Call.title, Call.procedure, Call.calendar, Call.opens_at, Call.closes_at,
            Lot.id.label("lot_id"), Lot.name,
        )
        .join(Lot, Lot.call_id == Call.id)
        .where(reach(actor, roles))
        .order_by(Call.opens_at.desc(), Call.id.desc(), Lot.position)
    )  # fmt: skip


def reach(actor: Actor, roles: tuple[Role, ...]) -> ColumnElement[bool]:
    """The lots, joined with their calls, that the grants of these roles reach."""
    kinds = {"call": Lot.call_id, "lot": Lot.id}
    parts = [
        true() if grant.kind == "all" else kinds[grant.kind] == grant.id
        for grant in actor.grants
        if grant.role in roles
    ]
    return or_(*parts) if parts else false()


def chosen(calls: list[CallLine], reference: str | None) -> CallLine | None:
    """The call asked for, else the newest; None when there is none. Raises NotFound for one out of reach."""
    if not reference:
        return calls[0] if calls else None
    found = next((call for call in calls if call.reference == reference), None)
    if found is None:
        raise NotFound
    return found


def names(role: Role, call: CallLine) -> dict[int, str]:
    """By id, the name of everybody who has this role for the call or a lot of it, in the order of names."""
    rows = db.session.execute(_holding(), {"role": role, "call": call.id, "lots": list(call.lots)})
    return {row.id: row.name for row in rows}


@lru_cache(maxsize=1)
def _holding() -> Select[*tuple[Any, ...]]:
    lots: BindParameter[int] = bindparam("lots", expanding=True)
    scopes = or_(
        Grant.scope_kind == "all",
        and_(Grant.scope_kind == "call", Grant.scope_id == bindparam("call")),
        and_(Grant.scope_kind == "lot", Grant.scope_id.in_(lots)),
    )
    holders = select(Grant.user_id).where(Grant.role == bindparam("role"), scopes)
    return (
        select(User.id, User.name)
        .where(User.active, User.id.in_(holders))
        .order_by(func.lower(User.name), User.id)
    )
