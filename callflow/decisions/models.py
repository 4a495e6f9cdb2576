"""Tables of decisions, of the resolutions of the deciding body, and of the boards that proposed them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from callflow.calls.models import Lot
from callflow.core.db import Model, UtcDateTime, money, stored
from callflow.decisions.states import DecisionState, Ending, Fulfilment, Method
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State

UNANSWERED = "answer_by IS NOT NULL AND answered_at IS NULL"


class Resolution(Model):
    """What the deciding body decided on a day: the body, the number under which it stands in the minutes, and
    the extract of them, typed or as a PDF.
    """

    __tablename__ = "resolution"

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    body: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date] = mapped_column(Date)
    number: Mapped[str] = mapped_column(String(60))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    extract: Mapped[str] = mapped_column(Text, default="")
    extract_name: Mapped[str | None] = mapped_column(String(200))
    extract_sha256: Mapped[str | None] = mapped_column(String(64))
    extract_size: Mapped[int | None] = mapped_column(BigInteger)

    lot: Mapped[Lot] = relationship(lazy="raise")


class Decision(Model):
    """One decision on a dossier, the ``number``-th. ``reasons`` holds, per criterion, the mean and the words
    that will stand in the letter.

    ``current`` is the one that gives the dossier its state; ``origin`` the state it was prepared from. A
    released decision holds until ``ended_at``: as long as it promises money, the lot counts it.
    ``answer_by`` makes it an offer that the group accepts or declines. Without ``prepared_by`` it is one that
    the clock prepared for the next on the reserve list.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('selected', 'selected_with_conditions', 'reserve', 'not_selected', 'inadmissible', "
            "'not_invited', 'postponed', 'revoked')",
            name="outcome_decides",
        ),
        CheckConstraint(
            "outcome <> 'reserve' OR (rank IS NOT NULL AND valid_until IS NOT NULL)", name="reserve_whole"
        ),
        CheckConstraint("outcome <> 'inadmissible' OR article <> ''", name="inadmissible_article"),
        CheckConstraint("outcome <> 'revoked' OR article <> ''", name="revoked_article"),
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_whole"),
        CheckConstraint("ended_at IS NULL OR NOT current", name="ended_is_past"),
        CheckConstraint("ended_at IS NULL OR state = 'released'", name="ended_was_released"),
        CheckConstraint("prepared_by IS NOT NULL OR origin = 'reserve'", name="prepared_by_somebody"),
        CheckConstraint("answered_at IS NULL OR answer_by IS NOT NULL", name="answer_asked"),
        CheckConstraint("state = 'prepared' OR resolution_id IS NOT NULL", name="decided_by_body"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_moment"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),
        CheckConstraint("repayment IS NULL OR repayment >= 0", name="repayment"),
        UniqueConstraint("dossier_id", "number", name="uq_decision_number"),
        Index("ix_decision_lot_state", "lot_id", "state", "released_at"),
        Index("ix_decision_resolution", "resolution_id"),
        Index(
            "ix_decision_by_clock", "lot_id",
            sqlite_where=text("prepared_by IS NULL"), postgresql_where=text("prepared_by IS NULL"),
        ),
        Index("ix_decision_lot_rank", "lot_id", "outcome", "rank"),
        Index("ix_decision_current", "dossier_id", "current", "state"),
        Index(
            "ix_decision_ended", "lot_id", "ended_at", "id", "outcome", "ended_how",
            sqlite_where=text("ended_at IS NOT NULL"), postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "ix_decision_unanswered", "dossier_id", "current", sqlite_where=text(UNANSWERED),
            postgresql_where=text(UNANSWERED),
        ),
        Index(
            "ix_decision_valid", "valid_until", "current", "dossier_id",
            sqlite_where=text("valid_until IS NOT NULL"), postgresql_where=text("valid_until IS NOT NULL"),
        ),
        Index(
            "uq_decision_current", "dossier_id", unique=True,
            sqlite_where=text("current"), postgresql_where=text("current"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    number: Mapped[int] = mapped_column(Integer, default=1)
    current: Mapped[bool] = mapped_column(default=True)
    origin: Mapped[State] = mapped_column(stored(State, "origin"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    outcome: Mapped[State] = mapped_column(stored(State, "outcome"))
    state: Mapped[DecisionState] = mapped_column(stored(DecisionState, "decision_state"))
    amount: Mapped[Decimal | None] = mapped_column(money())
    coaching_days: Mapped[int | None] = mapped_column(Integer)
    rank: Mapped[int | None] = mapped_column(Integer)
    valid_until: Mapped[date | None] = mapped_column(Date)
    postponed_until: Mapped[date | None] = mapped_column(Date)
    answer_by: Mapped[date | None] = mapped_column(Date)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    repayment: Mapped[Decimal | None] = mapped_column(money())
    article: Mapped[str] = mapped_column(String(200), default="")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    motivation: Mapped[str] = mapped_column(Text, default="")
    prepared_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))
    released_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_how: Mapped[Ending | None] = mapped_column(stored(Ending, "ending"))

    remarks_at: Mapped[datetime | None] = query_expression()
    """When the group commented in the hearing that is open; loaded by queries of decisions to be released."""

    dossier: Mapped[Dossier] = relationship(lazy="raise")
    resolution: Mapped[Resolution | None] = relationship(lazy="raise")
    conditions: Mapped[list["Condition"]] = relationship(
        back_populates="decision", lazy="raise", order_by="Condition.position"
    )

    def __init__(self, **values: Any) -> None:
        values.setdefault("number", 1)
        values.setdefault("current", True)
        super().__init__(**values)

    @property
    def proof_by(self) -> date | None:
        """The first day by which a condition is to be proved; the conditions are loaded."""
        return min((each.due_on for each in self.conditions), default=None)


class Promise(Model):
    """So much more money, or less, a lot has promised, and so many coaching days: the sum over its rows is
    what the decisions that hold some come to (joint.promises). Written by triggers of ``decision``, which
    only add rows, in the transaction of the step; promised.py adds them up.
    """

    __tablename__ = "promise"
    __table_args__ = (Index("ix_promise_lot", "lot_id", "amount", "days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(money())
    days: Mapped[int]


class Condition(Model):
    """What a project must still prove, in the language of the authority: by which proof, by when, and what
    the coordinator found of it.
    """

    __tablename__ = "condition"
    __table_args__ = (
        UniqueConstraint("decision_id", "position", name="uq_condition_position"),
        CheckConstraint("(fulfilment = 'open') = (judged_at IS NULL)", name="judged_moment"),
        Index("ix_condition_fulfilment", "decision_id", "fulfilment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    proof: Mapped[str] = mapped_column(String(400))
    due_on: Mapped[date] = mapped_column(Date)
    fulfilment: Mapped[Fulfilment] = mapped_column(stored(Fulfilment, "fulfilment"), default=Fulfilment.open)
    remark: Mapped[str] = mapped_column(Text, default="")
    judged_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    decision: Mapped[Decision] = relationship(back_populates="conditions", lazy="raise")

    @property
    def field(self) -> str:
        """Under which name its proofs are kept with the files of the dossier."""
        return f"condition-{self.id}"


class Hearing(Model):
    """A group is invited to comment before a decision is revoked: the facts, the article, until when, and
    what it answered.
    """

    __tablename__ = "hearing"
    __table_args__ = (
        CheckConstraint("(remarks = '') = (remarks_at IS NULL)", name="remarks_moment"),
        Index(
            "uq_hearing_open", "dossier_id", unique=True,
            sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    article: Mapped[str] = mapped_column(String(200))
    facts: Mapped[str] = mapped_column(Text)
    comment_until: Mapped[date] = mapped_column(Date)
    invited_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remarks: Mapped[str] = mapped_column(Text, default="")
    remarks_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    remarks_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
