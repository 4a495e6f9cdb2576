"""Tables of coaching sessions and advice."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core.db import Model, UtcDateTime, db, stored
from callflow.dossiers.models import Dossier


class Way(StrEnum):
    """How a session took place."""

    on_site = "on_site"
    online = "online"
    phone = "phone"


session_dossier = Table(
    "session_dossier",
    db.metadata,
    Column("session_id", ForeignKey("coaching_session.id"), primary_key=True),
    Column("dossier_id", ForeignKey("dossier.id"), primary_key=True, index=True),
)


class Session(Model):
    """A coaching session; minutes are those of the coach, shared by all dossiers it served."""

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
    logged_at: Mapped[datetime] = mapped_column(UtcDateTime)

    dossiers: Mapped[list[Dossier]] = relationship(secondary=session_dossier, lazy="raise")
    advice: Mapped[list["Advice"]] = relationship(back_populates="session", lazy="raise")


class Advice(Model):
    """One piece of advice to one dossier, tied to a criterion and to the version of the text it was given
    on.
    """

    __tablename__ = "advice"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"))
    content_version: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[Session] = relationship(back_populates="advice", lazy="raise")
