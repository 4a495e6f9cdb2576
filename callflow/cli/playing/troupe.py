"""The people of the demonstration, from demo.yaml: staff with their roles, groups with their members."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from callflow.calls.models import Call, Lot
from callflow.cli.playing.cast import account
from callflow.core import mailing
from callflow.core.actor import OPERATOR, Actor, Role
from callflow.core.db import db
from callflow.people import queries as people
from callflow.people.actions.accounts import set_password
from callflow.people.actions.groups import Details, create_group
from callflow.people.actions.invitations import accept_invitation, invite
from callflow.people.actions.roles import grant_role
from callflow.people.states import Right


@dataclass(frozen=True)
class Member:
    """Who writes for a group, and the group."""

    actor: Actor
    group_id: int


@dataclass
class Troupe:
    """Staff by the language they work in, signatories by the key of their lot, groups by their key.

    ``told`` holds, by the id of a juror, what demo.yaml says of them.
    """

    coordinators: dict[str, Actor] = field(default_factory=dict)
    coaches: dict[str, Actor] = field(default_factory=dict)
    jurors: dict[str, list[Actor]] = field(default_factory=dict)
    signatories: dict[str, Actor] = field(default_factory=dict)
    groups: dict[str, Member] = field(default_factory=dict)
    told: dict[int, dict[str, Any]] = field(default_factory=dict)
    chair: Actor | None = None


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """Everything that demo.yaml says."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text(encoding="utf-8"))
    return found


def accounts() -> list[dict[str, str]]:
    """Everybody who can sign in: role or right, name, address, language; staff first."""
    said = [dict(each) for each in texts()["staff"]]
    for group in texts()["groups"].values():
        contact, language = group["contact"], group["language"]
        said.append({"role": "submit", "group": group["name"], "language": language, **contact})
        if also := group.get("also"):
            said.append({"role": also["right"], "group": group["name"], "language": language, **also})
    for partner in texts()["partners"].values():
        person = {"language": partner["language"], **partner["contact"]}
        said.append({"role": "submit", "group": partner["name"], **person})
    return said


def gather(calls: list[Call]) -> Troupe:
    """Everybody, hired for these calls, in the caller's unit of work."""
    troupe = Troupe()
    for said in texts()["staff"]:
        actor = _hired(said, calls)
        role, language = said["role"], said["language"]
        if role == Role.coordinator:
            troupe.coordinators[language] = actor
        elif role == Role.coach:
            troupe.coaches[language] = actor
        elif role == Role.juror:
            troupe.jurors.setdefault(language, []).append(actor)
            troupe.told[actor.id or 0] = said
        elif role == Role.chair:
            troupe.chair = actor
        elif role == Role.signatory:
            troupe.signatories[said["lot"]] = actor
    troupe.groups = {key: _formed(said) for key, said in texts()["groups"].items()}
    return troupe


def _hired(said: dict[str, str], calls: list[Call]) -> Actor:
    user, role = account(said["name"], said["email"], said["language"]), Role(said["role"])
    for over in _scopes(role, said.get("lot"), calls):
        grant_role(OPERATOR, people.user_for_change(user.id), role, over=over)
    db.session.flush()  # the actor is read with its roles
    return people.actor(user.id)


def _scopes(role: Role, lot: str | None, calls: list[Call]) -> list[Call | Lot | None]:
    if role is Role.admin:
        return [None]
    if lot is not None:
        return [each for call in calls for each in call.lots if each.key == lot]
    return list(calls)


def _formed(said: dict[str, Any]) -> Member:
    contact, language = said["contact"], said["language"]
    first = people.actor(account(contact["name"], contact["email"], language).id)
    details = Details(
        name=said["name"],
        legal_form=said["legal_form"],
        country=said["country"],
        language=language,
        contact_name=contact["name"],
        contact_email=contact["email"],
        contact_phone=None,
        **said["address"],
    )
    group_id = create_group(first, details).id
    db.session.flush()  # the actor is read with its membership
    if also := said.get("also"):
        _join(people.actor(first.id or 0), group_id, also, language)
    return Member(people.actor(first.id or 0), group_id)


def _join(host: Actor, group_id: int, also: dict[str, str], language: str) -> None:
    """A second member, invited and come."""
    guest = people.actor(account(also["name"], also["email"], language).id)
    invitation = invite(
        host,
        people.group_for_change(group_id),
        email=also["email"],
        right=Right(also["right"]),
        language=language,
        link_to=lambda secret: mailing.address(f"/groups/invitations/{secret}"),
    )
    db.session.flush()  # the invitation is looked up
    accept_invitation(guest, people.group_for_change(group_id), invitation)
    db.session.flush()  # the guest may act for the group


def give_password(email: str, password_hash: str) -> None:
    """Let this person sign in with a password, as they would set it themselves."""
    user = people.by_email(email)
    if user is not None:
        set_password(people.actor(user.id), people.user_for_change(user.id), password_hash=password_hash)
