"""Tables of authorities, calls, lots and what these share, and criteria. Staff texts are twins: {"nl": …}."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.calls.states import Courtesy, Law, Offer
from callflow.core.db import Fixed, Model, Shared, UtcDateTime, money, stored
from callflow.core.trail import Trail
from callflow.territory.models import Municipality

TwinText = dict[str, str]


class Authority(Model):
    """Who decides on a lot. Its law fixes the language, the legal basis and the appeal block of its
    letters.
    """

    __tablename__ = "authority"
    __table_args__ = (
        CheckConstraint(
            "(appeal_confirmed_by IS NULL) = (appeal_confirmed_on IS NULL)", name="appeal_confirmation_whole"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[TwinText] = mapped_column(Shared)
    law: Mapped[Law] = mapped_column(stored(Law, "law"))
    language: Mapped[str] = mapped_column(String(2))
    country: Mapped[str] = mapped_column(String(2))
    street: Mapped[str] = mapped_column(String(200))
    postcode: Mapped[str] = mapped_column(String(12))
    town: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254))
    body: Mapped[TwinText] = mapped_column(Shared)
    court: Mapped[TwinText] = mapped_column(Shared)
    appeal: Mapped[TwinText] = mapped_column(Shared)
    appeal_confirmed_by: Mapped[str | None] = mapped_column(String(120))
    appeal_confirmed_on: Mapped[date | None] = mapped_column(Date)
    legal_basis: Mapped[list[TwinText]] = mapped_column(Shared)
    handler: Mapped[dict[str, Any]] = mapped_column(Shared)
    signatory: Mapped[dict[str, Any]] = mapped_column(Shared)
    privacy: Mapped[dict[str, Any]] = mapped_column(Shared)
    courtesy: Mapped[Courtesy] = mapped_column(stored(Courtesy, "courtesy"))


class Call(Model):
    """One call for project ideas. Its procedure, form, checklist and texts are frozen when it opens."""

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("opens_at < closes_at", name="opens_before_closing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    prefix: Mapped[str] = mapped_column(String(10))
    title: Mapped[TwinText] = mapped_column(Shared)
    summary: Mapped[TwinText] = mapped_column(Shared)
    description: Mapped[TwinText] = mapped_column(Shared)
    languages: Mapped[list[str]] = mapped_column(Shared)
    rules: Mapped[dict[str, Any]] = mapped_column(Shared)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    calendar: Mapped[dict[str, Any]] = mapped_column(Shared)
    procedure: Mapped[dict[str, Any]] = mapped_column(Shared)
    procedure_version: Mapped[int] = mapped_column(Integer, default=1)
    form: Mapped[list[dict[str, Any]]] = mapped_column(Shared)
    form_version: Mapped[int] = mapped_column(Integer, default=1)
    interim_form: Mapped[list[dict[str, Any]]] = mapped_column(Shared, default=list)
    report_form: Mapped[list[dict[str, Any]]] = mapped_column(Shared)
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(Shared)
    texts: Mapped[dict[str, Any]] = mapped_column(Shared)
    scale_max: Mapped[int] = mapped_column(Integer)
    threshold_percent: Mapped[Decimal] = mapped_column(Fixed(2))
    tie_breaks: Mapped[list[str]] = mapped_column(Shared)
    setup_sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    trail: Mapped[Trail] = relationship(lazy="raise")
    lots: Mapped[list["Lot"]] = relationship(back_populates="call", lazy="raise", order_by="Lot.position")
    criteria: Mapped[list["Criterion"]] = relationship(
        back_populates="call", lazy="raise", order_by="Criterion.position"
    )
    quotas: Mapped[list["CallQuota"]] = relationship(lazy="raise", order_by="CallQuota.position")

    @property
    def call_id(self) -> int:
        """So that a grant for this call covers the call itself."""
        return self.id


class Lot(Model):
    """A part of a call with its own authority, area, offer and envelope (euro, or coaching days when there is
    no money).
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("call_id", "key", name="uq_lot_key"),
        CheckConstraint("offer = 'coaching' OR envelope IS NOT NULL", name="grant_has_envelope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[TwinText] = mapped_column(Shared)
    theme: Mapped[TwinText] = mapped_column(Shared)
    offer: Mapped[Offer] = mapped_column(stored(Offer, "offer"))
    envelope: Mapped[Decimal | None] = mapped_column(money())
    minimum_amount: Mapped[Decimal | None] = mapped_column(money())
    maximum_amount: Mapped[Decimal | None] = mapped_column(money())
    coaching_days: Mapped[int | None] = mapped_column(Integer)
    coaching_days_each: Mapped[int | None] = mapped_column(Integer)

    call: Mapped[Call] = relationship(back_populates="lots", lazy="raise")
    authority: Mapped[Authority] = relationship(lazy="raise")
    area: Mapped[list["LotMunicipality"]] = relationship(lazy="raise")
    joint: Mapped["JointEnvelope | None"] = relationship(
        secondary="joint_lot", lazy="raise", viewonly=True, uselist=False
    )

    @property
    def lot_id(self) -> int:
        """So that a grant for this lot covers the lot itself."""
        return self.id


class JointEnvelope(Model):
    """Money behind the envelopes of several lots: it pays what they cannot."""

    __tablename__ = "joint_envelope"
    __table_args__ = (
        UniqueConstraint("call_id", "key", name="uq_joint_envelope_key"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[TwinText] = mapped_column(Shared)
    amount: Mapped[Decimal] = mapped_column(money())


class JointLot(Model):
    """A lot with a joint envelope behind its own: one at most, so that what is left can be told."""

    __tablename__ = "joint_lot"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    joint_id: Mapped[int] = mapped_column(ForeignKey("joint_envelope.id"), index=True)


class CallQuota(Model):
    """How many projects of some lots, municipalities or answers are to be selected, as the rules say."""

    __tablename__ = "quota"
    __table_args__ = (
        UniqueConstraint("call_id", "key", name="uq_quota_key"),
        CheckConstraint("most IS NULL OR most >= least", name="bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[TwinText] = mapped_column(Shared)
    least: Mapped[int] = mapped_column(Integer)
    most: Mapped[int | None] = mapped_column(Integer)
    among: Mapped[dict[str, Any]] = mapped_column(Shared)


class LotMunicipality(Model):
    """A municipality of a lot's area, as listed when the call opened."""

    __tablename__ = "lot_municipality"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("municipality.code"), primary_key=True)

    municipality: Mapped[Municipality] = relationship(lazy="raise")


class Criterion(Model):
    """One line of the rubric: weight in percent, minimum on the scale of the call, words for each level."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("call_id", "key", name="uq_criterion_key"),
        CheckConstraint("weight > 0 AND weight <= 100", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[TwinText] = mapped_column(Shared)
    help: Mapped[TwinText] = mapped_column(Shared)
    weight: Mapped[int] = mapped_column(Integer)
    minimum: Mapped[Decimal | None] = mapped_column(Fixed(2))
    levels: Mapped[list[TwinText]] = mapped_column(Shared)

    call: Mapped[Call] = relationship(back_populates="criteria", lazy="raise")
