"""The report of coaching: of one project, and of a call; sessions, hours, advice and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.coaching import queries as coaching
from callflow.coaching.models import Advice, Waiver
from callflow.coaching.queries import Logged
from callflow.coaching.states import Follow
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import Permission
from callflow.desk import kept
from callflow.desk.coaching import team
from callflow.desk.coaching.coaches import Coaching, coaches_of
from callflow.desk.coaching.days import Days
from callflow.desk.coaching.projects import Line, lines_of
from callflow.desk.coaching.team import REPORTED, Followed
from callflow.desk.dossier import place_in_words
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier

PAGES = 6
"""Pages of a list that go into one document: drawing three hundred projects takes about three seconds."""
SIZE = PAGES * kept.PAGE


@dataclass(frozen=True)
class ProjectReport:
    """One project: oldest session first; ``minutes`` are its part of shared sessions. No notes for staff."""

    dossier: Application
    place: str
    log: Sequence[Logged]
    waivers: Sequence[tuple[Waiver, str]]
    minutes: Fraction
    advice: Followed


@dataclass(frozen=True)
class Row:
    """One project of a call."""

    line: Line
    advice: Followed
    waived: bool


@dataclass(frozen=True)
class CallReport:
    """A call: its projects that were coached, by lot in their order, with what each lot used.

    ``part`` of ``parts``: the projects of a large call go into several documents, each with all the sums.
    """

    call: CallLine
    reading: kept.Reading[team.Figures, int]
    coaches: Sequence[Coaching]
    lots: Sequence[tuple[Days, Sequence[Row]]]
    advice: Followed
    part: int
    parts: int


def project_report(ref: str, *, by: Actor, permission: Permission) -> ProjectReport:
    """The report of a project for who may read it with this permission. Raises NotFound."""
    dossier = dossiers.seen(ref, by=by, kind=Application, permission=permission)
    log = coaching.log_of(dossier)[::-1]
    minutes = coaching.minutes_by_dossier(select(Dossier.id).where(Dossier.id == dossier.id))
    return ProjectReport(
        dossier,
        place_in_words(dossier),
        log,
        coaching.waivers_of(dossier.id),
        minutes.get(dossier.id, Fraction(0)),
        _followed([given.advice.follow_up for logged in log for given in logged.given]),
    )


def parts_of(reading: kept.Reading[team.Figures, int]) -> int:
    """How many documents the projects of a call fill."""
    return max(1, -(-reading.counts.get(REPORTED, 0) // SIZE))


def call_report(actor: Actor, call: CallLine, *, part: int = 1) -> CallReport | None:
    """The report of a call as far as this coordinator's reach goes; None while it is being worked out."""
    found = _read(actor, call, part)
    if found is None:
        return None
    reading, ids, part = found
    coaches = coaches_of(call, reading.head.coaches)
    lines = team.in_order(ids, lines_of(actor, call, team.names(coaches), Dossier.id.in_(ids)))
    advice = _advice(ids)
    waived = set(db.session.scalars(select(Waiver.dossier_id).where(Waiver.dossier_id.in_(ids))))
    rows = [Row(line, _followed(advice.get(line.id, ())), line.id in waived) for line in lines]
    days = dict(zip(call.lots, team.days_of(call, reading), strict=True))
    return CallReport(
        call, reading, coaches,
        [(days[lot_id], [row for row in rows if row.line.lot_id == lot_id]) for lot_id in call.lots],
        reading.head.advice, part, parts_of(reading),
    )  # fmt: skip


def _read(
    actor: Actor, call: CallLine, part: int
) -> tuple[kept.Reading[team.Figures, int], Sequence[int], int] | None:
    """The figures, the projects of one part, and which part that is: there may be fewer than asked for."""
    reading = kept.read(team.KIND, actor, call.id, lots=call.lots, part=REPORTED, page=(part - 1) * PAGES + 1)
    if reading is None:
        return None
    part = (reading.page - 1) // PAGES + 1
    if reading.made_at is None:
        return reading, team.KIND.work(actor, call.id).parts[REPORTED][(part - 1) * SIZE : part * SIZE], part
    ids: list[int] = []
    for page in range((part - 1) * PAGES + 1, min(part * PAGES, reading.pages) + 1):
        more = kept.read(team.KIND, actor, call.id, lots=call.lots, part=REPORTED, page=page)
        ids += more.rows if more else ()
    return reading, list(dict.fromkeys(ids)), part


def _advice(ids: Sequence[int]) -> Mapping[int, list[Follow]]:
    rows = db.session.execute(select(Advice.dossier_id, Advice.follow_up).where(Advice.dossier_id.in_(ids)))
    found: dict[int, list[Follow]] = {}
    for dossier_id, follow in rows:
        found.setdefault(dossier_id, []).append(follow)
    return found


def _followed(given: Sequence[Follow]) -> Followed:
    return Followed(
        *(sum(each is which for each in given) for which in (Follow.done, Follow.dropped, Follow.open))
    )
