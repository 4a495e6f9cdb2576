"""Reports of pilots: all who carry one are reminded before its day; when it has passed the staff is told too.

Their moments are found together with those of promised.py, in its one statement.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.lifecycle.timed.plan import Planned, counted_from, hour_of
from callflow.lifecycle.timed.telling import responsible_for, tell
from callflow.pilots.models import Pilot
from callflow.pilots.states import FINDING
from callflow.pilots.telling import carriers_of

DUE_DAYS, LATE_DAYS = (30, 7), (1, 14)
"""Days before the day of the report, and after it."""
DAY = Pilot.__table__.c.report_due_on
Row = Any


def unreported(call: Call) -> Select[*tuple[Any, ...]]:
    """Pilots that were selected, and whose report is not sent."""
    return (
        select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference)
        .select_from(Dossier)
        .join(Pilot.__table__, Pilot.__table__.c.id == Dossier.id)
        .where(Dossier.call_id == call.id, Dossier.state.in_(FINDING), DAY.is_not(None))
    )


def late(kind: str, call: Call, day: date) -> list[Planned]:
    """Each of the moments after the day, due until the next could be."""
    found = []
    for each in LATE_DAYS:
        at = clock.at(day + timedelta(days=each), hour_of(call))
        edition, until = f"-{each}d@{day.isoformat()}", at + timedelta(days=13)
        found.append(Planned(kind, edition, call.id, at, until, -each))
    return found


def remind(call: Call, planned: Planned, row: Row) -> None:
    """All who carry it."""
    pilot = _loaded(row)
    tell(carriers_of(pilot), planned.kind, _page(pilot), call=call, dossier=pilot, day=counted_from(planned))


def warn(call: Call, planned: Planned, row: Row) -> None:
    """All who carry it, and whoever sees to it on the other side."""
    pilot = _loaded(row)
    people = {each.id: each for each in (*carriers_of(pilot), *responsible_for(call, pilot))}
    tell(people.values(), planned.kind, _page(pilot), call=call, dossier=pilot, day=counted_from(planned))


def _loaded(row: Row) -> Pilot:
    query = select(Pilot).where(Pilot.id == row.dossier_id).options(joinedload(Pilot.trail))
    return db.session.scalars(query).one()


def _page(pilot: Pilot) -> str:
    return f"/partner/pilots/{pilot.reference}"
