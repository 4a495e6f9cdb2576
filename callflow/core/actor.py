"""Who is acting: a frozen picture of a person and the grants they hold, taken once per request."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any


class Role(StrEnum):
    """What somebody is, for one lot, one call or everywhere; ``person`` is everyone who signed in."""

    person = "person"
    member = "member"
    coach = "coach"
    juror = "juror"
    chair = "chair"
    coordinator = "coordinator"
    signatory = "signatory"
    admin = "admin"


@dataclass(frozen=True)
class Scope:
    """A role somebody holds; ``kind`` is all, call or lot, and ``id`` that of the call or lot."""

    role: Role
    kind: str = "all"
    id: int | None = None

    def covers(self, record: Any) -> bool:
        if self.kind == "all":
            return True
        return bool(getattr(record, f"{self.kind}_id", None) == self.id)


@dataclass(frozen=True)
class Actor:
    """A person as the engine sees them. ``groups`` maps the id of each group they belong to, to view, edit or
    submit. ``behind`` is the member of the staff who looks as this person: then nothing is shown that they
    may not see under their own name, and nothing is written.
    """

    id: int | None
    pseudonym: str
    name: str
    language: str
    grants: tuple[Scope, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()
    behind: "Actor | None" = None

    @cached_property
    def roles(self) -> frozenset[Role]:
        held = {grant.role for grant in self.grants}
        if self.id is not None:
            held.add(Role.person)
        if self.groups:
            held.add(Role.member)
        return frozenset(held)

    def covers(self, role: Role, record: Any) -> bool:
        """Whether the scope of this role reaches the record; the implicit roles reach everywhere and rely on
        predicates.
        """
        if role in (Role.person, Role.member):
            return True
        return any(grant.role == role and grant.covers(record) for grant in self.grants)

    @cached_property
    def alone(self) -> "Actor":
        """The person without anybody looking."""
        return replace(self, behind=None)

    def works_on(self, record: Any) -> bool:
        """Whether a role of the staff reaches the record; what belongs to no call or lot is everybody's."""
        if getattr(record, "call_id", None) is None:
            return True
        return any(
            grant.role in (Role.coordinator, Role.admin) and grant.covers(record) for grant in self.grants
        )

    def right_in(self, group_id: int | None) -> str | None:
        """view, edit or submit in that group; None for a stranger."""
        return dict(self.groups).get(group_id) if group_id is not None else None


NOBODY = Actor(None, "", "", "nl")
OPERATOR = Actor(None, "operator", "", "en", (Scope(Role.admin),))
"""Whoever may use the machine's terminal: sets up calls, sees to the system, takes no step of a procedure."""
CLOCK = Actor(None, "callflow", "", "en")
"""What happens by itself at its moment: reminds and warns, holds no role and so takes no step of a person."""
