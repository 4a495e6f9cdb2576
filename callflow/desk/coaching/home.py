"""The coach's home: whom do I see this week, what did we agree, how many days are left."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from callflow.calls.models import Call, Lot
from callflow.calls.procedure import Procedure
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.rules import coachable, stage_of, stretch_of
from callflow.coaching.states import Follow, Stretch
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.desk import kept
from callflow.desk.coaching import days
from callflow.desk.coaching.days import Booked, Days
from callflow.desk.dossiers import found_by, place_of
from callflow.desk.next import day_of
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.people.models import Group
from callflow.territory.models import Municipality

WEEK = timedelta(days=7)
SIZE = 50


@dataclass(frozen=True)
class Stands:
    """How it stands with a dossier of this coach. ``state`` is the one that was told; ``until`` the end of its
    coaching; ``sessions`` are those of the present stretch, ``advice`` is how much of it is open.

    ``agreed_on`` is the day agreed, while no session of that day or later is noted. ``now`` says whether it is
    in a stage of coaching; ``over`` that no session can be noted any more.
    """

    id: int
    reference: str
    title_key: str
    lot_id: int
    state: State
    sessions: int
    needed: int
    last: date | None
    until: date | None
    now: bool
    over: bool
    advice: int
    agreed_on: date | None

    @property
    def missed(self) -> bool:
        """The day agreed passed, and no session was noted."""
        return self.agreed_on is not None and self.agreed_on < clock.today()

    @property
    def soon(self) -> bool:
        """Seen this week, or to be agreed anew because the day passed without a session."""
        return self.agreed_on is not None and self.agreed_on <= clock.today() + WEEK


@dataclass(frozen=True)
class Coached:
    """The same as a page shows it; ``agreed`` are the first words of advice that is open, ``note`` what was
    said of the day agreed.
    """

    stands: Stands
    title: str
    language: str
    place: str
    group: str
    contact: str
    phone: str | None
    call_id: int
    call: Mapping[str, str] = field(default_factory=dict)
    lot: Mapping[str, str] = field(default_factory=dict)
    agreed: Sequence[str] = ()
    note: str = ""

    @property
    def reference(self) -> str:
        return self.stands.reference


@dataclass(frozen=True)
class CoachHome:
    """``soon`` have an appointment within a week; ``present`` are the others that need a coach now, those
    without a session first; ``others`` are before or after that: in this order, in pages.

    ``now`` is how it stands with all that need a coach now, whatever page they are on; ``booked`` says by call
    when the days that were used were added up.
    """

    now: Sequence[Stands]
    soon: Sequence[Coached]
    present: Sequence[Coached]
    others: Sequence[Coached]
    days: Sequence[Days]
    booked: Mapping[str, kept.Reading[Booked, None] | None]
    page: int
    last: int


@dataclass(frozen=True)
class _Lot:
    """A lot with what its call says of coaching."""

    id: int
    name: Mapping[str, str]
    days: int
    call_id: int
    reference: str
    call: Mapping[str, str]
    procedure: Procedure
    calendar: Mapping[str, Any]


def coach_home(actor: Actor, *, page: int = 1) -> CoachHome:
    """The dossiers of this coach in five statements, and the days of their lots, added up by call."""
    lots = _lots(actor)
    lines = _stand(actor, lots)
    now = [line for line in lines if line.now]
    soon = sorted((line for line in now if line.soon), key=lambda line: (line.agreed_on, line.title_key))
    present = sorted((line for line in now if not line.soon), key=_by_need)
    last = max(1, -(-len(lines) // SIZE))
    page = min(max(page, 1), last)
    ordered = [*soon, *present, *(line for line in lines if not line.now)]
    here = ordered[(page - 1) * SIZE : page * SIZE]
    notes, agreed = _notes([line.id for line in here]), _agreed([line.id for line in here])
    shown = [
        replace(each, agreed=agreed.get(each.stands.id, ()), note=notes.get(each.stands.id, ""))
        for each in _shown(here, lots)
    ]
    calls = {lot.reference: lot.call_id for lot in lots.values()}
    booked = {reference: kept.read(days.KIND, actor, call_id) for reference, call_id in calls.items()}
    return CoachHome(
        now=now,
        soon=[each for each in shown if each.stands.now and each.stands.soon],
        present=[each for each in shown if each.stands.now and not each.stands.soon],
        others=[each for each in shown if not each.stands.now],
        days=[_days(lot, booked[lot.reference]) for lot in lots.values()],
        booked=booked,
        page=page,
        last=last,
    )


@dataclass(frozen=True)
class Choices:
    """The dossiers that a session can be about, by their titles; ``total`` is how many fit what is asked."""

    lines: Sequence[Coached]
    total: int


def session_choices(actor: Actor, *, asked: Collection[str] = (), words: str = "") -> Choices:
    """The dossiers that a session of this coach can be about, in three statements.

    Of many, those ``asked`` for by reference, and those that need a session most; ``words`` looks for others.
    """
    lots = _lots(actor)
    looked_for = [found_by(words) | Dossier.reference.in_(asked)] if words.strip() else []
    lines = [line for line in _stand(actor, lots, *looked_for) if not line.over]
    first = sorted(
        lines, key=lambda line: (line.reference not in asked, not line.now, not line.soon, _by_need(line))
    )
    kept = {line.id for line in first[: max(SIZE, len(asked))]}
    return Choices(_shown([line for line in lines if line.id in kept], lots), len(lines))


def served(actor: Actor, references: Collection[str]) -> list[Coached]:
    """Of these dossiers, those that a session of this coach can be about: three statements."""
    lots = _lots(actor)
    lines = [line for line in _stand(actor, lots, Dossier.reference.in_(references)) if not line.over]
    return _shown(lines, lots)


def _by_need(line: Stands) -> tuple[bool, date, str]:
    """Who had too few sessions, and of those who was not seen for longest, first."""
    return line.sessions >= line.needed, line.last or date.min, line.title_key


def _days(lot: _Lot, booked: kept.Reading[Booked, None] | None) -> Days:
    used = booked.head.in_lot(lot.id) / lot.procedure.day_minutes if booked else None
    return Days(lot.reference, lot.call, lot.name, lot.days, used)


def _lots(actor: Actor) -> dict[int, _Lot]:
    """The lots in which this coach has a dossier, the newest call first."""
    rows = db.session.execute(
        select(
            Lot.id, Lot.name, Lot.coaching_days, Lot.call_id, Call.reference, Call.title, Call.procedure,
            Call.calendar,
        )
        .join(Call, Call.id == Lot.call_id)
        .where(Lot.id.in_(select(Dossier.lot_id).where(*_mine(actor))))
        .order_by(Call.opens_at.desc(), Call.id, Lot.position)
    )
    return {
        row.id: _Lot(
            row.id, row.name, row.coaching_days or 0, row.call_id, row.reference, row.title,
            Procedure.of(row.procedure), row.calendar,
        )
        for row in rows
    }  # fmt: skip


def _mine(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """From the assignments of this coach, however many dossiers a call has."""
    given = select(Assignment.dossier_id).where(
        Assignment.person_id == actor.id, Assignment.task == Task.coach
    )
    return Dossier.id.in_(given), visible_to(actor, P.coaching_log)


def _stand(actor: Actor, lots: Mapping[int, _Lot], *narrower: ColumnElement[bool]) -> list[Stands]:
    """All dossiers of this coach by their titles, with what their order hangs on and no more."""
    mine = select(Dossier.id).where(*_mine(actor), *narrower).cte("mine")

    def held(stretch: Stretch) -> Any:
        return func.count(case((session_dossier.c.stretch == stretch, 1)))

    sessions = (
        select(
            session_dossier.c.dossier_id, held(Stretch.coaching).label("before"),
            held(Stretch.guidance).label("after"), func.max(Session.held_on).label("last"),
            func.max(Session.next_on).label("agreed"),
        )
        .join(Session, Session.id == session_dossier.c.session_id)
        .where(session_dossier.c.dossier_id.in_(select(mine.c.id)))
        .group_by(session_dossier.c.dossier_id)
        .subquery()
    )  # fmt: skip
    advice = (
        select(Advice.dossier_id, func.count().label("open"))
        .where(Advice.dossier_id.in_(select(mine.c.id)), Advice.follow_up == Follow.open)
        .group_by(Advice.dossier_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.reference, Dossier.title_key, Dossier.lot_id, Dossier.state,
            Dossier.shown_state,
            sessions.c.before, sessions.c.after, sessions.c.last, sessions.c.agreed, advice.c.open,
        )
        .join(mine, mine.c.id == Dossier.id)
        .outerjoin(sessions, sessions.c.dossier_id == Dossier.id)
        .outerjoin(advice, advice.c.dossier_id == Dossier.id)
        .order_by(Dossier.title_key, Dossier.id)
    )  # fmt: skip
    return [_line(row, lots[row.lot_id]) for row in rows if row.lot_id in lots]


def _line(row: Any, lot: _Lot) -> Stands:
    stretch = stretch_of(lot.procedure, row.shown_state)
    held = row.before if stretch is Stretch.coaching else row.after
    stays = row.agreed is not None and row.last < row.agreed
    return Stands(
        row.id, row.reference, row.title_key, row.lot_id, row.shown_state, held or 0, lot.procedure.sessions_needed,
        row.last, day_of(lot.calendar, stretch.value), stage_of(lot.procedure, row.shown_state) is not None,
        not coachable(row), row.open or 0, row.agreed if stays else None,
    )  # fmt: skip


def _shown(lines: Sequence[Stands], lots: Mapping[int, _Lot]) -> list[Coached]:
    """These as a page names them, in their order."""
    ids = [line.id for line in lines]
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.title, Dossier.language, Dossier.village, Dossier.call_id,
            Group.name.label("group"), Group.contact_name, Group.contact_phone, Municipality.country,
            Municipality.name_nl, Municipality.name_fr,
        )
        .outerjoin(Group, Group.id == Dossier.group_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(Dossier.id.in_(ids))
    )  # fmt: skip
    found = {row.id: row for row in rows}
    return [_coached(found[line.id], line, lots[line.lot_id]) for line in lines if line.id in found]


def _coached(row: Any, line: Stands, lot: _Lot) -> Coached:
    town = row.name_nl if row.country == "BE" else row.name_fr
    return Coached(
        line, row.title, row.language, place_of(row.village, town, row.country), row.group or "",
        row.contact_name or "", row.contact_phone, row.call_id, lot.call, lot.name,
    )  # fmt: skip


def _notes(dossier_ids: Sequence[int]) -> dict[int, str]:
    """What was said of the last day that was agreed with each."""
    rows = db.session.execute(
        select(session_dossier.c.dossier_id, Session.next_note)
        .join(Session, Session.id == session_dossier.c.session_id)
        .where(session_dossier.c.dossier_id.in_(dossier_ids), Session.next_on.is_not(None))
        .order_by(Session.next_on, Session.id)
    )
    return {row.dossier_id: row.next_note for row in rows}


def _agreed(dossier_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(Advice.dossier_id, Advice.text)
        .where(Advice.dossier_id.in_(dossier_ids), Advice.follow_up == Follow.open)
        .order_by(Advice.id)
    )
    found: dict[int, list[str]] = {}
    for dossier_id, text in rows:
        found.setdefault(dossier_id, []).append(text)
    return found
