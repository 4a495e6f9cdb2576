"""The extract of the minutes that goes with a resolution: typed, or the page as a PDF."""

from callflow.applications.files import Examined
from callflow.calls.models import Call
from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.core.storage import storage
from callflow.decisions.models import Resolution


def keep_extract(
    actor: Actor, call: Call, resolution: Resolution, *, text: str, file: Examined | None
) -> None:
    """Keep what was typed, and the file where there is one; the trail of the call has its digest. Raises
    Refused when there is neither.
    """
    require(actor, P.decision_record, resolution.lot)
    if not text.strip() and file is None and resolution.extract_sha256 is None:
        raise Refused("extract_missing")
    resolution.extract = text.strip()
    if file is not None:
        resolution.extract_name, resolution.extract_size = file.name, len(file.content)
        resolution.extract_sha256 = storage().put(file.content)
    said = {"number": resolution.number, "sha256": resolution.extract_sha256}
    trail.record(
        call.trail, actor, "extract_kept", data=said,
        texts={"extract": resolution.extract} if resolution.extract else None,
    )  # fmt: skip
