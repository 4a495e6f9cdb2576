"""The whole file of a decision as one zip, for archives, appeals and strangers who check it."""

from collections.abc import Iterator
from typing import IO

from flask import Response, stream_with_context

from callflow.core.gate import actor, requires
from callflow.core.permissions import P
from callflow.desk.decision_file import decision_file
from callflow.web.coordinator import bp

CHUNK = 64 * 1024


@bp.get("/coordinator/dossiers/<ref>/file.zip")
@requires(P.scores_view)
def filed(ref: str) -> Response:
    name, made = decision_file(ref, by=actor())

    answer = Response(stream_with_context(_in_chunks(made)), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _in_chunks(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while chunk := made.read(CHUNK):
            yield chunk
