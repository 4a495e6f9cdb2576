"""Whose a view and a note are, what a view may hold, and how a name is compared."""

from collections.abc import Mapping, Sequence
from typing import Any

from callflow.core.actor import Actor
from callflow.filing.models import SavedView, StaffNote

KEPT = ("q", "lot", "state", "handler", "tag", "sort", "col")
"""What a view keeps of the address of the list."""
LONGEST_NOTE = 4000
MOST_AT_ONCE = 500
"""Dossiers in one step for many: more would keep everybody else waiting for the database."""


def key_of(name: str) -> str:
    """Names that differ only in capitals and spaces are one."""
    return " ".join(name.split()).casefold()


def cleaned(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What a view keeps: the known arguments, none of them long, none of them empty."""
    found = {name: [each[:200] for each in asked.get(name, ()) if each][:40] for name in KEPT}
    return {name: values for name, values in found.items() if values}


def owns(actor: Actor, record: SavedView | StaffNote | Any) -> bool:
    """Whether this person made it: only they change it."""
    owner = record.owner_id if isinstance(record, SavedView) else record.author_id
    return actor.id is not None and bool(owner == actor.id)
