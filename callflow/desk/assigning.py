"""What the coordinator sees of the jury of a call: who sits on it, the proposal asked for last, conflicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.desk.scope import CallLine, calls_of
from callflow.dossiers.models import Conflict, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Task
from callflow.jury import profiles
from callflow.jury.models import AssignmentRun, JurorProfile
from callflow.jury.reasons import Ahead, Before, Pairing
from callflow.jury.shortage import Lack, Shortage
from callflow.jury.states import RunState
from callflow.jury.wishes import Wishes
from callflow.lifecycle import proposing, seating
from callflow.lifecycle.seating import Juror
from callflow.people.models import User
from callflow.territory.models import Municipality

SIZE = 50


@dataclass(frozen=True)
class OnPanel:
    """A juror of the call. ``now`` and ``then`` count dossiers: as it stands, and as the proposal has it."""

    person_id: int
    juror: Juror
    now: int
    begun: int
    then: int | None
    conflicts: int


@dataclass(frozen=True)
class Proposed:
    """A dossier of the proposal with its jurors and why each is on it."""

    reference: str
    title: str
    language: str
    pairings: Sequence[Pairing]


@dataclass(frozen=True)
class JuryPage:
    """The page. ``names`` holds jurors by pseudonym, for reasons and for what lacks."""

    call: CallLine
    panel: Sequence[OnPanel]
    dossiers: int
    seats: int
    run: AssignmentRun | None
    asked_by: str
    wishes: Wishes
    proposed: Sequence[Proposed]
    lacking: Sequence[Shortage]
    names: Mapping[str, str]
    page: int
    last: int


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


def jury_page(reference: str, *, by: Actor, page: int = 1) -> JuryPage:
    """The jury of a call, in a number of statements that hangs on nothing. What a conflict hides from this
    coordinator is counted and named nowhere.
    """
    call = call_of(reference, by=by)
    panel, run = seating.panel_of(call.id, by=by), proposing.latest(call.id)
    seen = {row.reference for row in panel.dossiers}
    pairings = [
        _pairing(each) for each in (run.result.get("pairings", []) if run else []) if each["dossier"] in seen
    ]
    names = {each.user.pseudonym: each.user.name for each in panel.jurors.values()}
    seats = Counter(
        person_id for (person_id, dossier_id), held in panel.seats.items()
        if held.task is Task.juror and (person_id, dossier_id) not in panel.apart
    )  # fmt: skip
    last = max(1, -(-len({each.dossier for each in pairings}) // SIZE))
    page = min(max(page, 1), last)
    return JuryPage(
        call=call, panel=_on_panel(call, panel, seats, pairings, by), dossiers=len(panel.dossiers),
        seats=seats.total(), run=run, asked_by=_name(run),
        wishes=Wishes.of(run.settings) if run else _usual(call, len(panel.dossiers), len(panel.jurors)),
        proposed=_proposed(panel, pairings)[(page - 1) * SIZE : page * SIZE],
        lacking=[
            _shortage(each) for each in (run.result.get("lacking", []) if run else [])
            if each["name"] in {"", *seen, *names}
        ],
        names=names, page=page, last=last,
    )  # fmt: skip


def _usual(call: CallLine, dossiers: int, jurors: int) -> Wishes:
    """What is filled in before anything was asked: the number of scores needed, and loads near each other."""
    each = min(max(call.procedure.scores_needed, 1), max(jurors, 1))
    mean = each * dossiers / max(jurors, 1)
    return Wishes(each, max(0, int(mean) - 1), int(mean) + 2)


def _on_panel(
    call: CallLine, panel: seating.Panel, seats: Counter[int], pairings: Sequence[Pairing], by: Actor
) -> list[OnPanel]:
    then = Counter(each.juror for each in pairings)
    begun = Counter(person_id for person_id, _ in panel.begun - panel.apart)
    counted = dict(
        db.session.execute(
            select(Conflict.person_id, func.count(func.distinct(Conflict.dossier_id)))
            .join(Dossier, Dossier.id == Conflict.dossier_id)
            .where(Dossier.call_id == call.id, Conflict.ended_at.is_(None), visible_to(by, P.scores_view))
            .group_by(Conflict.person_id)
        ).all()
    )  # fmt: skip
    return [
        OnPanel(
            person_id, juror, seats[person_id], begun[person_id],
            then[juror.user.pseudonym] if pairings else None, counted.get(person_id, 0),
        )
        for person_id, juror in panel.jurors.items()
    ]  # fmt: skip


def _proposed(panel: seating.Panel, pairings: Sequence[Pairing]) -> list[Proposed]:
    grouped: dict[str, list[Pairing]] = {}
    for each in pairings:
        grouped.setdefault(each.dossier, []).append(each)
    return [
        Proposed(row.reference, row.title, row.language, grouped[row.reference])
        for row in panel.dossiers
        if row.reference in grouped
    ]


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


def juror_page(reference: str, person_id: int, *, by: Actor) -> JurorPage:
    """One juror of a call that this coordinator works on. Raises NotFound for who is no juror in it."""
    call = call_of(reference, by=by)
    found = _juror(call, person_id, seating.jurors_of(call.id).get(person_id))
    return replace(found, conflicts=_conflicts(call.id, person_id, by))


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


def _conflicts(call_id: int, person_id: int, by: Actor) -> list[KnownConflict]:
    rows = db.session.execute(
        select(Conflict, Dossier.reference, Dossier.title, Dossier.language, Municipality)
        .join(Dossier, Dossier.id == Conflict.dossier_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(Dossier.call_id == call_id, Conflict.person_id == person_id, visible_to(by, P.scores_view))
        .order_by(Conflict.ended_at.is_not(None), Dossier.reference, Conflict.id)
    )
    return [KnownConflict(row[0], row[1], row[2], row[3], row[4].name if row[4] else "") for row in rows]


def waiting(run: AssignmentRun | None) -> bool:
    """Whether a worker still has something to do with it."""
    return run is not None and run.status in (RunState.waiting, RunState.running)
