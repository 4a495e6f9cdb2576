"""Sending a stored file: always as a download, never shown by our own address as a page."""

from flask import Response

from callflow.applications.models import Attachment
from callflow.core.storage import storage


def sent(attachment: Attachment) -> Response:
    """The file under the name that the person gave it; the browser may not guess at its type."""
    answer = Response(storage().get(attachment.sha256), mimetype=attachment.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=attachment.name)
    return answer
