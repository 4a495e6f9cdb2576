"""Who somebody of the staff is while they look as another person: that person, inside what both may see."""

from collections.abc import Iterator

from sqlalchemy import select

from callflow.core.actor import Actor, Scope
from callflow.core.db import db
from callflow.desk.callers import groups_seen, reach_of
from callflow.desk.scope import CallLine, calls_of
from callflow.people import queries
from callflow.people.models import Group, Look
from callflow.people.rules import LOOKERS, may_be_seen

STAFF = tuple(sorted(LOOKERS))


def looked_through(looker: Actor, look: Look) -> Actor | None:
    """The person as far as the looker reaches, in four statements; None when it may no longer be."""
    them = queries.actor(look.seen_id)
    if not may_be_seen(looker, them):
        return None
    calls = calls_of(looker, *STAFF)
    known = set(db.session.scalars(select(Group.id).where(Group.id.in_(groups_seen(looker)))))
    grants = {each for grant in them.grants for each in _within(grant, looker, calls)}
    groups = tuple(each for each in them.groups if each[0] in known)
    held = tuple(sorted(grants, key=lambda scope: (scope.role, scope.kind, scope.id or 0)))
    return Actor(them.id, them.pseudonym, them.name, them.language, held, groups, behind=looker)


def reach_for_look(looker: Actor, user_id: int) -> CallLine:
    """A call of the looker's in which this person is. Raises NotFound for everybody else."""
    return reach_of(looker, user_id, *STAFF)


def _within(grant: Scope, looker: Actor, calls: list[CallLine]) -> Iterator[Scope]:
    """A role of the person, over what is the looker's as well."""
    mine = [each for each in looker.grants if each.role in LOOKERS]
    whole = any(each.kind == "all" for each in mine)
    if whole or grant in {Scope(grant.role, each.kind, each.id) for each in mine}:
        yield grant
        return
    full = {each.id for each in mine if each.kind == "call"}
    for call in calls:
        if grant.kind == "lot":
            if grant.id in call.lots:
                yield grant
        elif grant.kind == "all" or grant.id == call.id:
            if call.id in full:
                yield Scope(grant.role, "call", call.id)
            else:
                yield from (Scope(grant.role, "lot", lot_id) for lot_id in call.lots)
