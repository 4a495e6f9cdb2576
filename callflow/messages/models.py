"""Tables of messages: threads, what was written in them, files with it, who read it, and what people want to
be told.
"""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core.db import Model, UtcDateTime, stored
from callflow.messages.states import Audience, Often, Settled, Side


class Sending(Model):
    """One text written to many dossiers at once: ``words`` is subject and text by language.

    ``refused`` lists the dossiers that were left out, each as [reference, title, code].
    """

    __tablename__ = "message_sending"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    written_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    words: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    refused: Mapped[list[list[str]]] = mapped_column(JSON)
    mails: Mapped[int] = mapped_column(Integer, default=0)


class Thread(Model):
    """What is said about one subject. ``key`` stands in addresses and tells nothing about how many there are.

    ``waits_since`` is since when somebody waits for the office's answer; ``answerer_id`` who of us gives
    it (None: the case handler). The ``last_`` columns are those of the newest message, for lists.
    """

    __tablename__ = "message_thread"
    __table_args__ = (
        CheckConstraint("(settled IS NULL) = (settled_at IS NULL)", name="settled_has_moment"),
        CheckConstraint("settled IS NULL OR waits_since IS NULL", name="settled_waits_no_more"),
        Index("ix_message_thread_dossier", "dossier_id", "last_at"),
        Index("ix_message_thread_waits", "waits_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("message_sending.id"), index=True)
    subject: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    audience: Mapped[Audience] = mapped_column(stored(Audience, "message_audience"))
    waits_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    settled: Mapped[Settled | None] = mapped_column(stored(Settled, "message_settled"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    messages: Mapped[int] = mapped_column(Integer, default=0)
    last_id: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_side: Mapped[Side] = mapped_column(stored(Side, "message_last_side"))
    last_by: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Message(Model):
    """What somebody wrote. The trail holds the salted digest of ``text``, which is emptied when erased: then
    the row says by whom, when and why.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("(text IS NULL) = (erased_at IS NOT NULL)", name="erased_has_moment"),
        CheckConstraint("(erased_at IS NULL) = (erased_by IS NULL)", name="erased_by_somebody"),
        Index("ix_message_thread_order", "thread_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("message_thread.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    side: Mapped[Side] = mapped_column(stored(Side, "message_side"))
    language: Mapped[str] = mapped_column(String(2))
    salt: Mapped[str] = mapped_column(String(32))
    text: Mapped[str | None] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    erased_why: Mapped[str | None] = mapped_column(Text)


class MessageFile(Model):
    """A file that goes with a message: the type is what was found in it, the bytes lie in the room of its
    dossier. The row goes when the message is erased.
    """

    __tablename__ = "message_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class Mark(Model):
    """How far one person is in one thread, as ids of messages: read up to, to be told of, told of by mail."""

    __tablename__ = "message_mark"
    __table_args__ = (Index("ix_message_mark_person", "person_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("message_thread.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    read_id: Mapped[int] = mapped_column(Integer, default=0)
    due_id: Mapped[int] = mapped_column(Integer, default=0)
    told_id: Mapped[int] = mapped_column(Integer, default=0)


class NoticeChoice(Model):
    """What somebody wants to be told of messages; without a row at once, and without words of the message."""

    __tablename__ = "notice_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    often: Mapped[Often] = mapped_column(stored(Often, "notice_often"))
    with_text: Mapped[bool] = mapped_column(default=False)
