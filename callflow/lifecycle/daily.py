"""Once a day, conflicts of interest that began after a juror was seated: found, and told to who handles it.

It is no moment of the plan (timed/): it comes every day, whoever sits on what, and so tells nothing.
"""

from datetime import datetime

from sqlalchemy import exists, select

from callflow.calls.models import Call
from callflow.core import clock, firing
from callflow.core.db import db, unit_of_work
from callflow.core.firing import Firing
from callflow.lifecycle import conflicts, seating
from callflow.lifecycle.timed.plan import hour_of
from callflow.lifecycle.timed.telling import responsible_for, tell

NAME = "conflict_look"


def look() -> int:
    """In each call where somebody sits on a dossier, from the hour of its reminders on and once a day,
    whichever worker comes first. How many dossiers a juror stands aside from since.
    """
    return sum(_looked(call_id, due_at) for call_id, due_at in _due())


def _due() -> list[tuple[int, datetime]]:
    done = exists().where(Firing.kind == NAME, Firing.call_id == Call.id, Firing.edition == _edition())
    sits = conflicts.sit(Call.id).correlate(Call).exists()
    calls = db.session.scalars(select(Call).where(~done, sits).order_by(Call.id)).all()
    due = [(each.id, clock.at(clock.today(), hour_of(each))) for each in calls]
    return [(call_id, due_at) for call_id, due_at in due if due_at <= clock.now()]


def _edition() -> str:
    return f"0d@{clock.today().isoformat()}"


def _looked(call_id: int, due_at: datetime) -> int:
    with unit_of_work():
        taken = firing.claim(
            kind=NAME, call_id=call_id, edition=_edition(), subject_id=call_id, due_at=due_at
        )
        if not taken:
            return 0
        call = db.session.get_one(Call, call_id)
        found = conflicts.begun(call, seating.jurors_of(call_id))
        for dossier in found:
            tell(
                responsible_for(call, dossier), "conflict_found",
                f"/coordinator/dossiers/{dossier.reference}#people", call=call, dossier=dossier,
            )  # fmt: skip
    return len(found)
