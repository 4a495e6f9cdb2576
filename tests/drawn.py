"""A document as somebody gets it: asked for on its page, drawn by a worker, fetched at the same address."""

from werkzeug.test import TestResponse

from callflow.core import documents
from callflow.core.jobs import identity
from tests.client import CheckedClient


def drawn(client: CheckedClient, path: str) -> TestResponse:
    """What lies at this address once this person asked for it; what is not theirs is answered as it is."""
    answer = client.get(path)
    if answer.status_code == 200 and answer.mimetype == "text/html":
        asked = client.submit(path, form="#progress form")
        assert asked.status_code == 303
        draws()
        answer = client.get(path)
    return answer


def draws() -> int:
    """A worker draws all that was asked for; how many documents."""
    number = 0
    while documents.drain(identity("test"), lambda: False):
        number += 1
    return number
