"""The calibration: a WSGI object that answers BARE_BYTES bytes and does nothing else."""

import os
from collections.abc import Iterable
from typing import Any

BODY = b"x" * int(os.environ.get("BARE_BYTES", "1000"))


def app(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]
