"""Sending a stored file: always as a download, never shown by our own address as a page."""

from flask import Response

from callflow.applications.models import Attachment
from callflow.core.storage import storage


def sent(attachment: Attachment) -> Response:
    """The file under the name that the person gave it; the browser may not guess at its type."""
    return as_download(storage().get(attachment.sha256), attachment.media_type, attachment.name)


def as_download(content: bytes, media_type: str, name: str) -> Response:
    """The same of bytes that lie elsewhere."""
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
