"""What a dossier has at all, so that its page asks only for what there is."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, select

from callflow.coaching.models import Note, Waiver, session_dossier
from callflow.core.db import db
from callflow.dossiers.models import Conflict
from callflow.filing.models import StaffNote
from callflow.letters.models import Letter
from callflow.messages.models import Thread
from callflow.reports.models import Report
from callflow.screening.models import Check, CompletionRequest

KINDS: dict[str, Any] = {
    "sessions": session_dossier.c.dossier_id,
    "notes": Note.dossier_id,
    "waivers": Waiver.dossier_id,
    "checks": Check.dossier_id,
    "completions": CompletionRequest.dossier_id,
    "conflicts": Conflict.dossier_id,
    "letters": Letter.dossier_id,
    "reports": Report.dossier_id,
    "staff_notes": StaffNote.dossier_id,
    "threads": Thread.dossier_id,
}
"""By kind, the column that names the dossier: most dossiers have a few of them only."""


def held_by(dossier_id: int) -> frozenset[str]:
    """The kinds of which this dossier has one or more: one statement."""
    row = db.session.execute(_asked(), {"dossier": dossier_id}).one()
    return frozenset(kind for kind, here in row._asdict().items() if here)


@lru_cache(maxsize=1)
def _asked() -> Select[*tuple[Any, ...]]:
    mine = bindparam("dossier", type_=Integer)
    return select(*(exists().where(column == mine).label(kind) for kind, column in KINDS.items()))
