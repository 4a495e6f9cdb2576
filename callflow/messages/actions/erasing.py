"""Erasing what somebody wrote: the words and files go, who erased them, when and why stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier
from callflow.messages import telling
from callflow.messages.models import Message, MessageFile, Sending, Thread
from callflow.messages.rules import ERASED, REASON


def erase(
    actor: Actor, dossier: Dossier, thread: Thread, message_id: int, *, why: str, subject: bool = False
) -> None:
    """Empty one message of this thread, let go of its files, and take its words out of the mails about it;
    with ``subject`` that of the thread as well.

    The bytes of the files go with messages.files.tidy, after the commit. Raises Refused when it is erased
    already or not there, and for a missing or overlong reason.
    """
    require(actor, P.message_office, dossier)
    message = db.session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.thread_id == thread.id)
        .execution_options(populate_existing=True)
    )
    if message is None or message.text is None:
        raise Refused("message_erased_already")
    reason = _reason(why)
    mine = MessageFile.message_id == message.id
    files = db.session.scalar(select(func.count()).select_from(MessageFile).where(mine)) or 0
    db.session.execute(delete(MessageFile).where(mine))
    said = {"mails": telling.blot(dossier, thread, message.text), "files": files}
    _empty(actor, dossier, thread, message, why=reason, subject=subject, said=said)


def erase_everywhere(
    actor: Actor, dossiers: Sequence[Dossier], thread: Thread, *, why: str, subject: bool = False
) -> int:
    """Empty what was written to many, in these dossiers, which are locked, and in the sending; how many
    copies were still there.

    No files go with a sending. Raises Refused when there was none, and as erase does.
    """
    for dossier in dossiers:
        require(actor, P.message_office, dossier)
    if thread.sending_id is None:
        raise Refused("message_not_to_many")
    reason, by_id = _reason(why), {each.id: each for each in dossiers}
    first = select(func.min(Message.id)).group_by(Message.thread_id)
    copies = db.session.execute(
        select(Thread, Message)
        .join(Message, Message.thread_id == Thread.id)
        .where(
            Thread.sending_id == thread.sending_id, Thread.dossier_id.in_(by_id), Message.id.in_(first),
            Message.text.is_not(None),
        )
        .order_by(Thread.dossier_id)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    if not copies:
        raise Refused("message_erased_already")
    quoting = telling.quoting(by_id, {message.text for _, message in copies if message.text})
    for copy, message in copies:
        dossier = by_id[copy.dossier_id]
        mails = telling.blot(dossier, copy, message.text or "") if dossier.id in quoting else 0
        said = {"mails": mails, "files": 0, "sending": thread.sending_id}
        _empty(actor, dossier, copy, message, why=reason, subject=subject, said=said)
    _empty_sending(thread.sending_id, subject=subject)
    return len(copies)


def _reason(why: str) -> str:
    if not why.strip():
        raise Refused("message_erase_unexplained", field="why")
    if len(why) > REASON:
        raise Refused("reason_long", field="why", limit=REASON)
    return why.strip()


def _empty(
    actor: Actor, dossier: Dossier, thread: Thread, message: Message, *, why: str, subject: bool,
    said: dict[str, Any],
) -> None:  # fmt: skip
    """Its words, and the subject of its thread; ``said`` is what else the history says of it."""
    message.text, message.erased_why = None, why
    message.erased_at, message.erased_by = clock.now(), actor.id
    if subject:
        thread.subject = ERASED
        said["subject"] = True
    said |= {"message": message.id, "thread": thread.id}
    trail.record(dossier.trail, actor, "message_erased", data=said, texts={"text": why})


def _empty_sending(sending_id: int, *, subject: bool) -> None:
    """The sending holds the words as well: its page shows them."""
    made = db.session.get_one(Sending, sending_id, populate_existing=True)
    words = {code: [ERASED if subject else said[0], ERASED] for code, said in made.words.items()}
    db.session.execute(update(Sending).where(Sending.id == sending_id).values(words=words))
