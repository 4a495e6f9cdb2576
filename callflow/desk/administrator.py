"""What an administrator must do now: whether mails and letters leave, and who is missing in each call."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, func, select, union_all
from sqlalchemy.orm import aliased

from callflow.calls.models import Call
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db
from callflow.core.mail_tally import MailTally
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.trail import Event
from callflow.desk.next import day_of
from callflow.desk.scope import CallLine
from callflow.desk.todo import Todo, by_due
from callflow.letters import queries as letters
from callflow.letters.models import Letter
from callflow.letters.states import LetterState
from callflow.people.models import Grant, SignInLink, User

PATIENCE = timedelta(minutes=15)
"""How long something may be ready before nobody seems to be at work on it."""
LOST = (MailState.uncertain, MailState.bounced, MailState.failed)
"""What no worker mends, and what waits for a letter that failed; what a person holds back is where it was
put.
"""


@dataclass(frozen=True)
class Standstill:
    """What is ready and was not taken up: mails and letters, and since when the oldest waits."""

    mails: int
    letters: int
    since: datetime


@dataclass(frozen=True)
class Duty:
    """What stands still, if anything does, and what there is to do, the most urgent first."""

    standstill: Standstill | None
    todo: Sequence[Todo]


@dataclass(frozen=True)
class Held:
    """How many hold a role over something, and how many of them were never here."""

    role: Role
    kind: str
    scope_id: int
    number: int
    absent: int

    def covers(self, call: CallLine) -> bool:
        """Whether the role is for this call, or for a lot of it."""
        return {"all": True, "call": self.scope_id == call.id}.get(self.kind, self.scope_id in call.lots)


def duty(calls: Sequence[CallLine]) -> Duty:
    """For the calls that an administrator sees: five statements, whatever their number."""
    held, lost, warned = _held(), _lost(), _warned([call.id for call in calls])
    found = [each for call in calls for each in _of_call(call, held, lost, warned)]
    if not calls:
        return Duty(_standstill(), [])
    return Duty(_standstill(), by_due(found))


def _of_call(
    call: CallLine, held: Iterable[Held], lost: Mapping[int, int], warned: Mapping[int, int]
) -> list[Todo]:
    mine = [each for each in held if each.covers(call)]
    values = {"call": call.reference}
    absent = sum(each.absent for each in mine if each.kind != "all")
    return [
        *_vacant(call, mine),
        Todo("admin_absent", absent, None, call.title, values),
        Todo("admin_mails", lost.get(call.id, 0), None, call.title, values),
        Todo("admin_warnings", warned.get(call.id, 0), None, call.title, {"reference": call.reference}),
    ]


def _vacant(call: CallLine, held: Sequence[Held]) -> list[Todo]:
    """Roles that somebody must hold before the day on which the calendar needs them."""
    values = {"call": call.reference}

    def lots_without(role: Role) -> int:
        grants = [each for each in held if each.role is role]
        if any(each.kind != "lot" for each in grants):
            return 0
        return len(call.lots.keys() - {each.scope_id for each in grants})

    def short(role: Role, needed: int) -> int:
        return max(needed - sum(each.number for each in held if each.role is role), 0)

    first = min(call.opens_at.date(), clock.today())
    coached = call.procedure.coaching is not Coaching.none
    wanted: list[tuple[str, int, date | None]] = [
        ("admin_coordinator", lots_without(Role.coordinator), first),
        ("admin_coach", lots_without(Role.coach) if coached else 0, _coached_by(call)),
        ("admin_jurors", short(Role.juror, call.procedure.scores_needed), day_of(call.calendar, "jury_on")),
        ("admin_chair", short(Role.chair, int(call.procedure.meeting)), day_of(call.calendar, "jury_on")),
        ("admin_signatory", lots_without(Role.signatory), day_of(call.calendar, "decision_on")),
    ]
    return [Todo(code, number, due, call.title, values) for code, number, due in wanted]


def _coached_by(call: CallLine) -> date | None:
    before = call.procedure.coaching in (Coaching.before, Coaching.both)
    return day_of(call.calendar, "coaching" if before else "guidance")


def _held() -> list[Held]:
    been = exists(
        select(SignInLink.id).where(SignInLink.user_id == User.id, SignInLink.used_at.is_not(None))
    ).correlate(User)
    absent = and_(User.password_hash.is_(None), ~been)
    rows = db.session.execute(
        select(
            Grant.role, Grant.scope_kind, Grant.scope_id, func.count(), func.count().filter(absent)
        )
        .join(User, User.id == Grant.user_id)
        .where(User.active)
        .group_by(Grant.role, Grant.scope_kind, Grant.scope_id)
    )  # fmt: skip
    return [Held(*row) for row in rows]


def _lost() -> dict[int, int]:
    found = Counter[int]()
    for call_id, number in db.session.execute(lost()):
        found[call_id] += number
    return found


def lost() -> CompoundSelect[int, int]:
    """By call, what is lost, found by its state: it is little beside what was sent or is held; and what waits
    for a letter that failed, as it was counted while it happened.
    """
    one = aliased(OutboxMail)  # looked for in the index of states, even if statistics know of one state only
    of_state = OutboxMail.id.in_(select(one.id).where(one.state.in_(LOST)))
    call_id = OutboxMail.call_id + 0
    kept = select(call_id, func.count()).where(of_state, call_id.is_not(None))
    failed = select(MailTally.call_id, func.sum(MailTally.number)).where(MailTally.failed)
    failed = failed.group_by(MailTally.call_id).having(func.sum(MailTally.number) > 0)
    return union_all(kept.group_by(call_id), failed)


def _warned(call_ids: Sequence[int]) -> dict[int, int]:
    """By call, how much of its present set-up is worth a look."""
    loaded = (
        select(Event.trail_id, func.max(Event.sequence).label("sequence"))
        .where(Event.action.in_(("call_created", "call_changed")))
        .join(Call, Call.trail_id == Event.trail_id)
        .where(Call.id.in_(call_ids))
        .group_by(Event.trail_id)
        .subquery()
    )
    newest = (Event.trail_id == loaded.c.trail_id) & (Event.sequence == loaded.c.sequence)
    rows = db.session.execute(
        select(Call.id, Event.data).join(Event, Event.trail_id == Call.trail_id).join(loaded, newest)
    )
    return {row.id: len(row.data.get("warnings", ())) for row in rows}


def _standstill() -> Standstill | None:
    before = clock.now() - PATIENCE
    ready: ColumnElement[bool] = and_(
        OutboxMail.state.in_((MailState.queued, MailState.retry)), OutboxMail.not_before < before
    )
    written = and_(letters.unmade(), Letter.state == LetterState.written, Letter.written_at < before)
    row: Any = db.session.execute(
        select(
            select(func.count()).where(ready).select_from(OutboxMail).scalar_subquery(),
            select(func.min(OutboxMail.not_before)).where(ready).scalar_subquery(),
            select(func.count()).where(written).select_from(Letter).scalar_subquery(),
            select(func.min(Letter.written_at)).where(written).scalar_subquery(),
        )
    ).one()
    mails, mail_since, letters_left, letter_since = row
    since = min((each for each in (mail_since, letter_since) if each is not None), default=None)
    return Standstill(mails, letters_left, since) if since is not None else None
