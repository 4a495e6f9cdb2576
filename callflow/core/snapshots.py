"""What a page of a large call was worked out to be: JSON beside the rows it came from, never the truth.

A snapshot holds figures and ids, no names and no texts: what is erased or hidden must not live on in it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core.db import Model, UtcDateTime


class Snapshot(Model):
    """One for each kind of page, call and ``sight``, which is what somebody may see of the call.

    ``stamp`` is the newest event that was there when the work began and ``took`` its milliseconds; ``counts``
    says how many rows each part has. ``tried`` is the newest event at the last attempt, also one that failed;
    until the first that did not, ``made_at`` is None.
    """

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("call_id", "kind", "sight", name="uq_snapshot_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    kind: Mapped[str] = mapped_column(String(40))
    sight: Mapped[str] = mapped_column(String(64))
    stamp: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    took: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    head: Mapped[str] = mapped_column(Text, default="")
    tried: Mapped[int] = mapped_column(Integer, default=0)
    lease_by: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SnapshotPart(Model):
    """Some rows of a snapshot, as many as a page shows. ``part`` names the list, ``page`` counts from 1."""

    __tablename__ = "snapshot_part"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(60), primary_key=True)
    page: Mapped[int] = mapped_column(Integer, primary_key=True)
    rows: Mapped[str] = mapped_column(Text)
