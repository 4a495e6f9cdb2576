"""A set-up file checked as a whole: its text, its keys, and the procedure that its switches compose."""

from functools import lru_cache

from callflow.calls.reading import Finding
from callflow.calls.setup import Reading, parse
from callflow.core.storage import storage
from callflow.lifecycle import process


def checked(data: bytes) -> Reading:
    """What a file holds, or everything that is wrong with it; needs no database."""
    reading = parse(data)
    if reading.setup is None:
        return reading
    try:
        process.workflow(reading.setup.procedure)
    except ValueError as hole:
        line = reading.document.line(("procedure",))
        return Reading(None, (*reading.findings, Finding(line, "procedure_broken", {"problem": str(hole)})))
    return reading


@lru_cache(maxsize=4)
def kept(sha256: str) -> Reading:
    """The file that was stored under this hash, read once however often its dry run is looked at.

    Raises NotFound.
    """
    return checked(storage().get(sha256))
