"""Mails for tests, and a mail server that misbehaves on purpose."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from callflow.core import clock, outbox
from callflow.core.db import db, unit_of_work
from callflow.core.jobs import identity
from callflow.core.outbox import MailState, OutboxMail


def queued(count: int = 1, **changes) -> list[int]:
    """Mails in the outbox, to mail1@… and so on; their ids."""
    with unit_of_work():
        mails = [
            outbox.queue(
                **{
                    "notice": "selected",
                    "language": "nl",
                    "recipient": f"mail{number}@voorbeeld.example",
                    "subject": "Beslissing",
                    "body": "Er is een brief.\n",
                    **changes,
                }
            )
            for number in range(1, count + 1)
        ]
        db.session.flush()  # the test asks for their ids
        return [mail.id for mail in mails]


def drain() -> int:
    """Send what is due, as a worker in this process."""
    return outbox.drain(identity("test"), lambda: False)


def found(mail_id: int) -> OutboxMail:
    """The mail as it stands in the database now."""
    db.session.rollback()
    return db.session.get_one(OutboxMail, mail_id, populate_existing=True)


def state_of(mail_id: int) -> MailState:
    return found(mail_id).state


def make_due(mail_id: int) -> None:
    """Its pause is over."""
    with unit_of_work():
        db.session.get_one(OutboxMail, mail_id).not_before = clock.now() - timedelta(seconds=1)


@contextmanager
def dropping_server(port: int, *, after: bytes) -> Iterator[list[bytes]]:
    """A mail server that takes everything and hangs up when it has read ``after``; what it read."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", port))
    listening.settimeout(10)
    thread = threading.Thread(target=_serve, args=(listening, after, heard), daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        listening.close()
        thread.join(5)


def _serve(listening: socket.socket, after: bytes, heard: list[bytes]) -> None:
    with suppress(OSError):
        line, _ = listening.accept()
        with line:
            line.sendall(b"220 here\r\n")
            said = b""
            while part := line.recv(65536):
                said += part
                heard.append(part)
                if after in said:
                    return
                line.sendall(b"354 go on\r\n" if part.upper().startswith(b"DATA") else b"250 fine\r\n")
