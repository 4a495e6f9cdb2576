"""Tables of dossiers, of who is assigned to them and who is excluded from them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.calls.models import Call, Lot
from callflow.core.db import Fixed, Model, UtcDateTime, money, stored
from callflow.core.search import Findable, key_of
from callflow.core.trail import Trail
from callflow.dossiers.states import ConflictKind, Fate, Kind, Part, State, Task
from callflow.people.models import Group
from callflow.territory.models import Municipality


@dataclass(frozen=True)
class Standing:
    """What one person is to one dossier: what they are assigned as, and whether a conflict excludes them.

    ``apart`` goes further and is asked of chairs only: a conflict is known, though they never sat on it.
    """

    person_id: int | None
    task: Task | None = None
    excluded: bool = False
    apart: bool = False


class Dossier(Findable, Model):
    """What moves along a procedure. ``shown_state`` is what applicants and the public see: behind ``state``
    until release.

    ``version`` counts steps; ``content_version`` counts changes of the answers. ``total_percent`` and
    ``rank`` are
    written in one place (jury/actions.py) because lists sort by them.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'proposed', 'withdrawn') OR submitted_at IS NOT NULL",
            name="submitted_has_moment",
        ),
        # what waits is counted in this index alone, and walked in the order in which it is shown
        Index(
            "ix_dossier_call_state", "call_id", "state", "submitted_at", "id", "handler_id", "scores_given",
            "kind", "lot_id", "shown_state",
        ),
        Index(
            "ix_dossier_call_shown", "call_id", "shown_state", "submitted_at", "id", "handler_id", "kind",
            "lot_id",
        ),
        Index("ix_dossier_call_lot", "call_id", "lot_id", "submitted_at"),
        Index("ix_dossier_call_handler", "call_id", "handler_id", "submitted_at"),
        Index("ix_dossier_call_reference", "call_id", "reference"),
        Index("ix_dossier_call_requested", "call_id", "requested"),
        Index("ix_dossier_call_total", "call_id", "total_percent"),
        # lists in these two orders are walked in them alone
        Index(
            "ix_dossier_call_title", "call_id", "title_key", "id", "submitted_at", "kind", "lot_id",
            "handler_id",
        ),
        Index("ix_dossier_call_submitted", "call_id", "submitted_at", "id", "kind", "lot_id", "handler_id"),
        Index("ix_dossier_call_municipality", "call_id", "municipality_code"),
        # words are looked for in this index alone, not in ten thousand rows
        Index("ix_dossier_call_words", "call_id", "submitted_at", "kind", "search_key", "group_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"), unique=True)
    kind: Mapped[Kind] = mapped_column(stored(Kind, "kind"))
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    title_key: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(2))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipality.code"))
    village: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[State] = mapped_column(stored(State, "state"))
    shown_state: Mapped[State] = mapped_column(stored(State, "shown_state"))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
    content_version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    requested: Mapped[Decimal | None] = mapped_column(money())
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    scores_given: Mapped[int] = mapped_column(Integer, default=0)
    total_percent: Mapped[Decimal | None] = mapped_column(Fixed(4))

    trail: Mapped[Trail] = relationship(lazy="raise")
    call: Mapped[Call] = relationship(lazy="raise")
    lot: Mapped[Lot] = relationship(lazy="raise")
    group: Mapped[Group | None] = relationship(lazy="raise")
    assignments: Mapped[list["Assignment"]] = relationship(back_populates="dossier", lazy="raise")
    parties: Mapped[list["Party"]] = relationship(
        back_populates="dossier", lazy="raise", order_by="Party.part, Party.id"
    )

    __mapper_args__ = {"polymorphic_on": "kind"}

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", State.draft)
        values.setdefault("shown_state", State.draft)
        values.setdefault("version", 1)
        values.setdefault("content_version", 1)
        values.setdefault("scores_given", 0)
        super().__init__(**values)
        self.standing: Standing | None = None

    def searched(self) -> str:
        return key_of((self.title, self.reference, self.village))


class Tally(Model):
    """So many applications more, or fewer, were handed in and stand so: the sum over its rows is how many
    there are; with a tag, how many of them carry it. Written by triggers of ``dossier`` and ``tagged``, which
    only add rows, so that no step waits for another; tally.py adds them up.
    """

    __tablename__ = "tally"
    __table_args__ = (Index("ix_tally_call", "call_id", "tag_id", "state", "lot_id", "handler_id", "number"),)

    # whatever a dossier may hold: what its row is checked for is not checked again
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int]
    state: Mapped[State] = mapped_column(Enum(State, native_enum=False, length=40))
    lot_id: Mapped[int]
    handler_id: Mapped[int | None]
    tag_id: Mapped[int | None]
    number: Mapped[int]


class Party(Model):
    """A group that carries a dossier together with others, as a local government or as one who guides it."""

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("dossier_id", "group_id", name="uq_party_once"),
        CheckConstraint("part = 'guide' OR municipality_code IS NOT NULL", name="government_has_place"),
        Index("ix_party_group", "group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    part: Mapped[Part] = mapped_column(stored(Part, "part"))
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipality.code"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    dossier: Mapped[Dossier] = relationship(back_populates="parties", lazy="raise")
    group: Mapped[Group] = relationship(lazy="raise")
    municipality: Mapped[Municipality | None] = relationship(lazy="raise")


class Assignment(Model):
    """Somebody works on a dossier as one thing only: unique per dossier and person."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("dossier_id", "person_id", name="uq_assignment_once"),
        Index("ix_assignment_person_task", "person_id", "task", "dossier_id"),
        Index("ix_assignment_dossier_task", "dossier_id", "task", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    task: Mapped[Task] = mapped_column(stored(Task, "task"))
    assigned_by: Mapped[int | None] = mapped_column(Integer)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)

    dossier: Mapped[Dossier] = relationship(back_populates="assignments", lazy="raise")


class PileItem(Model):
    """What lies on the pile of a juror, in the order in which the pile is shown; ``given``: their sheet is
    handed in. Written by triggers of ``assignment``, ``dossier`` and ``score_sheet``, so that a page of a
    high pile and the numbers above it are read in one index.
    """

    __tablename__ = "pile_item"
    __table_args__ = (
        Index(
            "ix_pile_item_order",
            "person_id",
            "call_id",
            "given",
            "title_key",
            "dossier_id",
            "state",
            "lot_id",
        ),
    )

    # whatever an assignment may hold: what its row is checked for is not checked again
    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    call_id: Mapped[int]
    lot_id: Mapped[int]
    state: Mapped[State] = mapped_column(Enum(State, native_enum=False, length=40))
    title_key: Mapped[str] = mapped_column(String(300))
    given: Mapped[bool]


class Conflict(Model):
    """Why somebody is no juror of a dossier, kept for good; ``reason`` is what was said, or what was found.

    A conflict that was found ends when its cause is gone, or when a coordinator lifts it for a reason: then
    ``ended_by`` is that person. The dossier is hidden by the Exclusion, which somebody gets who works on it.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        UniqueConstraint("dossier_id", "person_id", "kind", name="uq_conflict_once"),
        CheckConstraint("ended_at IS NOT NULL OR ended_by IS NULL", name="lifted_has_moment"),
        Index("ix_conflict_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[ConflictKind] = mapped_column(stored(ConflictKind, "conflict_kind"))
    reason: Mapped[str] = mapped_column(String(500))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_reason: Mapped[str] = mapped_column(String(500), default="")


class Exclusion(Model):
    """Somebody with a conflict of interest: the dossier does not exist for them as a juror.

    ``scores`` says what became of scores that they had handed in by then.
    """

    __tablename__ = "exclusion"
    __table_args__ = (
        UniqueConstraint("dossier_id", "person_id", name="uq_exclusion_once"),
        Index("ix_exclusion_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    declared: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(String(500))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    scores: Mapped[Fate] = mapped_column(stored(Fate, "scores_fate"), default=Fate.none)
