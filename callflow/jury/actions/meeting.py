"""The jury meets: agenda, who sits there, what is settled, and minutes that are frozen at the end."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, literal, select

from callflow.calls.models import Call
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier
from callflow.dossiers.queries import lock
from callflow.dossiers.rules import apart, visible_to
from callflow.dossiers.states import State
from callflow.jury import queries
from callflow.jury.actions import write_total
from callflow.jury.models import Meeting, MeetingItem, Presence


def open_meeting(
    actor: Actor, call: Call, *, held_on: date, place: str, quorum: int, refs: Sequence[str]
) -> Meeting:
    """Begin a meeting of the jury of a call with these dossiers, by reference, in this order.

    Raises Refused while another is open, without an agenda, and for a dossier that is not scored; NotFound
    for one that this person may not see.
    """
    require(actor, P.jury_meet, call)
    history = trail.locked(call.trail_id)
    if queries.open_meeting(call.id) is not None:
        raise Refused("meeting_is_open")
    if not refs:
        raise Refused("agenda_empty")
    if quorum < 1:
        raise Refused("quorum_small", field="quorum")
    agenda = _agenda(actor, call, refs)
    if wrong := [each for each in agenda if each.state is not State.scored]:
        raise Refused("not_scored", reference=wrong[0].reference)
    made = Meeting(
        call_id=call.id, held_on=held_on, place=place.strip(), quorum=quorum, opened_by=actor.id,
        opened_at=clock.now(), minutes={}, version=1,
        items=[
            MeetingItem(dossier_id=each.id, position=number, before=each.total_percent, stands=True)
            for number, each in enumerate(agenda, start=1)
        ],
    )  # fmt: skip
    db.session.add(made)
    trail.record(
        history, actor, "meeting_opened",
        data={"held_on": held_on, "quorum": quorum, "agenda": list(refs)}, texts={"place": place.strip()},
    )  # fmt: skip
    return made


def note_presence(
    actor: Actor, call: Call, meeting_id: int, *, version: int, present: Collection[int]
) -> Meeting:
    """Note who sits in the meeting now. Raises Changed when somebody noted otherwise meanwhile."""
    require(actor, P.jury_meet, call)
    meeting = _open(call, meeting_id, version)
    history = trail.locked(call.trail_id)
    db.session.execute(delete(Presence).where(Presence.meeting_id == meeting.id))
    db.session.add_all(Presence(meeting_id=meeting.id, person_id=each) for each in sorted(set(present)))
    meeting.version += 1
    trail.record(
        history, actor, "presence_noted", data={"meeting": meeting.id, "present": sorted(set(present))}
    )
    return meeting


def settle(dossier: Dossier, *, values: Any, at: datetime) -> None:
    """Write on the agenda what the jury agreed; part of the step of that name, whose guards found the item.

    Raises Changed when the meeting was closed while this step waited.
    """
    meeting = db.session.scalars(
        select(Meeting)
        .join(MeetingItem, MeetingItem.meeting_id == Meeting.id)
        .where(MeetingItem.dossier_id == dossier.id, MeetingItem.stands, Meeting.minutes_sha256.is_(None))
        .with_for_update(of=Meeting)
        .execution_options(populate_existing=True)
    ).first()
    if meeting is None or meeting.closed_at is not None:
        raise Changed("meeting_over")
    item = db.session.scalars(
        select(MeetingItem).where(MeetingItem.meeting_id == meeting.id, MeetingItem.dossier_id == dossier.id)
    ).one()
    before = select(MeetingItem).where(
        MeetingItem.dossier_id == dossier.id, MeetingItem.stands, MeetingItem.id != item.id
    )
    for earlier in db.session.scalars(before):
        earlier.stands = False
    item.agreed, item.reason, item.note = values.agreed, values.motivation.strip(), values.remarks.strip()
    item.settled_at = at
    present = set(db.session.scalars(select(Presence.person_id).where(Presence.meeting_id == meeting.id)))
    item.left_room = sorted(set(db.session.scalars(_leaving(meeting.id, dossier.id))))
    item.in_room = len(present) - len(item.left_room)
    db.session.flush()  # the total asks for what stands
    write_total(dossier)


def _leaving(meeting_id: int, dossier_id: int) -> Select[int]:
    """Who sits in the meeting and has a conflict with the dossier."""
    sits = (Presence.meeting_id == meeting_id, apart(literal(dossier_id), Presence.person_id))
    return select(Presence.person_id).where(*sits)


def close_meeting(
    actor: Actor, call: Call, meeting_id: int, *, version: int, write: Callable[[Meeting], dict[str, Any]]
) -> Meeting:
    """End the meeting and freeze its minutes, which ``write`` puts together once nobody can settle any more.

    What was not settled waits for another meeting. Raises Changed when somebody was before.
    """
    require(actor, P.jury_meet, call)
    meeting = _open(call, meeting_id, version)
    history = trail.locked(call.trail_id)
    minutes = write(meeting)
    meeting.minutes, meeting.minutes_sha256 = minutes, digest(minutes)
    meeting.closed_at, meeting.version = clock.now(), meeting.version + 1
    unsettled = select(MeetingItem).where(
        MeetingItem.meeting_id == meeting.id, MeetingItem.settled_at.is_(None)
    )
    for item in db.session.scalars(unsettled):
        item.stands = False
    trail.record(
        history, actor, "meeting_closed", data={"meeting": meeting.id, "sha256": meeting.minutes_sha256}
    )
    return meeting


def digest(minutes: dict[str, Any]) -> str:
    """What the history of the call keeps of minutes."""
    return hashlib.sha256(trail.canonical(minutes).encode()).hexdigest()


def _agenda(actor: Actor, call: Call, refs: Sequence[str]) -> list[Dossier]:
    """The dossiers, locked, in the order of their references here."""
    lock(refs)
    query = select(Dossier).where(
        Dossier.reference.in_(refs), Dossier.call_id == call.id, visible_to(actor, P.jury_meet)
    )
    found = {each.reference: each for each in db.session.scalars(query)}
    if set(found) != set(refs) or len(set(refs)) != len(refs):
        raise NotFound
    return [found[ref] for ref in refs]


def _open(call: Call, meeting_id: int, version: int) -> Meeting:
    """The meeting, locked, while it is open and as the person saw it."""
    query = select(Meeting).where(Meeting.id == meeting_id, Meeting.call_id == call.id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if found.closed_at is not None:
        raise Changed("meeting_over")
    if found.version != version:
        raise Changed("meeting_changed")
    return found
