"""The mails that say that there is a message: one to each person and thread until that person has read it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape
from sqlalchemy import ColumnElement, and_, or_, select

from callflow.core import mailing, outbox
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.mailing import Composed
from callflow.core.outbox import OutboxMail
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.states import Task
from callflow.messages.models import Mark, Message, NoticeChoice, Thread
from callflow.messages.rules import ERASED, EXCERPT, told
from callflow.messages.states import Often, Side
from callflow.people.models import Grant, Membership, User

PLACE = re.compile("\ue000([a-z]+)\ue001")
"""Where a value goes in words that were put together once: characters that no template and no mail holds."""


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told, as what they read, and how they want it."""

    id: int
    name: str
    email: str
    language: str
    side: Side
    often: Often
    with_text: bool


def page_of(side: Side, reference: str, key: str = "") -> str:
    """The address of the thread, or of all messages about a dossier, for somebody of this side."""
    start = {Side.group: "/applications", Side.coach: "/coach/dossiers", Side.office: "/coordinator/dossiers"}
    return mailing.address(f"{start[side]}/{reference}/messages" + (f"/{key}" if key else ""))


def recipients_of(dossier: Dossier, thread: Thread, *, side: Side, but: Actor) -> list[Recipient]:
    """Who learns of a message that this side wrote there, as things stand now."""
    sides, found = told(side, thread.audience), []
    if Side.group in sides and dossier.group_id is not None:
        found += members_of([dossier.group_id])[dossier.group_id]
    if Side.coach in sides:
        found += _people(Side.coach, _coaches(dossier))
    if Side.office in sides:
        found += _office(dossier, thread)
    return [each for each in found if each.id != but.id]


def members_of(group_ids: Collection[int]) -> dict[int, list[Recipient]]:
    """By group, its members who have an account in use: one statement."""
    found: dict[int, list[Recipient]] = {group_id: [] for group_id in group_ids}
    query = (
        _chosen(Membership.group_id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.active, Membership.group_id.in_(found))
        .order_by(Membership.group_id, User.id)
    )
    for row in db.session.execute(query):
        found[row.group_id].append(_recipient(row, Side.group))
    return found


def _office(dossier: Dossier, thread: Thread) -> list[Recipient]:
    """Who answers: the one named in the thread or the case handler, else all coordinators of the lot."""
    coordinators = _people(Side.office, _holding(dossier, Role.coordinator))
    answers = thread.answerer_id or dossier.handler_id
    return [each for each in coordinators if each.id == answers] or coordinators


def _people(side: Side, which: ColumnElement[bool]) -> list[Recipient]:
    rows = db.session.execute(_chosen().where(User.active, which).order_by(User.id))
    return [_recipient(row, side) for row in rows]


def _coaches(dossier: Dossier) -> ColumnElement[bool]:
    mine = (Assignment.dossier_id == dossier.id, Assignment.task == Task.coach)
    return and_(User.id.in_(select(Assignment.person_id).where(*mine)), _holding(dossier, Role.coach))


def _holding(dossier: Dossier, role: Role) -> ColumnElement[bool]:
    """Who holds this role over the dossier and has no conflict of interest with it."""
    scopes = or_(
        Grant.scope_kind == "all",
        and_(Grant.scope_kind == "call", Grant.scope_id == dossier.call_id),
        and_(Grant.scope_kind == "lot", Grant.scope_id == dossier.lot_id),
    )
    aside = select(Exclusion.person_id).where(Exclusion.dossier_id == dossier.id)
    holders = select(Grant.user_id).where(Grant.role == role, scopes)
    return and_(User.id.in_(holders), User.id.not_in(aside))


def _chosen(*more: Any) -> Any:
    return select(
        User.id, User.name, User.email, User.language, NoticeChoice.often, NoticeChoice.with_text, *more
    ).outerjoin(NoticeChoice, NoticeChoice.person_id == User.id)


def _recipient(row: Any, side: Side) -> Recipient:
    often = row.often or Often.at_once
    return Recipient(row.id, row.name, row.email, row.language, side, often, bool(row.with_text))


def tell(
    dossier: Dossier, thread: Thread, message: Message, recipients: Sequence[Recipient], *, author: str
) -> None:
    """Note for each that there is something to read, and mail those who want it at once and know of nothing
    unread in this thread yet.
    """
    people = [each.id for each in recipients]
    mine = (Mark.thread_id == thread.id, Mark.person_id.in_(people))
    held = {mark.person_id: mark for mark in db.session.scalars(select(Mark).where(*mine))}
    mails = Mails(author, message.side)
    for each in recipients:
        mark = held.get(each.id)
        if mark is None:
            mark = Mark(thread_id=thread.id, person_id=each.id, read_id=0, due_id=0, told_id=0)
            db.session.add(mark)
        mark.due_id = message.id
        if each.often is Often.at_once and mark.told_id <= mark.read_id:
            mark.told_id = message.id
            mails.add(each, dossier, thread.key, message.text or "")
    mails.queue()


class Mails:
    """Notices of one author about messages: the words of each kind are put together once, then filled in."""

    def __init__(self, author: str, side: Side) -> None:
        self.author, self.side = author, side
        self.rows: list[dict[str, Any]] = []
        self._words: dict[tuple[str, bool], Composed] = {}

    def add(self, to: Recipient, dossier: Dossier, key: str, text: str) -> None:
        """A mail to this person about the thread with this key."""
        words = self._composed(to.language, with_text=to.with_text)
        values = {
            "name": to.name, "author": self.author, "title": dossier.title, "reference": dossier.reference,
            "page": page_of(to.side, dossier.reference, key), "excerpt": excerpt(text),
        }  # fmt: skip
        marked_up = {name: str(escape(value)) for name, value in values.items()}
        self.rows.append(
            {
                "notice": "message", "language": to.language, "recipient": to.email, "recipient_id": to.id,
                "subject": mailing.one_line(_filled(words.subject, values)),
                "body": _filled(words.body, values), "html": _filled(words.html, marked_up),
                "call_id": dossier.call_id, "dossier_id": dossier.id,
            }
        )  # fmt: skip

    def queue(self) -> int:
        """Put them into the outbox; how many."""
        outbox.queue_many(self.rows)
        return len(self.rows)

    def _composed(self, language: str, *, with_text: bool) -> Composed:
        if (language, with_text) not in self._words:
            places = {
                name: f"\ue000{name}\ue001" for name in ("name", "author", "title", "reference", "page")
            }
            self._words[language, with_text] = mailing.compose(
                "message", language, side=self.side.value,
                excerpt="\ue000excerpt\ue001" if with_text else "", **places,
            )  # fmt: skip
        return self._words[language, with_text]


def _filled(words: str, values: Mapping[str, str]) -> str:
    """One pass: what somebody wrote is never looked at for places itself."""
    return PLACE.sub(lambda found: values[found[1]], words)


def excerpt(text: str) -> str:
    """The first characters of a message on one line, cut between words."""
    flat = " ".join(text.split())
    if len(flat) <= EXCERPT:
        return flat
    return (
        flat[: EXCERPT + 1].rpartition(" ")[0][:EXCERPT].rstrip() + "…"
        if " " in flat[:EXCERPT]
        else (flat[:EXCERPT] + "…")
    )


def blot(dossier: Dossier, thread: Thread, text: str) -> int:
    """Take the first words of a message out of the mails about its thread, sent or not; how many."""
    quoted = excerpt(text)
    mine = (
        OutboxMail.dossier_id == dossier.id, OutboxMail.notice == "message",
        OutboxMail.body.contains(f"/messages/{thread.key}"),
    )  # fmt: skip
    query = select(OutboxMail).where(*mine, OutboxMail.body.contains(quoted, autoescape=True))
    changed = 0
    for mail in db.session.scalars(query.with_for_update()):
        lines = [ERASED if each == quoted else each for each in mail.body.split("\n")]
        if (body := "\n".join(lines)) != mail.body:
            mail.body = body
            mail.html = (mail.html or "").replace(f">{escape(quoted)}</p>", f">{ERASED}</p>")
            changed += 1
    return changed


def quoting(dossier_ids: Iterable[int], texts: Iterable[str]) -> set[int]:
    """Those of these dossiers about which a mail quotes one of these texts: one statement a text."""
    chosen, found = list(dossier_ids), set()
    for text in texts:
        query = select(OutboxMail.dossier_id).where(
            OutboxMail.dossier_id.in_(chosen), OutboxMail.notice == "message",
            OutboxMail.body.contains(excerpt(text), autoescape=True),
        )  # fmt: skip
        found |= {each for each in db.session.scalars(query) if each is not None}
    return found


def told_of(marks: Iterable[Mark]) -> None:
    """These people were told of everything that waits for them."""
    for mark in marks:
        mark.told_id = mark.due_id
