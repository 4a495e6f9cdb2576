"""What became of each dossier of a step for many, kept so that its page can be opened again."""

from collections.abc import Sequence
from typing import Any

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, require
from callflow.filing.models import Batch


def keep_batch(actor: Actor, call_id: int, *, deed: str, value: str, results: Sequence[Any]) -> Batch:
    """Keep [reference, [[code, parameters]]] of each; no reasons say that it was done."""
    require(actor, P.filing_write)
    made = Batch(
        call_id=call_id, user_id=actor.id, deed=deed, value=value, results=list(results), taken_at=clock.now()
    )
    db.session.add(made)
    refused = sum(1 for _, reasons in results if reasons)
    trail.record(
        made.trail, actor, "batch", data={"deed": deed, "done": len(results) - refused, "refused": refused}
    )
    return made
