"""Pilots in lists: the staff's, with figures by state; the public's; and what they gave to a call."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Dossier, Party
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Kind, Part, State
from callflow.lifecycle import pilot as lifecycle
from callflow.people.models import Group
from callflow.pilots import queries, rules
from callflow.pilots.models import Feed, Finding, Milestone, Pilot, PilotReport, Track
from callflow.pilots.states import CHOSEN, FINDING, FindingKind, Progress

SIZE = 50
LAST_OF_ALL = date(9999, 12, 31)
"""Pilots without a day come after those that have one, on both databases."""
COLUMNS = {
    "title": Pilot.title_key,
    "state": Pilot.state,
    "since": Pilot.state_since,
    "report": func.coalesce(Pilot.report_due_on, LAST_OF_ALL),
    "reference": Pilot.reference,
}
HEADINGS = (
    "reference", "title", "language", "lot", "state", "since", "governments", "guiding_partners",
    "milestones", "milestones_done", "methods", "lessons", "report_due_on",
)  # fmt: skip
"""Names that an import finds its columns by: the same in every language."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see; ``sort`` is a column, with - for downward."""

    q: str = ""
    state: State | None = None
    lot: int | None = None
    sort: str = "-since"
    page: int = 1


@dataclass(frozen=True)
class Line:
    """A pilot of the list, with names of who carries it and how far its plan is."""

    reference: str
    title: str
    language: str
    lot_id: int
    state: State
    since: datetime
    governments: Sequence[str]
    guides: Sequence[str]
    milestones: int
    done: int
    methods: int
    lessons: int
    report_due_on: date | None
    late: bool


@dataclass(frozen=True)
class Progressed:
    """What was promised and how far it is: pilots by state, in the order of their road; ``late`` is how many
    have not sent their report though its day has passed.
    """

    promised: int | None
    by_state: Mapping[State, int]
    late: int = 0

    @property
    def chosen(self) -> int:
        """How many count towards the promise."""
        return sum(number for state, number in self.by_state.items() if state in CHOSEN)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def whole(self) -> int:
        """What a full bar stands for: the promise, or all pilots where there are more."""
        return max(self.promised or 1, *self.by_state.values(), 1)


@dataclass(frozen=True)
class Listing:
    """A page of the staff's list. ``progress`` is that of the whole call, whatever is filtered."""

    lines: Sequence[Line]
    total: int
    page: int
    last: int
    progress: Progressed
    track: Track | None


def listing(actor: Actor, call: CallLine, asked: Asked) -> Listing:
    """One page in a fixed number of statements."""
    mine = (Pilot.call_id == call.id, visible_to(actor, P.pilot_view))
    track = queries.track_of(call.id)
    progress = _progress(track.promised if track else None, *mine)
    where = [*mine, *_asked(asked)]
    total = db.session.scalar(select(func.count()).select_from(Pilot).where(*where)) or 0
    last = max(1, -(-total // SIZE))
    page = min(max(asked.page, 1), last)
    lines = _lines(where, asked.sort, limit=SIZE, offset=(page - 1) * SIZE)
    return Listing(lines, total, page, last, progress, track)


def rows(actor: Actor, call: CallLine, asked: Asked, *, lots: Mapping[int, str]) -> Iterator[Sequence[str]]:
    """The list as a table: headings, then a row a pilot; there are never so many that it needs batches."""
    yield HEADINGS
    where = [Pilot.call_id == call.id, visible_to(actor, P.pilot_view), *_asked(asked)]
    for each in _lines(where, asked.sort):
        yield (
            each.reference, each.title, each.language, lots[each.lot_id], each.state.value,
            clock.local(each.since).strftime("%Y-%m-%d %H:%M:%S"), "; ".join(each.governments),
            "; ".join(each.guides), str(each.milestones), str(each.done), str(each.methods),
            str(each.lessons), each.report_due_on.isoformat() if each.report_due_on else "",
        )  # fmt: skip


def _asked(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if words := asked.q.strip().casefold():
        named = select(Party.dossier_id).join(Group, Group.id == Party.group_id)
        named = named.where(func.lower(Group.name).contains(words, autoescape=True))
        found.append(
            or_(
                Pilot.title_key.contains(words, autoescape=True),
                Pilot.reference.startswith(words.upper(), autoescape=True),
                Pilot.id.in_(named),
            )
        )
    if asked.state is not None:
        found.append(Pilot.state == asked.state)
    if asked.lot is not None:
        found.append(Pilot.lot_id == asked.lot)
    return found


def _lines(
    where: Sequence[ColumnElement[bool]], sort: str, *, limit: int | None = None, offset: int = 0
) -> list[Line]:
    column = COLUMNS[sort.removeprefix("-")]
    order = column.desc() if sort.startswith("-") else column.asc()
    pilots = db.session.scalars(
        select(Pilot)
        .where(*where)
        .options(selectinload(Pilot.parties).options(joinedload(Party.group), joinedload(Party.municipality)))
        .order_by(order, Pilot.id)
        .limit(limit)
        .offset(offset)
    ).all()
    ids = [each.id for each in pilots]
    plans = _counted(Milestone.pilot_id, Milestone.progress, Milestone.pilot_id.in_(ids))
    found = _counted(Finding.pilot_id, Finding.kind, Finding.pilot_id.in_(ids))
    return [_line(each, plans, found) for each in pilots]


def _counted(owner: object, kind: object, *where: ColumnElement[bool]) -> Counter[tuple[int, object]]:
    rows_found = db.session.execute(
        select(owner, kind, func.count()).where(*where).group_by(owner, kind)  # type: ignore[call-overload]  # any two columns
    )
    return Counter({(row[0], row[1]): row[2] for row in rows_found})


def _line(
    pilot: Pilot, plans: Counter[tuple[int, object]], found: Counter[tuple[int, object]]
) -> Line:  # fmt: skip
    governments = [
        each.municipality.name if each.municipality else each.group.name
        for each in pilot.parties
        if each.part is Part.government
    ]
    return Line(
        pilot.reference, pilot.title, pilot.language, pilot.lot_id, pilot.state, pilot.state_since,
        governments, [each.group.name for each in pilot.parties if each.part is Part.guide],
        sum(plans[pilot.id, each] for each in Progress if each is not Progress.dropped),
        plans[pilot.id, Progress.done], found[pilot.id, FindingKind.method],
        found[pilot.id, FindingKind.lesson], pilot.report_due_on, rules.report_late(pilot),
    )  # fmt: skip


def _progress(promised: int | None, *where: ColumnElement[bool]) -> Progressed:
    late = and_(Pilot.state.in_(FINDING), Pilot.report_due_on < clock.today())
    counted = select(Pilot.state, func.count(), func.sum(case((late, 1), else_=0)))
    found = db.session.execute(counted.where(*where).group_by(Pilot.state)).all()
    return _counts(promised, {row[0]: row[1] for row in found}, sum(row[2] for row in found))


def _counts(promised: int | None, numbers: Mapping[State, int], late: int = 0) -> Progressed:
    road = [State(name) for name in lifecycle.workflow().states]
    return Progressed(promised, {state: numbers[state] for state in road if numbers.get(state)}, late)


@dataclass(frozen=True)
class PublicLine:
    """A pilot as everybody may see it: the state decides how much."""

    pilot: Pilot
    governments: Sequence[str]
    guides: Sequence[str]

    @property
    def closed(self) -> bool:
        return self.pilot.state is State.closed


@dataclass(frozen=True)
class PublicTrack:
    """The pilots of one call for everybody."""

    call: Call
    progress: Progressed
    lines: Sequence[PublicLine]


def for_everybody() -> list[PublicTrack]:
    """Every call that has pilots, the newest first, with those that were selected; four statements."""
    tracks = db.session.scalars(
        select(Track).options(joinedload(Track.call)).order_by(Track.call_id.desc())
    ).all()
    pilots = db.session.scalars(
        _public()
        .where(Pilot.call_id.in_([each.call_id for each in tracks]))
        .order_by(Pilot.title_key, Pilot.id)
    ).all()
    by_call: dict[int, list[Pilot]] = {}
    for pilot in pilots:
        by_call.setdefault(pilot.call_id, []).append(pilot)
    return [
        PublicTrack(
            track.call,
            _counts(track.promised, Counter(each.state for each in by_call.get(track.call_id, []))),
            [_public_line(each) for each in by_call.get(track.call_id, [])],
        )
        for track in tracks
    ]


def _public() -> Select[Pilot]:
    return (
        select(Pilot)
        .where(Pilot.kind == Kind.pilot, Pilot.shown_state.in_(CHOSEN))
        .options(
            joinedload(Pilot.call),
            selectinload(Pilot.parties).options(joinedload(Party.group), joinedload(Party.municipality)),
        )
    )


def _public_line(pilot: Pilot) -> PublicLine:
    governments = [
        f"{each.municipality.name} ({each.municipality.country})" if each.municipality else each.group.name
        for each in pilot.parties
        if each.part is Part.government
    ]
    return PublicLine(
        pilot, governments, [each.group.name for each in pilot.parties if each.part is Part.guide]
    )


@dataclass(frozen=True)
class PublicPage:
    """One pilot for everybody: the plan once it runs, findings and figures once it is closed."""

    line: PublicLine
    plan: Sequence[Milestone]
    findings: Sequence[Finding]
    report: PilotReport | None


def public_page(ref: str) -> PublicPage:
    """What the state makes public. Raises NotFound for a pilot that was not selected."""
    pilot = db.session.scalar(_public().where(Pilot.reference == ref))
    if pilot is None:
        raise NotFound
    line = _public_line(pilot)
    plan = [] if pilot.state is State.selected else queries.plan_of(pilot)
    shown = [each for each in plan if each.progress is not Progress.dropped]
    if not line.closed:
        return PublicPage(line, shown, [], None)
    return PublicPage(line, shown, queries.findings_of(pilot), queries.report_of(pilot))


@dataclass(frozen=True)
class Fed:
    """What a pilot gave to a call."""

    reference: str
    title: str
    language: str
    kind: FindingKind
    finding: str
    finding_language: str
    how: str


def fed(call_id: int) -> list[Fed]:
    """The findings that went into this call, by pilot; for its staff, whichever call the pilot is of."""
    found = db.session.execute(
        select(
            Dossier.reference, Dossier.title, Dossier.language, Finding.kind, Finding.title, Finding.language,
            Feed.how,
        )
        .join(Finding, Finding.id == Feed.finding_id)
        .join(Dossier, Dossier.id == Finding.pilot_id)
        .where(Feed.call_id == call_id)
        .order_by(Dossier.title_key, Feed.id)
    )  # fmt: skip
    return [Fed(*row) for row in found]
