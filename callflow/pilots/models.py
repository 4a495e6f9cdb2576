"""Tables of pilots: what they add to a dossier, their plan, log, agreements, findings and report."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.calls.models import Call
from callflow.core.db import Model, UtcDateTime, money, stored
from callflow.dossiers.models import Dossier, Party
from callflow.dossiers.states import Kind, State
from callflow.people.models import User
from callflow.pilots.states import EntryKind, FindingKind, Progress, Verdict, Worked


class Track(Model):
    """That a call has pilots beside it: how many were promised, and until when proposals are taken."""

    __tablename__ = "pilot_track"
    __table_args__ = (CheckConstraint("promised > 0", name="promised"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    promised: Mapped[int] = mapped_column(Integer)
    closes_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer, default=1)

    call: Mapped[Call] = relationship(lazy="raise")


class Pilot(Dossier):
    """What is tried out, why and with whom; ``content_version`` counts changes of that, the plan and the
    partners, and is what the guiding partners agree with. The plan ends on ``report_due_on``, the day by
    which the report is there.
    """

    __tablename__ = "pilot"
    __mapper_args__ = {"polymorphic_identity": Kind.pilot}

    id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    summary: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    approach: Mapped[str] = mapped_column(Text, default="")
    report_due_on: Mapped[date | None] = mapped_column(Date, index=True)

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", State.proposed)
        values.setdefault("shown_state", State.proposed)
        super().__init__(**values)


class Milestone(Model):
    """A line of the one plan: what is there by which day, and which partner sees to it."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date] = mapped_column(Date)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    progress: Mapped[Progress] = mapped_column(stored(Progress, "progress"))
    version: Mapped[int] = mapped_column(Integer, default=1)

    party: Mapped[Party | None] = relationship(lazy="raise")


class Entry(Model):
    """A line of the one log: never changed, only followed by another."""

    __tablename__ = "log_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(stored(EntryKind, "entry_kind"))
    held_on: Mapped[date] = mapped_column(Date)
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    written_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)

    party: Mapped[Party | None] = relationship(lazy="raise")
    writer: Mapped[User] = relationship(lazy="raise")


class Agreement(Model):
    """What a guiding partner says of the proposal as it stood at ``content_version``."""

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), unique=True)
    verdict: Mapped[Verdict] = mapped_column(stored(Verdict, "agreement_verdict"))
    reason: Mapped[str] = mapped_column(Text, default="")
    content_version: Mapped[int] = mapped_column(Integer)
    given_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)

    giver: Mapped[User] = relationship(lazy="raise")


class Finding(Model):
    """A method that was tested, with how it did, or a lesson."""

    __tablename__ = "finding"
    __table_args__ = (CheckConstraint("(kind = 'method') = (worked IS NOT NULL)", name="method_did"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"), index=True)
    kind: Mapped[FindingKind] = mapped_column(stored(FindingKind, "finding_kind"))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    worked: Mapped[Worked | None] = mapped_column(stored(Worked, "worked"))
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(Integer, default=1)

    feeds: Mapped[list["Feed"]] = relationship(lazy="raise", order_by="Feed.id")


class Feed(Model):
    """That a finding went into a call, and how."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("finding_id", "call_id", name="uq_feed_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    how: Mapped[str] = mapped_column(String(400))

    call: Mapped[Call] = relationship(lazy="raise")
    finding: Mapped[Finding] = relationship(lazy="raise", overlaps="feeds")


class PilotReport(Model):
    """What came of it: frozen with its hash when it is sent, approved before the pilot closes."""

    __tablename__ = "pilot_report"
    __table_args__ = (
        CheckConstraint("approved_at IS NULL OR submitted_at IS NOT NULL", name="approved_was_sent"),
        CheckConstraint("(submitted_at IS NULL) = (sha256 IS NULL)", name="sent_is_frozen"),
    )

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"), primary_key=True)
    tried: Mapped[str] = mapped_column(Text, default="")
    with_whom: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    participants: Mapped[int | None] = mapped_column(Integer)
    gatherings: Mapped[int | None] = mapped_column(Integer)
    costs: Mapped[Decimal | None] = mapped_column(money())
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(Integer, default=1)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sha256: Mapped[str | None] = mapped_column(String(64))
