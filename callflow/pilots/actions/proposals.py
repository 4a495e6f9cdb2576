"""How a pilot begins: the promise of a call, the proposal of one group, and what it says."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import exists, select

from callflow.calls.models import Call, Lot
from callflow.core import clock, ids, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier, Party
from callflow.dossiers.states import Kind, Part
from callflow.people.states import Right, at_least
from callflow.pilots import rules
from callflow.pilots.actions.parties import joined
from callflow.pilots.models import Pilot, Track
from callflow.pilots.states import WRITING


@dataclass(frozen=True)
class Proposal:
    """What is to be tried, why, and how; in the language of whoever began to write."""

    title: str
    summary: str
    reason: str
    approach: str


@dataclass(frozen=True)
class Carrier:
    """Who proposes, as what; a local government names its municipality."""

    group_id: int
    part: Part
    municipality_code: str | None = None


def promise(
    actor: Actor, call: Call, track: Track | None, *, promised: int, closes_on: date | None, version: int
) -> Track:
    """How many pilots this call will have at least, and until when it takes proposals; ``call`` is locked."""
    require(actor, P.pilot_manage, call)
    if version != (track.version if track else 0):
        raise Changed("promise_changed")
    if track is None:
        track = Track(call_id=call.id, promised=promised, closes_on=closes_on, version=1)
        db.session.add(track)
    else:
        track.promised, track.closes_on, track.version = promised, closes_on, track.version + 1
    trail.record(call.trail, actor, "pilots_promised", data={"promised": promised, "closes_on": closes_on})
    return track


def propose(
    actor: Actor, track: Track, lot: Lot, said: Proposal, *, language: str, carrier: Carrier | None
) -> Pilot:
    """A proposal by a group, or by the staff for groups that join it later (``carrier`` None)."""
    require(actor, P.pilot_propose if carrier else P.pilot_manage, lot)
    if carrier is not None:
        if not at_least(actor.right_in(carrier.group_id), Right.submit):
            raise Refused("pilot_not_your_group", field="group_id")
        if not rules.takes_proposals(track):
            raise Refused("pilot_proposals_over", last_day=(track.closes_on or clock.today()).isoformat())
    pilot = Pilot(
        kind=Kind.pilot, reference=_free_reference(track.call.prefix), title_key=said.title.casefold()[:300],
        language=language, call_id=lot.call_id, lot_id=lot.id,
        group_id=carrier.group_id if carrier else None, created_at=clock.now(), state_since=clock.now(),
        trail=trail.new_trail("dossier"), **asdict(said),
    )  # fmt: skip
    db.session.add(pilot)
    db.session.flush()  # parties refer to the pilot
    trail.record(pilot.trail, actor, "pilot_proposed", dest=pilot.state.value, data={"lot": lot.key})
    if carrier is not None:
        party = Party(dossier_id=pilot.id, **asdict(carrier), since=clock.now())
        joined(actor, pilot, lot.call_id, party)
    return pilot


def rewrite(actor: Actor, pilot: Pilot, said: Proposal, *, version: int) -> None:
    """Change what is proposed. Raises Changed when somebody else did after ``version`` was shown."""
    require(actor, P.pilot_edit, pilot)
    if pilot.state not in WRITING:
        raise Refused("pilot_text_fixed")
    if version != pilot.content_version:
        raise Changed("pilot_text_changed")
    changed = {name: text for name, text in asdict(said).items() if getattr(pilot, name) != text}
    if not changed:
        return
    before = {name: getattr(pilot, name) for name in changed}
    for name, text in changed.items():
        setattr(pilot, name, text)
    pilot.title_key = pilot.title.casefold()[:300]
    pilot.content_version += 1
    trail.record(
        pilot.trail, actor, "pilot_rewritten", data={"changed": sorted(changed)},
        texts={f"before_{name}": text for name, text in before.items() if text},
    )  # fmt: skip


def _free_reference(prefix: str) -> str:
    while True:
        reference = ids.reference(prefix)
        if not db.session.scalar(select(exists().where(Dossier.reference == reference))):
            return reference
