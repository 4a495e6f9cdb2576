"""Changing one's own account. The language, name and telephone number are one's own; the address stays."""

from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.permissions import P, require
from callflow.people.models import User


def change_account(actor: Actor, user: User, *, name: str, language: str, phone: str | None) -> None:
    """New name, language and telephone number; what they were is kept where it can be erased."""
    require(actor, P.account_use, user)
    before = {"name": user.name, "phone": user.phone or ""}
    changed = [field for field, value in (("name", name), ("phone", phone or "")) if before[field] != value]
    user.name, user.language, user.phone = name, language, phone
    trail.record(
        user.trail, actor, "account_changed", data={"language": language, "changed": changed},
        texts={field: before[field] for field in changed if before[field]},
    )  # fmt: skip


def set_password(actor: Actor, user: User, *, password_hash: str) -> None:
    """A new password; whoever is signed in elsewhere is signed out there."""
    require(actor, P.account_use, user)
    user.password_hash = password_hash
    user.session_version += 1
    trail.record(user.trail, actor, "password_set")


def sign_out_everywhere(actor: Actor, user: User) -> None:
    """End every session of this person, this one included."""
    require(actor, P.account_use, user)
    user.session_version += 1
    trail.record(user.trail, actor, "signed_out_everywhere")
