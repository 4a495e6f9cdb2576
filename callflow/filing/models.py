"""Tables of tags, of the dossiers that carry them, of staff notes, saved views and steps for many."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.core.db import Model, UtcDateTime, stored
from callflow.core.trail import Trail, new_trail
from callflow.filing.states import Colour

STANDS = text("removed_at IS NULL")


class Tag(Model):
    """A word that the staff of a call puts on dossiers; taken away it keeps its dossiers, for an undo."""

    __tablename__ = "tag"
    __table_args__ = (
        Index(
            "uq_tag_name", "call_id", "name_key", unique=True, sqlite_where=STANDS, postgresql_where=STANDS
        ),
        CheckConstraint("name <> ''", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(80))
    colour: Mapped[Colour] = mapped_column(stored(Colour, "tag_colour"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    trail: Mapped[Trail] = relationship(lazy="raise")

    def __init__(self, **values: Any) -> None:
        values.setdefault("trail", new_trail("tag"))
        super().__init__(**values)


class Tagged(Model):
    """A dossier that carries a tag."""

    __tablename__ = "tagged"
    __table_args__ = (Index("ix_tagged_tag", "tag_id", "dossier_id"),)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffNote(Model):
    """What the staff notes about a dossier. Its words are texts of its trail, where they can be erased;
    ``text_id`` is how they read now. Taken away, all of them are erased and the row says who and when.
    """

    __tablename__ = "staff_note"
    __table_args__ = (
        Index("ix_staff_note_dossier", "dossier_id", "removed_at"),
        CheckConstraint("removed_at IS NOT NULL OR text_id IS NOT NULL", name="has_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text_id: Mapped[int | None] = mapped_column(ForeignKey("event_text.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)

    trail: Mapped[Trail] = relationship(lazy="raise")

    def __init__(self, **values: Any) -> None:
        values.setdefault("trail", new_trail("staff_note"))
        values.setdefault("version", 1)
        super().__init__(**values)


class SavedView(Model):
    """Filters, order and columns of the list under a name; ``asked`` is checked anew when it is opened."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index(
            "uq_saved_view_name", "call_id", "owner_id", "name_key",
            unique=True, sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        CheckConstraint("name <> ''", name="named"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120))
    shared: Mapped[bool] = mapped_column(default=False)
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    trail: Mapped[Trail] = relationship(lazy="raise")

    def __init__(self, **values: Any) -> None:
        values.setdefault("trail", new_trail("saved_view"))
        super().__init__(**values)


class DefaultView(Model):
    """With which view somebody's list of a call begins."""

    __tablename__ = "default_view"
    __table_args__ = (UniqueConstraint("user_id", "call_id", name="uq_default_view_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"))


class Batch(Model):
    """One deed on many dossiers; ``results`` say what became of each: [reference, [[code, parameters]]]."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    deed: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(40))
    results: Mapped[list[Any]] = mapped_column(JSON)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)

    trail: Mapped[Trail] = relationship(lazy="raise")

    def __init__(self, **values: Any) -> None:
        values.setdefault("trail", new_trail("batch"))
        super().__init__(**values)
