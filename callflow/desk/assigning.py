"""What the coordinator sees of the jury of a call: who sits on it, the proposal asked for last, conflicts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.desk import kept
from callflow.desk.counts import counted
from callflow.desk.scope import CallLine, calls_of
from callflow.dossiers.models import Conflict, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import JUDGED, Task
from callflow.jury import profiles
from callflow.jury.models import AssignmentRun, JurorProfile
from callflow.jury.reasons import Ahead, Before, Pairing
from callflow.jury.shortage import Lack, Shortage
from callflow.jury.states import RunState
from callflow.jury.wishes import Wishes
from callflow.lifecycle import conflicts, proposing, seating
from callflow.lifecycle.seating import Juror
from callflow.people.models import User
from callflow.territory.models import Municipality

SHOWN = 50
"""Things that are lacking which a page names; of more it says how many."""


@dataclass(frozen=True)
class Busy:
    """What a juror has. ``now`` and ``then`` count dossiers: as it stands, and as the proposal has it."""

    person_id: int
    now: int = 0
    begun: int = 0
    then: int | None = None
    conflicts: int = 0


@dataclass(frozen=True)
class Figures:
    """What is added up of all dossiers, their jurors, and the proposal asked for last. ``run`` is its id once
    something was found; ``lacking`` are the first of so ``many`` things.
    """

    jurors: tuple[Busy, ...] = ()
    seats: int = 0
    run: int | None = None
    most: tuple[int, ...] = ()
    fair: tuple[int, ...] = ()
    lacking: tuple[Shortage, ...] = ()
    many: int = 0


@dataclass(frozen=True)
class Seated:
    """A dossier of the proposal with its jurors and why each is on it; the pairings do not name it."""

    dossier_id: int
    pairings: tuple[Pairing, ...]


@dataclass(frozen=True)
class OnPanel:
    """A juror of the call with what they have."""

    juror: Juror
    busy: Busy


@dataclass(frozen=True)
class Proposed:
    """A dossier of the proposal as the page names it."""

    reference: str
    title: str
    language: str
    pairings: Sequence[Pairing]


@dataclass(frozen=True)
class JuryPage:
    """The page. ``shown`` is one page of the ``panel``; ``names`` holds jurors by pseudonym, for reasons and
    for what lacks; ``reading`` is None while the figures are being worked out.
    """

    call: CallLine
    reading: kept.Reading[Figures, Seated] | None
    panel: Sequence[OnPanel]
    shown: kept.Leaf[OnPanel]
    dossiers: int
    run: AssignmentRun | None
    failure: str
    asked_by: str
    wishes: Wishes
    proposed: Sequence[Proposed]
    names: Mapping[str, str]

    @property
    def members(self) -> list[seating.Member]:
        """Everybody on the panel."""
        return [each.juror.user for each in self.panel]

    @property
    def figures(self) -> Figures:
        return self.reading.head if self.reading else NOTHING

    @property
    def current(self) -> bool:
        """Whether the figures hold what was found by the proposal asked for last."""
        return self.run is not None and self.figures.run == self.run.id

    @property
    def waits(self) -> bool:
        """Whether a worker still has something to do before everything is there."""
        if self.run is None or self.run.status is RunState.failed:
            return self.reading is None
        return waiting(self.run) or not self.current


NOTHING = Figures()


@dataclass(frozen=True)
class _Whole:
    """A whole call, as a role reaches it: who works on one lot of it divides no jury."""

    call_id: int


def call_of(reference: str, *, by: Actor) -> CallLine:
    """The call that this coordinator divides among its jurors. Raises NotFound for any other."""
    found = next((each for each in calls_of(by, Role.coordinator) if each.reference == reference), None)
    if found is None or not may(by, P.dossier_assign, _Whole(found.id)):
        raise NotFound
    return found


def jury_page(reference: str, *, by: Actor, page: int = 1, jurors_page: int = 1) -> JuryPage:
    """The jury of a call, in a number of statements that hangs on nothing. What a conflict hides from this
    coordinator is counted and named nowhere.
    """
    call = call_of(reference, by=by)
    reading = kept.read(KIND, by, call.id, lots=call.lots, page=page)
    jurors, (run, failure) = seating.jury_of(call.id), proposing.brief(call.id)
    dossiers = counted(by, [call.id]).total(states=frozenset(JUDGED))
    figures, rows = (reading.head, reading.rows) if reading else (NOTHING, ())
    busy = {each.person_id: each for each in figures.jurors}
    fresh = run is not None and figures.run == run.id
    panel = [OnPanel(each, busy.get(person_id, Busy(person_id))) for person_id, each in jurors.items()]
    return JuryPage(
        call=call, reading=reading, panel=panel, shown=kept.leaf_of(panel, jurors_page),
        dossiers=dossiers, run=run, failure=failure, asked_by=_name(run),
        wishes=Wishes.of(run.settings) if run else _usual(call, dossiers, len(jurors)),
        proposed=_proposed(by, call.id, rows if fresh else ()),
        names={each.user.pseudonym: each.user.name for each in jurors.values()},
    )  # fmt: skip


def _work(by: Actor, call_id: int) -> kept.Work[Figures, Seated]:
    """All that rests on every dossier, every juror on it, and every pairing of the proposal."""
    panel, run = seating.panel_of(call_id, by=by), proposing.latest(call_id)
    result = run.result if run is not None and run.status in FOUND else {}
    seen = {row.reference: row.id for row in panel.dossiers}
    names = {each.user.pseudonym for each in panel.jurors.values()}
    pairings = [_pairing(each) for each in result.get("pairings", []) if each["dossier"] in seen]
    lacking = [_shortage(each) for each in result.get("lacking", []) if each["name"] in {"", *seen, *names}]
    grouped: dict[str, list[Pairing]] = {}
    for each in pairings:
        grouped.setdefault(each.dossier, []).append(each)
    seats = Counter(
        person_id for (person_id, dossier_id), held in panel.seats.items()
        if held.task is Task.juror and (person_id, dossier_id) not in panel.apart
    )  # fmt: skip
    figures = Figures(
        tuple(_busy(call_id, panel, seats, pairings, by)), seats.total(),
        run.id if run is not None and result else None, tuple(result.get("most", ())),
        tuple(result.get("fair", ())), tuple(lacking[:SHOWN]), len(lacking),
    )  # fmt: skip
    rows = [
        Seated(id_, tuple(replace(each, dossier="") for each in grouped[reference]))
        for reference, id_ in seen.items()
        if reference in grouped
    ]
    return kept.Work(figures, {"": rows})


KIND = kept.Kind("assignment", Figures, Seated, _work, (Role.coordinator,), (P.scores_view,))
FOUND = (RunState.proposed, RunState.confirmed, RunState.impossible)


def _usual(call: CallLine, dossiers: int, jurors: int) -> Wishes:
    """What is filled in before anything was asked: the number of scores needed, and loads near each other."""
    each = min(max(call.procedure.scores_needed, 1), max(jurors, 1))
    mean = each * dossiers / max(jurors, 1)
    return Wishes(each, max(0, int(mean) - 1), int(mean) + 2)


def _busy(
    call_id: int, panel: seating.Panel, seats: Counter[int], pairings: Sequence[Pairing], by: Actor
) -> Iterator[Busy]:
    then = Counter(each.juror for each in pairings)
    begun = Counter(person_id for person_id, _ in panel.begun - panel.apart)
    counted = dict(
        db.session.execute(
            select(Conflict.person_id, func.count(func.distinct(Conflict.dossier_id)))
            .join(Dossier, Dossier.id == Conflict.dossier_id)
            .where(Dossier.call_id == call_id, Conflict.ended_at.is_(None), visible_to(by, P.scores_view))
            .group_by(Conflict.person_id)
        ).all()
    )  # fmt: skip
    for person_id, juror in panel.jurors.items():
        yield Busy(
            person_id, seats[person_id], begun[person_id],
            then[juror.user.pseudonym] if pairings else None, counted.get(person_id, 0),
        )  # fmt: skip


def _proposed(by: Actor, call_id: int, rows: Sequence[Seated]) -> list[Proposed]:
    """What these dossiers are called, those that this person sees and that still take jurors."""
    pairings = {row.dossier_id: row.pairings for row in rows}
    found = db.session.execute(
        select(Dossier.id, Dossier.reference, Dossier.title, Dossier.language)
        .where(
            Dossier.id.in_(pairings), Dossier.call_id == call_id, *conflicts.OPEN,
            visible_to(by, P.scores_view),
        )
        .order_by(Dossier.reference)
    )  # fmt: skip
    return [Proposed(row.reference, row.title, row.language, pairings[row.id]) for row in found]


def _pairing(stored: Mapping[str, Any]) -> Pairing:
    ahead = tuple(Ahead(juror, Before(why)) for juror, why in stored["ahead"])
    return Pairing(**{**stored, "demands": tuple(stored["demands"]), "ahead": ahead})


def _shortage(stored: Mapping[str, Any]) -> Shortage:
    return Shortage(**{**stored, "lack": Lack(stored["lack"])})


def _name(run: AssignmentRun | None) -> str:
    if run is None:
        return ""
    return db.session.scalar(select(User.name).where(User.id == run.asked_by)) or ""


@dataclass(frozen=True)
class KnownConflict:
    """A conflict of one juror, as it stands or stood."""

    conflict: Conflict
    reference: str
    title: str
    language: str
    place: str


@dataclass(frozen=True)
class JurorPage:
    """One juror of a call: what is known of them, and every conflict."""

    call: CallLine
    person_id: int
    name: str
    profile: JurorProfile | None
    languages: Sequence[str]
    lots: Mapping[str, dict[str, str]]
    towns: Sequence[Municipality]
    conflicts: Sequence[KnownConflict] = ()
    page: int = 1
    last: int = 1


def juror_page(reference: str, person_id: int, *, by: Actor, page: int = 1) -> JurorPage:
    """One juror of a call that this coordinator works on, with one page of their conflicts. Raises NotFound
    for who is no juror in it.
    """
    call = call_of(reference, by=by)
    found = _juror(call, person_id, seating.jurors_of(call.id, User.id == person_id).get(person_id))
    mine = (
        Dossier.call_id == call.id, Conflict.person_id == person_id, visible_to(by, P.scores_view)
    )  # fmt: skip
    number = select(func.count()).select_from(Conflict).join(Dossier, Dossier.id == Conflict.dossier_id)
    last = kept.pages_of(db.session.scalar(number.where(*mine)) or 0)
    page = min(max(page, 1), last)
    return replace(found, conflicts=_conflicts(mine, page), page=page, last=last)


def own_page(reference: str, *, by: Actor) -> JurorPage:
    """What a juror tells of themselves in a call; without conflicts: those would name dossiers."""
    call = next((each for each in calls_of(by, Role.juror) if each.reference == reference), None)
    if call is None or by.id is None:
        raise NotFound
    return _juror(call, by.id, db.session.get(User, by.id))


def _juror(call: CallLine, person_id: int, user: User | None) -> JurorPage:
    if user is None:
        raise NotFound
    lots = db.session.execute(select(Lot.key, Lot.name).where(Lot.call_id == call.id).order_by(Lot.position))
    towns = db.session.scalars(select(Municipality).order_by(Municipality.name_nl, Municipality.code))
    languages = db.session.scalars(select(Call.languages).where(Call.id == call.id)).one()
    named = {row[0]: row[1] for row in lots}
    return JurorPage(
        call, person_id, user.name, profiles.profile_of(call.id, person_id), languages, named, towns.all(),
    )  # fmt: skip


def _conflicts(mine: Sequence[ColumnElement[bool]], page: int) -> list[KnownConflict]:
    rows = db.session.execute(
        select(Conflict, Dossier.reference, Dossier.title, Dossier.language, Municipality)
        .join(Dossier, Dossier.id == Conflict.dossier_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(*mine)
        .order_by(Conflict.ended_at.is_not(None), Dossier.reference, Conflict.id)
        .limit(kept.PAGE)
        .offset((page - 1) * kept.PAGE)
    )
    return [KnownConflict(row[0], row[1], row[2], row[3], row[4].name if row[4] else "") for row in rows]


def waiting(run: AssignmentRun | None) -> bool:
    """Whether a worker still has something to do with it."""
    return run is not None and run.status in (RunState.waiting, RunState.running)
