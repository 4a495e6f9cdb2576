"""Who may change which account, group and role: predicates without a database."""

from typing import Any

from callflow.core.actor import Actor, Role
from callflow.core.permissions import P, register
from callflow.people.models import Membership, User
from callflow.people.states import Right

GIVEN_BY_COORDINATORS = frozenset({Role.coach, Role.juror, Role.chair})


LOOKERS = frozenset({Role.coordinator, Role.admin})
SEEN_AS = frozenset({Role.person, Role.member, Role.coach, Role.juror, Role.chair})


class Everything:
    """What a role for the whole installation is for: only a grant for everything covers it."""

    call_id = None
    lot_id = None


def is_self(actor: Actor, record: Any) -> bool:
    return not isinstance(record, User) or record.id == actor.id


def may_give(actor: Actor, role: Role, over: Any) -> bool:
    """Coordinators choose coaches, jurors and chairs of their calls; administrators give every role."""
    if role in (Role.person, Role.member):
        return False
    if any(grant.role is Role.admin and grant.covers(over) for grant in actor.grants):
        return True
    return role in GIVEN_BY_COORDINATORS


def may_be_seen(looker: Actor, them: Actor) -> bool:
    """Whether somebody of the staff may look as this person: never as staff of any call, as themselves, or
    while looking already. Whether the person is in their calls is asked of the database.
    """
    if looker.behind is not None or them.id in (None, looker.id):
        return False
    return bool(looker.roles & LOOKERS) and them.roles <= SEEN_AS


def keeps_a_submitter(members: list[Membership], *, without: Membership) -> bool:
    """Whether somebody may still submit when this one no longer may."""
    return any(each.right is Right.submit for each in members if each is not without)


def install() -> None:
    """Tell core.permissions whose account is whose; called once by app.py."""
    register(Role.person, frozenset({P.account_use}), is_self)
