"""Tables of decisions, of the resolutions of the deciding body, and of the boards that proposed them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core.db import Model, UtcDateTime, money, stored
from callflow.decisions.states import DecisionState, Method
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State


class Resolution(Model):
    """What the deciding body decided on a day: the body, the number under which it stands in the minutes."""

    __tablename__ = "resolution"

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    body: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date] = mapped_column(Date)
    number: Mapped[str] = mapped_column(String(60))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Decision(Model):
    """The decision on one dossier. ``reasons`` holds, per criterion, the mean and the words that will stand
    in the letter.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('selected', 'reserve', 'not_selected', 'inadmissible')", name="outcome_decides"
        ),
        CheckConstraint(
            "outcome <> 'reserve' OR (rank IS NOT NULL AND valid_until IS NOT NULL)", name="reserve_whole"
        ),
        CheckConstraint("outcome <> 'inadmissible' OR article <> ''", name="inadmissible_article"),
        CheckConstraint("state = 'prepared' OR resolution_id IS NOT NULL", name="decided_by_body"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_moment"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),
        Index("ix_decision_lot_state", "lot_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    outcome: Mapped[State] = mapped_column(stored(State, "outcome"))
    state: Mapped[DecisionState] = mapped_column(stored(DecisionState, "decision_state"))
    amount: Mapped[Decimal | None] = mapped_column(money())
    coaching_days: Mapped[int | None] = mapped_column(Integer)
    rank: Mapped[int | None] = mapped_column(Integer)
    valid_until: Mapped[date | None] = mapped_column(Date)
    article: Mapped[str] = mapped_column(String(200), default="")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    motivation: Mapped[str] = mapped_column(Text, default="")
    prepared_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))
    released_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    dossier: Mapped[Dossier] = relationship(lazy="raise")
    resolution: Mapped[Resolution | None] = relationship(lazy="raise")


class Board(Model):
    """A selection worked out for a whole call, as it was proposed: what went in, what came out, and what
    people changed by hand since. ``digest`` is of all that went in, so that it can be worked out again.
    """

    __tablename__ = "board"
    __table_args__ = (
        UniqueConstraint("call_id", "number", name="uq_board_number"),
        CheckConstraint("(applied_by IS NULL) = (applied_at IS NULL)", name="applied_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int] = mapped_column(Integer)
    method: Mapped[Method] = mapped_column(stored(Method, "method"))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    table: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(Integer, default=1)
    made_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
