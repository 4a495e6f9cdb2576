"""The whole application: invited groups are reminded, and an invitation lapses at the moment it was given
until.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from callflow.applications.models import Application
from callflow.applications.rules import full_until
from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import CLOCK
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import process
from callflow.lifecycle.timed.plan import LAPSES, Kind, Planned, before, hour_of
from callflow.lifecycle.timed.reminders import Row, loaded
from callflow.lifecycle.timed.telling import tell, writers_of

FULL_DAYS = (7, 1)


def _moments(call: Call, _now: datetime) -> list[Planned]:
    """Of both kinds. A moment that moves within its day is another one."""
    until = full_until(call)
    if until is None:
        return []
    local = clock.local(until)
    edition = f"0d{local:%H%M}@{local.date().isoformat()}"
    return [
        *before("full_due", call, local.date(), FULL_DAYS, hour=hour_of(call), end=until),
        Planned("full_lapses", edition, call.id, until, until + LAPSES),
    ]


def _invited(call: Call, _planned: Planned) -> Select[*tuple[Any, ...]]:
    return select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference).where(
        Dossier.call_id == call.id, Dossier.state == State.invited
    )


def _remind(call: Call, _planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        writers_of(dossier), "full_due", f"/applications/{dossier.reference}", call=call, dossier=dossier,
        at=full_until(call),
    )  # fmt: skip


def _lapse(_call: Call, _planned: Planned, row: Row) -> None:
    """The step that the coordinator could take, taken by the clock; it tells the group."""
    dossier = dossiers.for_clock(row.reference, kind=Application)
    process.take(dossier, "lapse_invitation", actor=CLOCK)


KINDS = (
    Kind("full_due", _moments, _invited, Dossier.id, _remind),
    Kind("full_lapses", _moments, _invited, Dossier.id, _lapse),
)
