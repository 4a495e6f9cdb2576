"""Tables of coaching: sessions, advice, waivers, notes of the staff, and what each coach can take on."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.coaching.states import Follow, Stretch, Way
from callflow.core.db import Model, UtcDateTime, db, stored
from callflow.dossiers.models import Dossier

session_dossier = Table(
    "session_dossier",
    db.metadata,
    Column("session_id", ForeignKey("coaching_session.id"), primary_key=True),
    Column("dossier_id", ForeignKey("dossier.id"), primary_key=True, index=True),
    Column("stretch", stored(Stretch, "stretch"), nullable=False),
)


class Session(Model):
    """A coaching session; minutes are those of the coach, shared by all dossiers it served.

    ``next_on`` and ``next_note`` are the appointment made there; ``version`` counts corrections.
    """

    __tablename__ = "coaching_session"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int] = mapped_column(Integer)
    way: Mapped[Way] = mapped_column(stored(Way, "way"))
    place: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2))
    present: Mapped[str] = mapped_column(String(500), default="")
    summary: Mapped[str] = mapped_column(Text)
    next_on: Mapped[date | None] = mapped_column(Date)
    next_note: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
    logged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    dossiers: Mapped[list[Dossier]] = relationship(secondary=session_dossier, lazy="raise", viewonly=True)
    advice: Mapped[list["Advice"]] = relationship(back_populates="session", lazy="raise")


class Advice(Model):
    """One piece of advice to one dossier, on a criterion, on a question of the form, or on the whole.

    It was given on a version of the text: ``submission_number`` is what was handed in last by then.
    ``word`` is what the group or the coach said when it was followed up or dropped.
    """

    __tablename__ = "advice"
    __table_args__ = (
        CheckConstraint("criterion_id IS NULL OR field IS NULL", name="one_subject"),
        CheckConstraint("(follow_up = 'open') = (settled_at IS NULL)", name="settled_has_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"))
    field: Mapped[str | None] = mapped_column(String(60))
    content_version: Mapped[int] = mapped_column(Integer)
    submission_number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    follow_up: Mapped[Follow] = mapped_column(stored(Follow, "follow_up"), default=Follow.open)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[int | None] = mapped_column(Integer)
    word: Mapped[str] = mapped_column(String(500), default="")

    session: Mapped[Session] = relationship(back_populates="advice", lazy="raise")


class Waiver(Model):
    """The coordinator lets a dossier go on with fewer sessions than the call asks for, for a reason."""

    __tablename__ = "coaching_waiver"
    __table_args__ = (UniqueConstraint("dossier_id", "stretch", name="uq_coaching_waiver_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    stretch: Mapped[Stretch] = mapped_column(stored(Stretch, "waiver_stretch"))
    reason: Mapped[str] = mapped_column(String(1000))
    waived_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    waived_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Note(Model):
    """What a coach or coordinator notes for each other; the group never reads it."""

    __tablename__ = "coaching_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    written_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)


class CoachProfile(Model):
    """What a coach can take on in a call: languages, municipalities near by, days, and projects at most.

    Empty ``area`` is anywhere; without ``days`` and ``most`` nothing bounds the load.
    """

    __tablename__ = "coach_profile"
    __table_args__ = (
        UniqueConstraint("call_id", "person_id", name="uq_coach_profile_once"),
        CheckConstraint("days IS NULL OR days BETWEEN 0 AND 366", name="days"),
        CheckConstraint("most IS NULL OR most BETWEEN 0 AND 999", name="most"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    languages: Mapped[list[str]] = mapped_column(JSON)
    area: Mapped[list[str]] = mapped_column(JSON)
    days: Mapped[int | None] = mapped_column(Integer)
    most: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
