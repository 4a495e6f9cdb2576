"""One text to many dossiers: a thread in each, in the language of its group, written in batches."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from callflow.core import clock, ids, trail, twin
from callflow.core.actor import Actor
from callflow.core.db import db, into
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier
from callflow.messages import telling
from callflow.messages.models import Mark, Message, Sending, Thread
from callflow.messages.rules import checked_subject, checked_text, closed_for
from callflow.messages.states import Audience, Often, Side

Row = dict[str, Any]


def write_to_many(
    actor: Actor, dossiers: Sequence[Dossier], *, call_id: int, subject: Mapping[str, str],
    text: Mapping[str, str],
) -> Sending:  # fmt: skip
    """Write to the group of each dossier, which is locked and loaded with trail and group.

    ``subject`` and ``text`` are by language; each group gets its own, or the one that there is. What can
    no longer be written to is left out, with its reason, in the sending.
    """
    for dossier in dossiers:
        require(actor, P.message_office, dossier)
    words = {code: [checked_subject(subject[code]), checked_text(text[code])] for code in subject}
    refused = {each.id: code for each in dossiers if (code := closed_for(Side.office, each, clock.now()))}
    made = Sending(
        call_id=call_id, written_by=actor.id, written_at=clock.now(), words=words, mails=0,
        refused=[[each.reference, each.title, refused[each.id]] for each in dossiers if each.id in refused],
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()  # the threads refer to it
    taken = [each for each in dossiers if each.id not in refused]
    languages = [language_for(each, words) for each in taken]
    if taken:
        made.mails = _write(actor, taken, languages, words, sending=made)
    return made


def language_for(dossier: Dossier, words: Mapping[str, Any]) -> str:
    """The language in which a group reads it: its own, else one in which there are words."""
    own = dossier.group.language if dossier.group is not None else dossier.language
    return own if own in words else next(code for code in twin.LANGUAGES if code in words)


def _write(
    actor: Actor, taken: Sequence[Dossier], languages: Sequence[str], words: Mapping[str, list[str]], *,
    sending: Sending,
) -> int:  # fmt: skip
    """The threads, messages, events, marks and mails; how many mails."""
    common = {"audience": Audience.office, "last_at": sending.written_at, "last_side": Side.office}
    threads: list[Row] = [
        {
            **common, "key": ids.hexadecimal(12), "dossier_id": dossier.id, "sending_id": sending.id,
            "subject": words[language][0], "language": language, "messages": 1, "last_by": actor.id,
        }
        for dossier, language in zip(taken, languages, strict=True)
    ]  # fmt: skip
    db.session.execute(into(Thread), threads)
    of_sending = Thread.sending_id == sending.id
    ids_by_key = {
        row.key: row.id for row in db.session.execute(select(Thread.key, Thread.id).where(of_sending))
    }
    messages = [
        {
            "thread_id": ids_by_key[thread["key"]], "author_id": actor.id, "side": Side.office,
            "language": language, "salt": ids.hexadecimal(32), "text": words[language][1],
            "written_at": sending.written_at,
        }
        for thread, language in zip(threads, languages, strict=True)
    ]  # fmt: skip
    db.session.execute(into(Message), messages)
    written = select(Message.thread_id, Message.id).join(Thread, Thread.id == Message.thread_id)
    made = {row.thread_id: row.id for row in db.session.execute(written.where(of_sending))}
    for row in messages:
        row["id"] = made[row["thread_id"]]
    last = select(Message.id).where(Message.thread_id == Thread.id).scalar_subquery()
    db.session.execute(
        update(Thread).where(of_sending).values(last_id=last).execution_options(synchronize_session=False)
    )
    for dossier, row in zip(taken, messages, strict=True):
        _record(actor, dossier, row)
    return _tell(actor, taken, [row["key"] for row in threads], messages)


def _record(actor: Actor, dossier: Dossier, row: Row) -> None:
    data = {
        "message": row["id"], "thread": row["thread_id"], "side": Side.office.value,
        "digest": trail.text_digest(row["salt"], row["text"]),
    }  # fmt: skip
    trail.record(dossier.trail, actor, "message_written", data=data)


def _tell(actor: Actor, taken: Sequence[Dossier], keys: Sequence[str], messages: Sequence[Row]) -> int:
    members = telling.members_of({each.group_id for each in taken if each.group_id is not None})
    mails, marks = telling.Mails(actor.name, Side.office), []
    for dossier, key, row in zip(taken, keys, messages, strict=True):
        for each in members.get(dossier.group_id or 0, ()):
            told = row["id"] if each.often is Often.at_once else 0
            marks.append(
                {
                    "thread_id": row["thread_id"], "person_id": each.id, "read_id": 0, "due_id": row["id"],
                    "told_id": told,
                }
            )  # fmt: skip
            if told:
                mails.add(each, dossier, key, row["text"])
    if marks:
        db.session.execute(into(Mark), marks)
    return mails.queue()
