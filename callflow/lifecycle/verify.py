"""Everything that can be proved about an installation's data: histories, agreement between rows, frozen
texts and files.
"""

from collections.abc import Iterator

from sqlalchemy import select

from callflow.calls.models import Call
from callflow.core import trail
from callflow.core.db import db
from callflow.core.trail import Broken, Trail
from callflow.dossiers.models import Dossier
from callflow.lifecycle import agreed, agreement, boards, kept, piloted, promises, recount, triggered
from callflow.lifecycle.checking import Break
from callflow.people.models import Group, User


def breaks() -> Iterator[Break]:
    """Whatever does not hold, by name; nothing in a sound installation. Reads only, in a flat memory."""
    for broken in trail.check_all():
        yield Break(broken.what, _about(broken), str(broken.sequence))
    yield from agreement.check.breaks()
    yield from promises.check.breaks()
    yield from agreed.check.breaks()
    yield from triggered.check.breaks()
    yield from recount.breaks()
    yield from kept.breaks()
    yield from boards.breaks()
    yield from piloted.breaks()


def _about(broken: Broken) -> str:
    """The record whose history is broken, as people know it."""
    for column, name in (
        (Dossier.trail_id, Dossier.reference),
        (Call.trail_id, Call.reference),
        (User.trail_id, User.pseudonym),
    ):
        found = db.session.scalar(select(name).where(column == broken.trail_id))
        if found is not None:
            return str(found)
    group_id = db.session.scalar(select(Group.id).where(Group.trail_id == broken.trail_id))
    kind = db.session.scalar(select(Trail.kind).where(Trail.id == broken.trail_id))
    return f"group {group_id}" if group_id is not None else f"{kind} {broken.trail_id}"
