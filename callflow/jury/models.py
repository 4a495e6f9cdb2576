"""Tables of declarations, score sheets and scores."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callflow.calls.states import Counting
from callflow.core.db import Fixed, Model, UtcDateTime, stored
from callflow.jury.states import RunState


class Declaration(Model):
    """A juror's declaration of confidentiality and impartiality for a call: nothing is shown before it."""

    __tablename__ = "declaration"
    __table_args__ = (UniqueConstraint("call_id", "person_id", name="uq_declaration_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text_sha256: Mapped[str] = mapped_column(String(64))


class Sheet(Model):
    """One juror's scores of one dossier, bound to the submission read; handed in when ``given_at`` is set."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("dossier_id", "juror_id", name="uq_score_sheet_once"),
        Index("ix_score_sheet_juror", "juror_id", "dossier_id", "given_at"),
        CheckConstraint("NOT abstained OR given_at IS NOT NULL", name="abstained_is_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    juror_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submission_number: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    abstained: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    scores: Mapped[list["Score"]] = relationship(back_populates="sheet", lazy="raise")


class Score(Model):
    """A score on one criterion with its reason. Not applicable is no score, and is left out of the mean."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion_id", name="uq_score_criterion"),
        CheckConstraint("value IS NULL OR NOT not_applicable", name="value_or_not_applicable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    value: Mapped[Decimal | None] = mapped_column(Fixed(2))
    not_applicable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")

    sheet: Mapped[Sheet] = relationship(back_populates="scores", lazy="raise")


class Count(Model):
    """What counts in a call, where its set-up was departed from before the first sheet was handed in."""

    __tablename__ = "jury_count"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    counting: Mapped[Counting] = mapped_column(stored(Counting, "counting"))
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Habits(Model):
    """The habits of a call's jurors as they were frozen: totals are made with these and no others.

    ``offsets`` maps the id of a juror, as text, to percent with four decimals, as text; ``sheets`` is how
    many score sheets they were estimated from, ``shrinkage`` None where none could be told from chance.
    """

    __tablename__ = "jury_habits"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    offsets: Mapped[dict[str, str]] = mapped_column(JSON)
    sheets: Mapped[int] = mapped_column(Integer)
    shrinkage: Mapped[str | None] = mapped_column(String(20))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class JurorProfile(Model):
    """What a call knows of a juror: what they read, where they live, with whom, for whom they work or sit.

    ``bodies`` and ``household`` are names or mail addresses, one each; ``lots`` are keys of lots they know
    well. An excused juror gets nothing more.
    """

    __tablename__ = "juror_profile"
    __table_args__ = (
        UniqueConstraint("call_id", "person_id", name="uq_juror_profile_once"),
        CheckConstraint("(excused_at IS NULL) = (excused_reason = '')", name="excused_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    languages: Mapped[list[str]] = mapped_column(JSON)
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipality.code"))
    bodies: Mapped[list[str]] = mapped_column(JSON)
    household: Mapped[list[str]] = mapped_column(JSON)
    lots: Mapped[list[str]] = mapped_column(JSON)
    excused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excused_reason: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AssignmentRun(Model):
    """A proposal for who judges what in a call: asked for with its settings, worked out under a lease.

    ``result`` holds both ends and every pairing with its reason, or what is lacking; ``digest`` covers all
    that it was worked out from, so that a proposal made of something else is seen.
    """

    __tablename__ = "assignment_run"
    __table_args__ = (
        CheckConstraint("(status = 'running') = (lease_by IS NOT NULL)", name="running_is_held"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[RunState] = mapped_column(stored(RunState, "run_status"), index=True)
    stage: Mapped[str] = mapped_column(String(20), default="")
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_by: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64), default="")
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class KeptSheet(Model):
    """A sheet of an earlier round, as it stood when scoring was opened again; it counts no more."""

    __tablename__ = "score_sheet_kept"
    __table_args__ = (
        UniqueConstraint("dossier_id", "juror_id", "round", name="uq_score_sheet_kept_once"),
        Index("ix_score_sheet_kept_juror", "juror_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    juror_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    round: Mapped[int] = mapped_column(Integer)
    submission_number: Mapped[int] = mapped_column(Integer)
    abstained: Mapped[bool] = mapped_column(default=False)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)


class Presentation(Model):
    """When and where a group presents its project to the jury; ``words`` is what it was told beforehand,
    ``came`` whether somebody did, None until that is noted.
    """

    __tablename__ = "presentation"
    __table_args__ = (CheckConstraint("(came IS NULL) = (noted_at IS NULL)", name="noted_moment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text, default="")
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    came: Mapped[bool | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Meeting(Model):
    """A meeting of a call's jury. ``minutes`` are frozen when it is closed, and so is their digest."""

    __tablename__ = "jury_meeting"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (minutes_sha256 IS NULL)", name="closed_has_minutes"),
        CheckConstraint("quorum > 0", name="quorum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(200))
    quorum: Mapped[int] = mapped_column(Integer)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    minutes_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, default=1)

    items: Mapped[list["MeetingItem"]] = relationship(lazy="raise", order_by="MeetingItem.position")
    presence: Mapped[list["Presence"]] = relationship(lazy="raise")


class Presence(Model):
    """Somebody sits in a meeting; for a dossier they have a conflict with they leave the room."""

    __tablename__ = "jury_presence"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id", name="uq_jury_presence_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("jury_meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class MeetingItem(Model):
    """A dossier on the agenda. ``agreed`` is the total in percent that goes before that of the scores, None
    where the scores stand; ``in_room`` and ``left_room`` say how many sat there and who had left when it
    was settled; ``stands`` until scoring is opened again.
    """

    __tablename__ = "jury_meeting_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "dossier_id", name="uq_jury_meeting_item_once"),
        CheckConstraint("agreed IS NULL OR settled_at IS NOT NULL", name="agreed_is_settled"),
        Index("ix_jury_meeting_item_dossier", "dossier_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("jury_meeting.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    position: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[Decimal | None] = mapped_column(Fixed(4))
    agreed: Mapped[Decimal | None] = mapped_column(Fixed(4))
    reason: Mapped[str] = mapped_column(Text, default="")
    in_room: Mapped[int | None] = mapped_column(Integer)
    left_room: Mapped[list[int]] = mapped_column(JSON, default=list)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stands: Mapped[bool] = mapped_column(default=True)
