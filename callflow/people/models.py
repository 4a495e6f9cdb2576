"""Tables of people, grants, sign-in links, groups, members and invitations."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core.actor import Role
from callflow.core.db import Model, UtcDateTime, stored
from callflow.core.search import Findable, key_of
from callflow.core.trail import Trail, new_trail
from callflow.people.states import Right


class User(Findable, Model):
    """Somebody with an account. ``pseudonym`` is what history shows after the name was erased."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    pseudonym: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2), default="nl")
    country: Mapped[str | None] = mapped_column(String(2))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    trail: Mapped[Trail] = relationship(lazy="raise")
    grants: Mapped[list["Grant"]] = relationship(back_populates="user", lazy="raise")

    def __init__(self, **values: Any) -> None:
        values.setdefault("trail", new_trail("person"))
        super().__init__(**values)

    def searched(self) -> str:
        return key_of((self.name, self.email), phone=self.phone)

    def get_id(self) -> str:
        """What a session cookie holds: raising ``session_version`` signs out everywhere."""
        return f"{self.id}:{self.session_version}"


class Grant(Model):
    """A role for everything, one call or one lot; no foreign key upward, people lie below calls."""

    __tablename__ = "grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "scope_kind", "scope_id", name="uq_grant_once"),
        CheckConstraint("scope_kind IN ('all', 'call', 'lot')", name="scope_kind"),
        CheckConstraint("(scope_kind = 'all') = (scope_id = 0)", name="scope_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role] = mapped_column(stored(Role, "role"))
    scope_kind: Mapped[str] = mapped_column(String(4))
    scope_id: Mapped[int] = mapped_column(Integer, default=0)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(back_populates="grants", lazy="raise")


class SignInLink(Model):
    """A link in a mail, good once: opening it shows a button, pressing the button uses it up.

    Without ``user_id`` it is for somebody without an account: that is made, with this name, when it is used.
    """

    __tablename__ = "sign_in_link"
    __table_args__ = (CheckConstraint("(user_id IS NULL) = (name IS NOT NULL)", name="new_has_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Look(Model):
    """A member of the staff looks at callflow as somebody else, until ``ends_at`` at the latest; why is a
    text of the trail of that person.
    """

    __tablename__ = "look"
    __table_args__ = (
        CheckConstraint("looker_id <> seen_id", name="at_another"),
        CheckConstraint("ends_at > began_at", name="lasts"),
        Index("ix_look_seen", "seen_id", "began_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    looker_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    seen_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[Role] = mapped_column(stored(Role, "look_role"))
    text_id: Mapped[int] = mapped_column(ForeignKey("event_text.id"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Model):
    """A try to sign in, by the digest of the address or of the network address; counted to slow guessing
    down.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Group(Findable, Model):
    """A residents' group, association or local authority that applies, with its legal form in its own
    country.
    """

    __tablename__ = "group"
    __table_args__ = (CheckConstraint("country IN ('BE', 'FR')", name="country"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    name: Mapped[str] = mapped_column(String(200))
    legal_form: Mapped[str] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(2))
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str | None] = mapped_column(String(40))
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    town: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    version: Mapped[int] = mapped_column(Integer, default=1)

    trail: Mapped[Trail] = relationship(lazy="raise")
    members: Mapped[list["Membership"]] = relationship(back_populates="group", lazy="raise")

    def searched(self) -> str:
        named = (self.name, self.contact_name, self.contact_email, self.town)
        return key_of(named, phone=self.contact_phone)

    @property
    def group_id(self) -> int:
        """So that the rights of a member cover the group itself."""
        return self.id


class Membership(Model):
    """Somebody in a group, and what they may do there."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("group_id", "user_id", name="uq_membership_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    right: Mapped[Right] = mapped_column(stored(Right, "member_right"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    group: Mapped[Group] = relationship(back_populates="members", lazy="raise")
    user: Mapped[User] = relationship(lazy="raise")


class Invitation(Model):
    """An address invited into a group, until it expires, is accepted or withdrawn."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    right: Mapped[Right] = mapped_column(stored(Right, "invitation_right"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
