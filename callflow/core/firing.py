"""What happened by itself: one row each time, so that nothing that is due at a moment happens twice."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core import clock
from callflow.core.db import Model, UtcDateTime, db


class Firing(Model):
    """A thing of one kind that was done for one subject; ``edition`` tells moments of a kind apart.

    ``subject_id`` is that of what the kind is about: a dossier, person, call, condition or
    hearing.
    """

    __tablename__ = "firing"
    __table_args__ = (
        UniqueConstraint("kind", "call_id", "edition", "subject_id", name="uq_firing_once"),
        Index("ix_firing_call_fired", "call_id", "fired_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    call_id: Mapped[int] = mapped_column(Integer)
    edition: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fired_at: Mapped[datetime] = mapped_column(UtcDateTime)


def claim(*, kind: str, call_id: int, edition: str, subject_id: int, due_at: datetime) -> bool:
    """Take this for the running unit of work; False when it was done, here or by another worker meanwhile."""
    row = Firing(
        kind=kind,
        call_id=call_id,
        edition=edition,
        subject_id=subject_id,
        due_at=due_at,
        fired_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True
