"""Reads of messages: threads as one side sees them, what is unread, what waits for the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.rules import visible_to
from callflow.messages.models import Mark, Message, MessageFile, NoticeChoice, Sending, Thread
from callflow.messages.rules import AFTERWARDS, OVER, READS
from callflow.messages.states import Audience, Often, Settled, Side
from callflow.people.models import Grant, User


@dataclass(frozen=True)
class ThreadLine:
    """A thread in a list. ``unread`` says that somebody else wrote since this reader looked."""

    key: str
    subject: str
    language: str
    audience: Audience
    messages: int
    last_at: datetime
    last_by: str
    last_side: Side
    waits_since: datetime | None
    settled: Settled | None
    unread: bool


@dataclass(frozen=True)
class Said:
    """A message with the name of who wrote it; ``text`` is None once it was erased, ``erased`` then says by
    whom, when and why.
    """

    id: int
    author: str
    side: Side
    language: str
    text: str | None
    written_at: datetime
    new: bool
    files: Sequence[MessageFile] = ()
    erased: tuple[str, datetime, str] | None = None


def _for(side: Side) -> ColumnElement[bool]:
    """SQL twin of rules.reads."""
    return Thread.audience != Audience.office if side is Side.coach else true()


def threads_of(dossier: Dossier, *, side: Side, by: Actor, most: int | None = None) -> list[ThreadLine]:
    """The threads about a dossier that was loaded for this side, the newest first: one statement."""
    rows = db.session.execute(_threads(side, most), {"dossier": dossier.id, "person": by.id})
    return [
        ThreadLine(
            row.key, row.subject, row.language, row.audience, row.messages, row.last_at, row.name,
            row.last_side, row.waits_since, row.settled,
            _unread(row.read_id, row.last_id, row.last_side, side),
        )
        for row in rows
    ]  # fmt: skip


def _unread(read_id: int | None, last_id: int, last_side: Side, side: Side) -> bool:
    """A colleague's answer is no news for the office: it does not wait for it."""
    return (read_id or 0) < last_id and not (side is Side.office and last_side is Side.office)


@lru_cache(maxsize=8)
def _threads(side: Side, most: int | None) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Thread.key, Thread.subject, Thread.language, Thread.audience, Thread.messages, Thread.last_at,
            Thread.last_id, Thread.last_side, Thread.waits_since, Thread.settled, User.name, Mark.read_id,
        )
        .join(User, User.id == Thread.last_by)
        .outerjoin(Mark, and_(Mark.thread_id == Thread.id, Mark.person_id == bindparam("person")))
        .where(Thread.dossier_id == bindparam("dossier"), _for(side))
        .order_by(Thread.last_at.desc(), Thread.id.desc())
        .limit(most)
    )  # fmt: skip


def thread(dossier: Dossier, key: str, *, side: Side) -> Thread:
    """One thread about a dossier that was loaded for this side. Raises NotFound."""
    found = db.session.scalar(
        select(Thread)
        .where(Thread.dossier_id == dossier.id, Thread.key == key, _for(side))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def said_in(found: Thread, *, by: Actor) -> list[Said]:
    """What was written in a thread, in its order; new is what others wrote since this person looked."""
    read, eraser = (Mark.thread_id == found.id, Mark.person_id == by.id), aliased(User)
    rows = db.session.execute(
        select(Message, User.name, Mark.read_id, eraser.name, MessageFile)
        .join(User, User.id == Message.author_id)
        .outerjoin(Mark, and_(*read))
        .outerjoin(eraser, eraser.id == Message.erased_by)
        .outerjoin(MessageFile, MessageFile.message_id == Message.id)
        .where(Message.thread_id == found.id)
        .order_by(Message.id, MessageFile.id)
    )
    each_once = ((key, list(group)) for key, group in groupby(rows, key=lambda row: row[0]))
    return [_said(message, group, by) for message, group in each_once]


def _said(message: Message, rows: Sequence[Any], by: Actor) -> Said:
    """One message from its rows: one for each file."""
    _, name, read_id, eraser, _ = rows[0]
    erased = (eraser, message.erased_at, message.erased_why or "") if message.erased_at else None
    return Said(
        message.id, name, message.side, message.language, message.text, message.written_at,
        message.id > (read_id or 0) and message.author_id != by.id,
        [row[4] for row in rows if row[4] is not None], erased,
    )  # fmt: skip


def unread_of(actor: Actor, side: Side, *, among: Sequence[str] | None = None) -> dict[str, int]:
    """By reference of the dossier, how many threads hold something that this person did not read yet;
    ``among`` these dossiers only.
    """
    here = [] if among is None else [Dossier.reference.in_(among)]
    rows = db.session.execute(
        select(Dossier.reference, func.count())
        .join(Thread, Thread.dossier_id == Dossier.id)
        .outerjoin(Mark, and_(Mark.thread_id == Thread.id, Mark.person_id == actor.id))
        .where(
            visible_to(actor, READS[side]), _for(side), func.coalesce(Mark.read_id, 0) < Thread.last_id,
            *here,
        )
        .group_by(Dossier.reference)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def long_over(at: datetime) -> ColumnElement[bool]:
    """SQL twin of rules.closed_for, for the office and what was handed in."""
    return and_(Dossier.state.in_(sorted(OVER)), Dossier.state_since < at - AFTERWARDS)


@dataclass(frozen=True)
class Waiting:
    """A thread that waits for the office; ``answerer`` is who of us answers, None while nobody does."""

    key: str
    reference: str
    title: str
    language: str
    subject: str
    since: datetime
    by: str
    answerer: str | None
    mine: bool


def _answers(person_id: Any) -> ColumnElement[bool]:
    """Whether this person still can: an account in use, the role, no conflict of interest since."""
    scopes = or_(
        Grant.scope_kind == "all",
        and_(Grant.scope_kind == "call", Grant.scope_id == Dossier.call_id),
        and_(Grant.scope_kind == "lot", Grant.scope_id == Dossier.lot_id),
    )
    held = (Grant.user_id == person_id, Grant.role == Role.coordinator, scopes, User.active)
    aside = (Exclusion.dossier_id == Dossier.id, Exclusion.person_id == person_id)
    return and_(
        exists(select(Grant.id).join(User, User.id == Grant.user_id).where(*held).correlate(Dossier, Thread)),
        ~exists(select(Exclusion.id).where(*aside).correlate(Dossier, Thread)),
    )


def _waits(actor: Actor, call_id: int, *, mine: bool) -> list[ColumnElement[bool]]:
    answers = func.coalesce(Thread.answerer_id, Dossier.handler_id)
    ours = [or_(answers == actor.id, answers.is_(None), ~_answers(answers))] if mine else []
    return [
        Dossier.call_id == call_id, Thread.waits_since.is_not(None), visible_to(actor, READS[Side.office]),
        *ours,
    ]  # fmt: skip


def waiting_count(actor: Actor, call_id: int, *, mine: bool = False) -> int:
    """How many threads of a call wait for our answer; ``mine`` leaves out what a colleague can answer."""
    query = select(func.count()).select_from(Thread).join(Dossier, Dossier.id == Thread.dossier_id)
    return db.session.scalar(query.where(*_waits(actor, call_id, mine=mine))) or 0


def waiting(
    actor: Actor, call_id: int, *, mine: bool = False, most: int = 50, start: int = 0
) -> list[Waiting]:
    """Those that wait longest first: one statement."""
    author, answerer = aliased(User), aliased(User)
    answers = func.coalesce(Thread.answerer_id, Dossier.handler_id)
    rows = db.session.execute(
        select(
            Thread.key, Dossier.reference, Dossier.title, Thread.language, Thread.subject, Thread.waits_since,
            author.name.label("by"), answerer.name.label("answerer"), answerer.id.label("answerer_id"),
        )
        .join(Dossier, Dossier.id == Thread.dossier_id)
        .join(author, author.id == Thread.last_by)
        .outerjoin(answerer, answerer.id == answers)
        .where(*_waits(actor, call_id, mine=mine))
        .order_by(Thread.waits_since, Thread.id)
        .limit(most)
        .offset(start)
    )  # fmt: skip
    return [
        Waiting(
            row.key, row.reference, row.title, row.language, row.subject, row.waits_since, row.by,
            row.answerer, row.answerer_id == actor.id,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Pending:
    """What a digest speaks of: a dossier with how many of its threads hold something new."""

    reference: str
    title: str
    side: Side
    threads: int


def pending_of(actor: Actor) -> list[Pending]:
    """What was written to this person and neither read nor told, on all dossiers that they still see."""
    found = []
    for side in Side:
        rows = db.session.execute(
            select(Dossier.reference, Dossier.title, func.count())
            .join(Thread, Thread.dossier_id == Dossier.id)
            .join(Mark, Mark.thread_id == Thread.id)
            .where(Mark.person_id == actor.id, untold(), visible_to(actor, READS[side]), _for(side))
            .group_by(Dossier.id, Dossier.reference, Dossier.title)
            .order_by(Dossier.id)
        )
        found += [Pending(reference, title, side, number) for reference, title, number in rows]
    return found


def untold() -> ColumnElement[bool]:
    """Marks of people who are to be told of something that they did not read and were not told of."""
    return and_(Mark.due_id > Mark.read_id, Mark.told_id <= Mark.read_id)


def choice_of(person_id: int | None) -> NoticeChoice:
    """What somebody wants to be told; how it is for everybody who never said."""
    kept = db.session.get(NoticeChoice, person_id)
    return kept or NoticeChoice(person_id=person_id, often=Often.at_once, with_text=False)


def copies_of(thread: Thread) -> list[str]:
    """The dossiers in which the same was written, by their references, whoever may see them."""
    if thread.sending_id is None:
        return []
    query = select(Dossier.reference).join(Thread, Thread.dossier_id == Dossier.id)
    return list(db.session.scalars(query.where(Thread.sending_id == thread.sending_id)))


def sending(sending_id: int) -> Sending:
    """What was written to many. Raises NotFound."""
    found = db.session.get(Sending, sending_id)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Sent:
    """One dossier that was written to: has anybody of the group read it, has anybody written back."""

    reference: str
    title: str
    language: str
    key: str
    read: bool
    answered: bool


def sent_to(found: Sending, *, by: Actor, most: int, start: int) -> tuple[Sequence[Sent], int]:
    """Some of the dossiers of a sending, and how many this person sees: two statements."""
    read = select(Mark.person_id).where(Mark.thread_id == Thread.id, Mark.read_id > 0)
    by_others = read.where(Mark.person_id != found.written_by).correlate(Thread)
    where = (Thread.sending_id == found.id, visible_to(by, READS[Side.office]))
    total = select(func.count()).select_from(Thread).join(Dossier, Dossier.id == Thread.dossier_id)
    rows = db.session.execute(
        select(
            Dossier.reference, Dossier.title, Dossier.language, Thread.key, by_others.exists().label("read"),
            Thread.messages,
        )
        .join(Dossier, Dossier.id == Thread.dossier_id)
        .where(*where)
        .order_by(Thread.id)
        .limit(most)
        .offset(start)
    )  # fmt: skip
    lines = [
        Sent(row.reference, row.title, row.language, row.key, bool(row.read), row.messages > 1)
        for row in rows
    ]
    return lines, db.session.scalar(total.where(*where)) or 0
