"""A pilot beside an application: in the same call, carried by a local government and a guiding partner."""

from typing import Any

from callflow.calls.models import Call
from callflow.core import clock, ids, trail
from callflow.core.db import db, unit_of_work
from callflow.dossiers.models import Party
from callflow.dossiers.states import Kind, Part, State
from callflow.people.models import User
from callflow.people.states import Right
from callflow.pilots.models import Milestone, Pilot, Track
from callflow.pilots.states import Progress
from tests import factories as make
from tests.rounds import Round


def beside(around: Round, mayor: User, guide: User) -> dict[str, Any]:
    """What stands at each place of an address of this pilot."""
    village = make.group({mayor: Right.edit}, name="Gemeente Voorbeeld")
    partner = make.group({guide: Right.submit}, name="Partner Voorbeeld")
    call = db.session.get_one(Call, around.call.id)
    with unit_of_work():
        db.session.add(Track(call_id=call.id, promised=4, version=1))
        pilot = Pilot(
            kind=Kind.pilot, reference=ids.reference("T"), title="Open kerk", title_key="open kerk",
            language="nl", call_id=call.id, lot_id=around.lot.id, created_at=clock.now(),
            state_since=clock.now(), trail=trail.new_trail("dossier"), summary="Een open kerk.",
        )  # fmt: skip
        db.session.add(pilot)
        db.session.flush()  # parties refer to it
        who = make.actor(mayor)
        trail.record(pilot.trail, who, "pilot_proposed", dest=State.proposed.value)
        for group, part in ((village, Part.government), (partner, Part.guide)):
            place = "32030" if part is Part.government else None
            db.session.add(Party(
                dossier_id=pilot.id, group_id=group.id, part=part, municipality_code=place, since=clock.now()
            ))  # fmt: skip
        line = Milestone(
            pilot_id=pilot.id, title="Start", due_on=clock.today(), progress=Progress.planned, version=1
        )  # fmt: skip
        db.session.add(line)
        db.session.flush()  # for its id
        return {"ref": pilot.reference, "number": line.id, "trigger": "withdraw"}
