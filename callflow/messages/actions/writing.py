"""Writing about one dossier, and what the office does with a question; the dossier is locked meanwhile."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from callflow.applications.files import Examined
from callflow.core import clock, ids, trail
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier, Exclusion
from callflow.messages import marks, telling
from callflow.messages.files import attach
from callflow.messages.models import Message, Thread
from callflow.messages.rules import WRITES, asks_office, checked_subject, checked_text, closed_for, reads
from callflow.messages.states import Audience, Settled, Side
from callflow.people import queries as people


def open_thread(
    actor: Actor, dossier: Dossier, *, side: Side, subject: str, audience: Audience, text: str, language: str,
    files: Sequence[Examined] = (),
) -> Thread:  # fmt: skip
    """Begin a thread with its first message. ``audience`` is whom it is for beside the group, ``files`` were
    examined before.

    Raises Refused when nothing can be written any more, for a missing or overlong subject or text, and for
    too many files.
    """
    require(actor, WRITES[side], dossier)
    _open(side, dossier)
    if not reads(side, audience):
        raise Refused("message_audience_own", field="audience")
    now = clock.now()
    made = Thread(
        key=ids.hexadecimal(12), dossier_id=dossier.id, subject=checked_subject(subject), language=language,
        audience=audience, messages=0, last_id=0, last_at=now, last_side=side, last_by=actor.id,
    )  # fmt: skip
    words = checked_text(text)
    db.session.add(made)
    db.session.flush()  # the message refers to the thread
    _write(actor, dossier, made, side=side, text=words, language=language, files=files)
    return made


def reply(
    actor: Actor, dossier: Dossier, thread: Thread, *, side: Side, text: str, language: str,
    files: Sequence[Examined] = (),
) -> Message:  # fmt: skip
    """Write in a thread. Raises Refused as open_thread does."""
    require(actor, WRITES[side], dossier)
    _open(side, dossier)
    words = checked_text(text)
    return _write(actor, dossier, thread, side=side, text=words, language=language, files=files)


def _open(side: Side, dossier: Dossier) -> None:
    code = closed_for(side, dossier, clock.now())
    if code is not None:
        raise Refused(code)


def _write(
    actor: Actor, dossier: Dossier, thread: Thread, *, side: Side, text: str, language: str,
    files: Sequence[Examined],
) -> Message:  # fmt: skip
    recipients = telling.recipients_of(dossier, thread, side=side, but=actor)
    made = Message(
        thread_id=thread.id, author_id=actor.id, side=side, language=language, salt=ids.hexadecimal(32),
        text=text, written_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()  # the event and the marks name its id
    thread.messages, thread.last_id, thread.last_at = thread.messages + 1, made.id, made.written_at
    thread.last_side, thread.last_by = side, made.author_id
    if side is Side.office:
        thread.waits_since = None
    elif asks_office(side, thread.audience):
        thread.waits_since = thread.waits_since or made.written_at
        thread.settled, thread.settled_at, thread.settled_by = None, None, None
    kept = attach(dossier, made, files) if files else {}
    trail.record(dossier.trail, actor, "message_written", data=written(made, text, kept))
    marks.move(thread, actor, read_id=made.id)
    telling.tell(dossier, thread, made, recipients, author=actor.name)
    return made


def written(message: Message, text: str, files: Mapping[str, str]) -> dict[str, object]:
    """What the trail says of a message: which, and digests that prove its words and files while they are
    there.
    """
    said: dict[str, object] = {
        "message": message.id, "thread": message.thread_id, "side": message.side.value,
        "digest": trail.text_digest(message.salt, text),
    }  # fmt: skip
    return said | {"files": dict(files)} if files else said


def settle(actor: Actor, dossier: Dossier, thread: Thread, *, how: Settled, seen: int) -> None:
    """It waits no more: answered some other way, or no answer is needed. ``seen`` is the last message read.

    Raises Changed when somebody wrote meanwhile, Refused when it does not wait.
    """
    require(actor, P.message_office, dossier)
    if seen != thread.last_id:
        raise Changed("message_came_meanwhile")
    if thread.waits_since is None:
        raise Refused("message_waits_not")
    thread.waits_since, thread.settled = None, how
    thread.settled_at, thread.settled_by = clock.now(), actor.id
    trail.record(dossier.trail, actor, "message_settled", data={"thread": thread.id, "how": how.value})


def choose_answerer(actor: Actor, dossier: Dossier, thread: Thread, *, person_id: int | None) -> None:
    """Who of us answers; None leaves it to the case handler. Raises Refused for who cannot."""
    require(actor, P.message_office, dossier)
    if person_id is not None and not people.actor(person_id).covers(Role.coordinator, dossier):
        raise Refused("lacks_role", field="person_id")
    aside = (Exclusion.dossier_id == dossier.id, Exclusion.person_id == person_id)
    if db.session.scalar(select(Exclusion.id).where(*aside)) is not None:
        raise Refused("has_conflict", field="person_id")
    thread.answerer_id = person_id
    trail.record(
        dossier.trail, actor, "message_given",
        data={"thread": thread.id} | ({"person_id": person_id} if person_id else {}),
    )  # fmt: skip
