"""The dossiers of one coach in the order in which they need one, and what there is to do about them.

What comes first hangs on every session of every one of them: the order is kept in a large call, what a page
says of the dossiers that it shows is read when it is asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from callflow.calls.models import Call, Lot
from callflow.calls.procedure import Procedure
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.rules import coachable, stage_of, stretch_of
from callflow.coaching.states import Follow, Stretch
from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.desk import kept
from callflow.desk.next import day_of
from callflow.desk.scope import reach
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task

WEEK = timedelta(days=7)
ALL, OPEN = "all", "open"
"""All dossiers of a coach in the order of the home; those that a session can be about, by need."""


@dataclass(frozen=True)
class Stands:
    """How it stands with a dossier of this coach. ``state`` is the one that was told; ``until`` the end of
    its coaching; ``sessions`` are those of the present stretch, ``advice`` is how much of it is open.

    ``agreed_on`` is the day agreed, while no session of that day or later is noted. ``now`` says whether it
    is in a stage of coaching; ``over`` that no session can be noted any more.
    """

    id: int
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
class CoachLot:
    """A lot in which a coach has a dossier, with what its call says of coaching."""

    id: int
    name: Mapping[str, str]
    days: int
    call_id: int
    reference: str
    call: Mapping[str, str]
    procedure: Procedure
    calendar: dict[str, Any]


@dataclass(frozen=True)
class Due:
    """How many, and the first day by which something is to be done; None without any."""

    number: int = 0
    day: date | None = None

    @classmethod
    def of(cls, days: Iterable[date | None]) -> "Due":
        """One for each of these days."""
        held = list(days)
        return cls(len(held), min((each for each in held if each is not None), default=None))

    def __add__(self, other: "Due") -> "Due":
        days = [each for each in (self.day, other.day) if each is not None]
        return Due(self.number + other.number, min(days, default=None))


@dataclass(frozen=True)
class ToDo:
    """What there is to do about all dossiers that need a coach ``now``: days agreed that passed or come, too
    few sessions, advice that is open.
    """

    now: int = 0
    missed: Due = Due()
    coming: Due = Due()
    short: Due = Due()
    advice: Due = Due()

    def __add__(self, other: "ToDo") -> "ToDo":
        return ToDo(
            self.now + other.now, self.missed + other.missed, self.coming + other.coming,
            self.short + other.short, self.advice + other.advice,
        )  # fmt: skip


Reading = kept.Reading[ToDo, int]


def readings(actor: Actor, lots: Mapping[int, CoachLot], *, part: str, page: int = 1) -> dict[int, Reading]:
    """By call, one page of the dossiers of this coach there. Who looks as a coach has it worked out at once:
    nobody keeps what only the two of them see.
    """
    found = {}
    for call_id in dict.fromkeys(lot.call_id for lot in lots.values()):
        reading = kept.read(KIND, actor, call_id, part=part, page=page)
        found[call_id] = reading or kept.on_the_spot(KIND, actor, call_id, part=part, page=page)
    return found


def _work(actor: Actor, call_id: int) -> kept.Work[ToDo, int]:
    """The order of the dossiers of this coach in a call, and what there is to do: two statements."""
    lots = lots_of(actor, Lot.call_id == call_id)
    lines = standing(actor, lots, Dossier.call_id == call_id)
    now = [line for line in lines if line.now]
    days = [line.until for line in now for _ in range(line.advice)]
    todo = ToDo(
        len(now),
        Due.of(line.agreed_on for line in now if line.missed),
        Due.of(line.agreed_on for line in now if line.soon and not line.missed),
        Due.of(line.until for line in now if line.sessions < line.needed),
        Due(len(days), Due.of(line.until for line in now).day),
    )
    able = [line for line in lines if not line.over]
    return kept.Work(
        todo,
        {
            ALL: [line.id for line in sorted(lines, key=at_home)],
            OPEN: [line.id for line in sorted(able, key=by_need)],
        },
    )


KIND = kept.Kind("coach", ToDo, int, _work, (Role.coach,), (P.coaching_log,))


def at_home(line: Stands) -> tuple[Any, ...]:
    """Who is seen this week by the day, then who needs a coach now by need, then the others by title."""
    if not line.now:
        return (2, line.title_key, line.id)
    if line.soon:
        return (0, line.agreed_on, line.title_key, line.id)
    return (1, *_need(line), line.id)


def by_need(line: Stands) -> tuple[Any, ...]:
    """The same as the home, but for the day: whoever is to be noted of was seen already."""
    return (not line.now, not line.soon, *_need(line), line.id)


def _need(line: Stands) -> tuple[bool, date, str]:
    """Who had too few sessions, and of those who was not seen for longest, first."""
    return line.sessions >= line.needed, line.last or date.min, line.title_key


def lots_of(actor: Actor, *narrower: ColumnElement[bool]) -> dict[int, CoachLot]:
    """The lots in which this coach has a dossier, the newest call first; each is read until one is found."""
    held = (
        select(Assignment.id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(
            Assignment.person_id == actor.id, Assignment.task == Task.coach, Dossier.lot_id == Lot.id,
            visible_to(actor, P.coaching_log),
        )
        .correlate(Lot)
    )  # fmt: skip
    rows = db.session.execute(
        select(
            Lot.id, Lot.name, Lot.coaching_days, Lot.call_id, Call.reference, Call.title, Call.procedure,
            Call.calendar,
        )
        .join(Call, Call.id == Lot.call_id)
        .where(reach(actor, (Role.coach,)), held.exists(), *narrower)
        .order_by(Call.opens_at.desc(), Call.id, Lot.position)
    )  # fmt: skip
    return {
        row.id: CoachLot(
            row.id, row.name, row.coaching_days or 0, row.call_id, row.reference, row.title,
            Procedure.of(row.procedure), row.calendar,
        )
        for row in rows
    }  # fmt: skip


def given_to(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """From the assignments of this coach, however many dossiers a call has."""
    given = select(Assignment.dossier_id).where(
        Assignment.person_id == actor.id, Assignment.task == Task.coach
    )
    return Dossier.id.in_(given), visible_to(actor, P.coaching_log)


def standing(actor: Actor, lots: Mapping[int, CoachLot], *narrower: ColumnElement[bool]) -> list[Stands]:
    """These dossiers of this coach by their titles: one statement."""
    mine = select(Dossier.id).where(*given_to(actor), *narrower).cte("mine")
    sessions, advice = _sessions(mine), _advice(mine)
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.title_key, Dossier.lot_id, Dossier.state, Dossier.shown_state,
            sessions.c.before, sessions.c.after, sessions.c.last, sessions.c.agreed, advice.c.open,
        )
        .join(mine, mine.c.id == Dossier.id)
        .outerjoin(sessions, sessions.c.dossier_id == Dossier.id)
        .outerjoin(advice, advice.c.dossier_id == Dossier.id)
        .order_by(Dossier.title_key, Dossier.id)
    )  # fmt: skip
    return [_stands(row, lots[row.lot_id]) for row in rows if row.lot_id in lots]


def _sessions(mine: Any) -> Any:
    def held(stretch: Stretch) -> Any:
        return func.count(case((session_dossier.c.stretch == stretch, 1)))

    return (
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


def _advice(mine: Any) -> Any:
    return (
        select(Advice.dossier_id, func.count().label("open"))
        .where(Advice.dossier_id.in_(select(mine.c.id)), Advice.follow_up == Follow.open)
        .group_by(Advice.dossier_id)
        .subquery()
    )


def _stands(row: Any, lot: CoachLot) -> Stands:
    stretch = stretch_of(lot.procedure, row.shown_state)
    held = row.before if stretch is Stretch.coaching else row.after
    stays = row.agreed is not None and row.last < row.agreed
    return Stands(
        row.id, row.title_key, row.lot_id, row.shown_state, held or 0, lot.procedure.sessions_needed,
        row.last, day_of(lot.calendar, stretch.value), stage_of(lot.procedure, row.shown_state) is not None,
        not coachable(row), row.open or 0, row.agreed if stays else None,
    )  # fmt: skip


def renew(actor: Actor, calls: Iterable[int]) -> None:
    """Take in what this coach did just now in these calls, within the same unit of work."""
    for call_id in dict.fromkeys(calls):
        kept.renew(KIND, actor, call_id)


def first_of(found: Mapping[int, Reading]) -> Sequence[int]:
    """The dossiers of all these pages."""
    return [each for reading in found.values() for each in reading.rows]
