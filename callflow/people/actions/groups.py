"""Making and changing groups."""

from dataclasses import asdict, dataclass

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed
from callflow.core.permissions import P, require
from callflow.people.models import Group, Membership
from callflow.people.states import Right


@dataclass(frozen=True)
class Details:
    """What a group says of itself; the contact gets the letters."""

    name: str
    legal_form: str
    country: str
    language: str
    contact_name: str
    contact_email: str
    contact_phone: str | None
    street: str
    postcode: str
    town: str


def create_group(actor: Actor, details: Details) -> Group:
    """A new group; who makes it may submit for it."""
    require(actor, P.account_use)
    group = Group(**asdict(details), trail=trail.new_trail("group"), created_at=clock.now(), version=1)
    db.session.add(group)
    db.session.flush()  # the member refers to the group
    db.session.add(Membership(group_id=group.id, user_id=actor.id, right=Right.submit, since=clock.now()))
    trail.record(group.trail, actor, "group_created", texts={"name": group.name})
    return group


def change_group(actor: Actor, group: Group, details: Details, *, version: int | None) -> None:
    """New details. Raises Changed when somebody else changed them after ``version`` was shown."""
    require(actor, P.group_edit, group)
    if version is not None and version != group.version:
        raise Changed("group_changed_meanwhile")
    before = {name: getattr(group, name) or "" for name in asdict(details)}
    changed = [name for name, value in asdict(details).items() if before[name] != (value or "")]
    for name in changed:
        setattr(group, name, getattr(details, name))
    group.version += 1
    trail.record(
        group.trail, actor, "group_changed", data={"changed": changed},
        texts={name: before[name] for name in changed if before[name]},
    )  # fmt: skip
