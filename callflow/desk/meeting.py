"""The meeting of a jury: agenda, who sits there and who leaves the room, and minutes as they are frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.core.trail import Event, Trail
from callflow.desk.panel import WATCHING
from callflow.desk.scope import CallLine, calls_of, chosen
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import apart, visible_to
from callflow.dossiers.states import State, Task
from callflow.jury.models import Declaration, Meeting, MeetingItem, Presence
from callflow.people.models import Grant, User

MOST = 200
"""Projects that one meeting can take on."""


@dataclass(frozen=True)
class OnAgenda:
    """One dossier of a meeting: what the scores come to, who leaves the room for it, and what was settled.

    Once settled, room and leavers are those of that moment, whoever came or went later.
    """

    item: MeetingItem
    dossier: Dossier
    leaving: Sequence[str]
    in_room: int

    @property
    def open(self) -> bool:
        """Whether the meeting can settle it."""
        return self.dossier.state is State.scored and self.item.stands

    @property
    def total(self) -> Decimal | None:
        """What counts now."""
        return self.dossier.total_percent


@dataclass(frozen=True)
class MeetingPage:
    """The open meeting with its agenda, or what a new one could be about; and those that are over.

    ``members`` are the jurors and chairs by id, ``present`` the ids of those who sit there. Of what waits the
    best are offered, with ``more`` behind them: a meeting goes through so many at most.
    """

    call: CallLine
    calls: Sequence[CallLine]
    meeting: Meeting | None
    agenda: Sequence[OnAgenda]
    members: Mapping[int, str]
    present: frozenset[int]
    waiting: Sequence[Dossier]
    more: bool
    past: Sequence[Meeting]
    whole: bool


def meeting_page(actor: Actor, reference: str | None) -> MeetingPage | None:
    """The meeting of one call, the newest call without ``reference``; the same statements whatever its size.

    A dossier that this person has a conflict with is not there; ``whole`` says whether all are.
    """
    calls = calls_of(actor, *WATCHING)
    line = chosen([call for call in calls if call.procedure.meeting], reference)
    if line is None:
        return None
    found = db.session.scalars(
        select(Meeting).where(Meeting.call_id == line.id).order_by(Meeting.id.desc())
    ).all()
    meeting = _loaded(next((each.id for each in found if each.closed_at is None), 0))
    members = members_of(line)
    present = frozenset(each.person_id for each in meeting.presence) if meeting else frozenset()
    items = meeting.items if meeting else ()
    agenda = _agenda(meeting, _dossiers(actor, items), members, present) if meeting else []
    waiting = _waiting(actor, line) if meeting is None else []
    return MeetingPage(
        line, [call for call in calls if call.procedure.meeting], meeting, agenda, members, present,
        waiting[:MOST], len(waiting) > MOST, [each for each in found if each.closed_at is not None],
        len(agenda) == len(items),
    )  # fmt: skip


def _loaded(meeting_id: int) -> Meeting | None:
    """A meeting with its agenda and who sits there."""
    query = select(Meeting).where(Meeting.id == meeting_id)
    query = query.options(selectinload(Meeting.items), joinedload(Meeting.presence))
    return db.session.execute(query.execution_options(populate_existing=True)).unique().scalar_one_or_none()


def _dossiers(actor: Actor, items: Sequence[MeetingItem]) -> dict[int, Dossier]:
    """What this person may see of what is on an agenda: one statement."""
    rows = db.session.scalars(
        select(Dossier).where(
            Dossier.id.in_([each.dossier_id for each in items]), visible_to(actor, P.jury_meet),
            Dossier.scores_given > 0, Dossier.state != State.withdrawn,
        )
    )  # fmt: skip
    return {each.id: each for each in rows}


def _waiting(actor: Actor, line: CallLine) -> list[Dossier]:
    """What was scored and no meeting settled, the best first, one more than is offered: one statement."""
    settled = exists(
        select(MeetingItem.id).where(MeetingItem.dossier_id == Dossier.id, MeetingItem.stands)
    ).correlate(Dossier)
    return list(
        db.session.scalars(
            select(Dossier)
            .where(
                Dossier.call_id == line.id, Dossier.state == State.scored, Dossier.scores_given > 0,
                visible_to(actor, P.jury_meet), ~settled,
            )
            .order_by(Dossier.total_percent.desc(), Dossier.title_key, Dossier.reference)
            .limit(MOST + 1)
        )
    )  # fmt: skip


def _agenda(
    meeting: Meeting, dossiers: Mapping[int, Dossier], members: Mapping[int, str], present: frozenset[int]
) -> list[OnAgenda]:
    away = _apart(meeting)
    found = []
    for item in meeting.items:
        if item.dossier_id in dossiers:
            leaving = frozenset(away.get(item.dossier_id, set()))
            in_room = len(present) - len(leaving)
            if item.settled_at is not None:
                leaving, in_room = frozenset(item.left_room), item.in_room or 0
            names = sorted(members.get(each, "") for each in leaving)
            found.append(OnAgenda(item, dossiers[item.dossier_id], names, in_room))
    return found


def _apart(meeting: Meeting) -> dict[int, set[int]]:
    """By dossier of the agenda, who of those present a conflict keeps away from it."""
    rows = db.session.execute(
        select(MeetingItem.dossier_id, Presence.person_id)
        .join(Presence, Presence.meeting_id == MeetingItem.meeting_id)
        .where(MeetingItem.meeting_id == meeting.id, apart(MeetingItem.dossier_id, Presence.person_id))
    )
    found: dict[int, set[int]] = {}
    for dossier_id, person_id in rows:
        found.setdefault(dossier_id, set()).add(person_id)
    return found


def members_of(line: CallLine) -> dict[int, str]:
    """Who can sit in the meeting: jurors with a task in the call, and its chairs, by name."""
    over = (Grant.scope_kind == "all") | ((Grant.scope_kind == "call") & (Grant.scope_id == line.id))
    of_lot = (Grant.scope_kind == "lot") & Grant.scope_id.in_(list(line.lots))
    jurors = select(Grant.user_id).where(Grant.role == Role.juror, over | of_lot)
    declared = select(Declaration.person_id).where(Declaration.call_id == line.id)
    tasked = exists(
        select(Assignment.id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(
            Assignment.person_id == User.id, Assignment.task == Task.juror, Dossier.call_id == line.id,
        )
    ).correlate(User)  # fmt: skip
    chairs = select(Grant.user_id).where(Grant.role == Role.chair, over)
    rows = db.session.execute(
        select(User.id, User.name)
        .where(
            User.active,
            User.id.in_(chairs) | ((User.id.in_(jurors) | User.id.in_(declared)) & tasked),
        )
        .order_by(User.name, User.id)
    )
    return {row.id: row.name for row in rows}


def minutes_of(actor: Actor, call: Call, meeting: Meeting, line: CallLine) -> dict[str, Any]:
    """What the minutes say, in plain values; read after the meeting was locked.

    Raises NotFound for somebody who may not see every dossier on the agenda.
    """
    loaded = _loaded(meeting.id)
    if loaded is None:
        raise NotFound
    members, dossiers = members_of(line), _dossiers(actor, loaded.items)
    present = frozenset(each.person_id for each in loaded.presence)
    agenda = _agenda(loaded, dossiers, members, present)
    if len(agenda) != len(loaded.items):
        raise NotFound
    history = db.session.get_one(Trail, call.trail_id)
    came = present | _sat_there(call, loaded)
    return {
        "call": call.title,
        "held_on": loaded.held_on.isoformat(),
        "place": loaded.place,
        "quorum": loaded.quorum,
        "opened_at": loaded.opened_at.isoformat(),
        "closed_at": clock.now().isoformat(),
        "kept_by": actor.name,
        "present": [name for each, name in members.items() if each in came],
        "left_early": [name for each, name in members.items() if each in came - present],
        "absent": [name for each, name in members.items() if each not in came],
        "items": [_said(each) for each in agenda],
        "history": [history.sequence, history.head],
    }


def _sat_there(call: Call, meeting: Meeting) -> frozenset[int]:
    """Who sat in the meeting when something was settled, whoever had left at its end."""
    noted = select(Event.at, Event.data).where(
        Event.trail_id == call.trail_id, Event.action == "presence_noted", Event.at >= meeting.opened_at
    )
    rooms = [
        (row.at, row.data["present"])
        for row in db.session.execute(noted.order_by(Event.sequence))
        if row.data["meeting"] == meeting.id
    ]
    settled = [item.settled_at for item in meeting.items if item.settled_at is not None]
    return frozenset(
        each for moment in settled for each in next((r for at, r in reversed(rooms) if at <= moment), ())
    )


def _said(each: OnAgenda) -> dict[str, Any]:
    item, dossier = each.item, each.dossier
    return {
        "reference": dossier.reference,
        "title": dossier.title,
        "language": dossier.language,
        "left": list(each.leaving),
        "in_room": each.in_room,
        "before": None if item.before is None else str(item.before),
        "agreed": None if item.agreed is None else str(item.agreed),
        "reason": item.reason,
        "note": item.note,
        "settled": item.settled_at is not None,
    }


def closed_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """A meeting whose minutes may be read: who may not see all of its agenda does not get them."""
    found = db.session.scalar(
        select(Meeting).where(Meeting.id == meeting_id).options(selectinload(Meeting.items))
    )
    lines = {call.id: call for call in calls_of(actor, *WATCHING)}
    if found is None or found.closed_at is None or found.call_id not in lines:
        raise NotFound
    agenda = Dossier.id.in_([each.dossier_id for each in found.items])
    hidden = select(Dossier.id).where(agenda, ~visible_to(actor, P.jury_meet))
    if db.session.scalar(hidden.limit(1)) is not None:
        raise NotFound
    return found
