"""Erasing what somebody wrote: the words and files go, who erased them, when and why stays."""

from sqlalchemy import delete, func, select

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier
from callflow.messages import telling
from callflow.messages.models import Message, MessageFile, Thread
from callflow.messages.rules import REASON


def erase(actor: Actor, dossier: Dossier, thread: Thread, message_id: int, *, why: str) -> None:
    """Empty one message of this thread, let go of its files, and take its words out of the mails about it.

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
    if not why.strip():
        raise Refused("message_erase_unexplained", field="why")
    if len(why) > REASON:
        raise Refused("reason_long", field="why", limit=REASON)
    said = {"message": message.id, "thread": thread.id, "mails": telling.blot(dossier, thread, message.text)}
    mine = MessageFile.message_id == message.id
    said["files"] = db.session.scalar(select(func.count()).select_from(MessageFile).where(mine)) or 0
    db.session.execute(delete(MessageFile).where(mine))
    message.text, message.erased_why = None, why.strip()
    message.erased_at, message.erased_by = clock.now(), actor.id
    trail.record(dossier.trail, actor, "message_erased", data=said, texts={"text": why.strip()})
