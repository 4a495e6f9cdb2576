"""Files that go with messages: the bytes lie in a room of their dossier, so that erasing throws them away."""

from collections.abc import Sequence

from sqlalchemy import select

from callflow.applications.files import Examined
from callflow.core import trail
from callflow.core.db import db
from callflow.core.errors import NotFound, Refused
from callflow.core.storage import Storage, storage
from callflow.dossiers.models import Dossier
from callflow.messages.models import Message, MessageFile, Thread
from callflow.messages.rules import FILES


def room_of(dossier_id: int) -> Storage:
    """Where the files with messages about this dossier lie."""
    return storage().room(f"messages-{dossier_id}")


def attach(dossier: Dossier, message: Message, files: Sequence[Examined]) -> dict[str, str]:
    """Keep examined files with a message that was just written; for the trail, their digests by id."""
    if len(files) > FILES:
        raise Refused("message_files_many", field="files", count=FILES)
    made = [
        MessageFile(
            message_id=message.id, name=each.name, media_type=each.media_type, size=len(each.content),
            sha256=room_of(dossier.id).put(each.content),
        )
        for each in files
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()  # the event names their ids
    return {str(each.id): digest(message.salt, each.name, each.sha256) for each in made}


def digest(salt: str, name: str, sha256: str) -> str:
    """What the trail says of a file: it proves name and bytes while they are there, nothing later."""
    return trail.text_digest(salt, f"{sha256} {name}")


def file_in(thread: Thread, number: int) -> tuple[MessageFile, bytes]:
    """A file of a thread that was loaded for its reader. Raises NotFound."""
    found = db.session.scalar(
        select(MessageFile)
        .join(Message, Message.id == MessageFile.message_id)
        .where(Message.thread_id == thread.id, MessageFile.id == number)
    )
    if found is None:
        raise NotFound
    return found, room_of(thread.dossier_id).get(found.sha256)


def tidy(dossier: Dossier) -> int:
    """Throw away the bytes that no message about this dossier names any more; the dossier is locked, and what
    let go of them was committed.
    """
    named = (
        select(MessageFile.sha256)
        .join(Message, Message.id == MessageFile.message_id)
        .join(Thread, Thread.id == Message.thread_id)
        .where(Thread.dossier_id == dossier.id)
    )
    return room_of(dossier.id).keep_only(set(db.session.scalars(named)))
