"""The assignment of the jurors of a call: what it is made of, and what a confirmed proposal changes."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor, Role, Scope
from callflow.core.db import db
from callflow.core.permissions import P, require
from callflow.dossiers import actions as dossiers
from callflow.dossiers.models import Assignment, Conflict, Dossier, Exclusion, Standing
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Task
from callflow.jury import actions as jury
from callflow.jury import assignment, profiles
from callflow.jury.assignment import Demand, Pair
from callflow.jury.models import JurorProfile, Sheet
from callflow.jury.reasons import explained
from callflow.jury.wishes import Earlier, Wishes, fits
from callflow.lifecycle.conflicts import OPEN
from callflow.people.models import Grant, User
from callflow.territory.models import Municipality


@dataclass(frozen=True)
class Member:
    """Who a juror is."""

    id: int
    name: str
    pseudonym: str
    language: str


@dataclass(frozen=True)
class Juror:
    """A juror of the call: what they read and know, and from which side of the border they come."""

    user: Member
    scopes: tuple[Scope, ...]
    languages: frozenset[str]
    lots: frozenset[str]
    country: str | None
    excused: bool


@dataclass(frozen=True)
class Panel:
    """The jurors of a call, its open dossiers, and what binds both; all by id."""

    jurors: Mapping[int, Juror]
    dossiers: Sequence[Any]
    seats: Mapping[tuple[int, int], Assignment]
    apart: frozenset[tuple[int, int]]
    begun: frozenset[tuple[int, int]]


def jurors_of(call_id: int, *who: ColumnElement[bool]) -> dict[int, User]:
    """Everybody who is a juror in a call or a lot of it, by id; of these people only where that is asked."""
    theirs = select(Grant.user_id).where(*_judging(call_id))
    people = select(User).where(User.active, User.id.in_(theirs), *who).order_by(User.name, User.id)
    return {each.id: each for each in db.session.scalars(people)}


def _judging(call_id: int) -> tuple[ColumnElement[bool], ...]:
    """The grants that make jurors in this call."""
    lots = select(Lot.id).where(Lot.call_id == call_id)
    reach = or_(
        Grant.scope_kind == "all", (Grant.scope_kind == "call") & (Grant.scope_id == call_id),
        (Grant.scope_kind == "lot") & Grant.scope_id.in_(lots),
    )  # fmt: skip
    return Grant.role == Role.juror, reach


def panel_of(call_id: int, *, by: Actor | None = None) -> Panel:
    """What an assignment of this call is made of, as it stands now: seven statements. What ``by`` may not see
    is left out of it: then it is for reading only.
    """
    open_ones = (Dossier.call_id == call_id, *OPEN, *([visible_to(by, P.scores_view)] if by else []))
    rows = db.session.execute(
        select(
            Dossier.id,
            Dossier.reference,
            Dossier.title,
            Dossier.language,
            Dossier.call_id,
            Dossier.lot_id,
            Lot.key,
        )
        .join(Lot, Lot.id == Dossier.lot_id)
        .where(*open_ones)
        .order_by(Dossier.reference)
    ).all()
    inside = select(Dossier.id).where(*open_ones)
    seats = select(Assignment).where(Assignment.dossier_id.in_(inside))
    conflicts = select(Conflict.person_id, Conflict.dossier_id).where(
        Conflict.dossier_id.in_(inside), Conflict.ended_at.is_(None)
    )
    excluded = select(Exclusion.person_id, Exclusion.dossier_id).where(Exclusion.dossier_id.in_(inside))
    begun = select(Sheet.juror_id, Sheet.dossier_id).where(Sheet.dossier_id.in_(inside))
    return Panel(
        jury_of(call_id),
        rows,
        {(each.person_id, each.dossier_id): each for each in db.session.scalars(seats)},
        frozenset((row[0], row[1]) for row in db.session.execute(conflicts.union(excluded))),
        frozenset((row[0], row[1]) for row in db.session.execute(begun)),
    )


def task_of(panel: Panel, wishes: Wishes) -> assignment.Task:
    """The panel as the solver takes it: jurors by pseudonym, dossiers by reference."""
    names = {person_id: each.user.pseudonym for person_id, each in panel.jurors.items()}
    kept = {
        (names[person_id], row.reference)
        for row in panel.dossiers
        for person_id in names
        if _kept(panel, person_id, row.id, wishes)
    }
    pairs = [
        Pair(names[person_id], row.reference, *_affinity(panel, person_id, row, wishes))
        for row in panel.dossiers
        for person_id in names
    ]
    return assignment.Task(
        pairs, wishes.per_dossier, wishes.min_load, wishes.max_load,
        frozenset(frozenset(names[each] for each in two) for two in wishes.apart if set(two) <= set(names)),
        frozenset(kept), list(_demands(panel, wishes)),
        frozenset(names[person_id] for person_id, each in panel.jurors.items() if each.excused),
    )  # fmt: skip


def digest_of(task: assignment.Task) -> str:
    """The same for the same question, whatever the order of rows."""
    said = [
        sorted((each.juror, each.dossier, each.affinity, each.conflict) for each in task.pairs),
        [task.per_dossier, task.min_load, task.max_load], sorted(sorted(two) for two in task.apart),
        sorted(task.kept), sorted(task.exempt),
        sorted((each.code, each.dossier, sorted(each.jurors), each.least) for each in task.demands),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def solved(task: assignment.Task, *, progress: Callable[[str], None]) -> dict[str, Any]:
    """The assignment with both ends and the reasons, as it is kept. Raises Infeasible, Unsolved."""
    found = assignment.assign(task, progress=progress)
    return {
        "most": [found.most.total, found.most.smallest],
        "fair": [found.fair.total, found.fair.smallest],
        "pairings": [
            {
                "juror": each.juror, "dossier": each.dossier, "affinity": each.affinity, "rank": each.rank,
                "of": each.of, "kept": each.kept, "demands": list(each.demands),
                "ahead": [[ahead.juror, ahead.why.value] for ahead in each.ahead],
            }
            for each in explained(task, found.pairings)
        ],
    }  # fmt: skip


def seat(actor: Actor, call: Call, panel: Panel, pairings: Iterable[tuple[str, str]]) -> int:
    """Put jurors on the locked dossiers of a call as a proposal says; how many came or went."""
    require(actor, P.dossier_assign, call)
    ids = {each.user.pseudonym: person_id for person_id, each in panel.jurors.items()}
    places = {row.reference: row.id for row in panel.dossiers}
    wanted: dict[int, set[int]] = {row.id: set() for row in panel.dossiers}
    for juror, reference in pairings:
        wanted[places[reference]].add(ids[juror])
    changed = 0
    for dossier in _loaded(wanted):
        sitting = {
            who: held
            for (who, of), held in panel.seats.items()
            if of == dossier.id and held.task is Task.juror
        }
        add = sorted(wanted[dossier.id] - set(sitting))
        away = [
            held
            for who, held in sorted(sitting.items())
            if who not in wanted[dossier.id] and (who, dossier.id) not in panel.apart | panel.begun
        ]
        if add or away:
            mine = panel.seats.get((actor.id or 0, dossier.id))
            dossier.standing = Standing(
                actor.id, mine.task if mine else None, excluded=_excluded(actor, dossier)
            )
            dossiers.seat_jurors(actor, dossier, add=add, away=away)
            changed += len(add) + len(away)
    return changed


def excuse(actor: Actor, call: Call, *, person_id: int, reason: str) -> int:
    """A juror gets nothing more in this call; what they did not hand in goes to others. From how many
    dossiers they were taken.
    """
    profiles.excuse_from_call(actor, call, person_id=person_id, reason=reason)
    lock(call.id)
    handed_in = select(Sheet.dossier_id).where(Sheet.juror_id == person_id, Sheet.given_at.is_not(None))
    theirs = (
        select(Assignment.dossier_id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(
            Dossier.call_id == call.id, *OPEN, Assignment.person_id == person_id,
            Assignment.task == Task.juror, Assignment.dossier_id.not_in(handed_in),
        )
    )  # fmt: skip
    left = _loaded(db.session.scalars(theirs).all())
    for dossier in left:
        dossier.standing = Standing(actor.id, excluded=_excluded(actor, dossier))
        jury.excuse(actor, dossier, juror_id=person_id, reason=reason)
    return len(left)


def lock(call_id: int) -> None:
    """Take every open dossier of a call for the running unit of work, in the order of their ids."""
    open_ones = select(Dossier.id).where(Dossier.call_id == call_id, *OPEN)
    db.session.execute(open_ones.order_by(Dossier.id).with_for_update(key_share=True))


def _excluded(actor: Actor, dossier: Dossier) -> bool:
    mine = (Exclusion.dossier_id == dossier.id, Exclusion.person_id == actor.id)
    return db.session.scalar(select(Exclusion.id).where(*mine)) is not None


def _loaded(ids: Iterable[int]) -> Sequence[Dossier]:
    query = select(Dossier).where(Dossier.id.in_(ids)).order_by(Dossier.id).options(joinedload(Dossier.trail))
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def jury_of(call_id: int) -> dict[int, Juror]:
    """Everybody who is a juror in a call or a lot of it, by id, in the order of their names; without a
    profile they read the language that we write to them in.
    """
    rows = db.session.execute(
        select(
            User.id, User.name, User.pseudonym, User.language, Grant.scope_kind, Grant.scope_id,
            JurorProfile.languages, JurorProfile.lots, JurorProfile.excused_at, Municipality.country,
        )
        .join(Grant, Grant.user_id == User.id)
        .outerjoin(JurorProfile, (JurorProfile.person_id == User.id) & (JurorProfile.call_id == call_id))
        .outerjoin(Municipality, Municipality.code == JurorProfile.municipality_code)
        .where(User.active, *_judging(call_id))
        .order_by(User.name, User.id)
    ).all()  # fmt: skip
    scopes: dict[int, list[Scope]] = {}
    for row in rows:
        scopes.setdefault(row.id, []).append(Scope(Role.juror, row.scope_kind, row.scope_id or None))
    return {
        row.id: Juror(
            Member(row.id, row.name, row.pseudonym, row.language), tuple(scopes[row.id]),
            frozenset(row.languages or [row.language]), frozenset(row.lots or ()), row.country,
            row.excused_at is not None,
        )
        for row in rows
    }  # fmt: skip


def _kept(panel: Panel, person_id: int, dossier_id: int, wishes: Wishes) -> bool:
    """A juror who is on it stays when that was asked, and in any case when they began to score."""
    key = (person_id, dossier_id)
    held = panel.seats.get(key)
    if held is None or held.task is not Task.juror or key in panel.apart:
        return False
    if key in panel.begun:
        return True
    return wishes.earlier is Earlier.keep and not panel.jurors[person_id].excused


def _may_read(panel: Panel, person_id: int, row: Any, wishes: Wishes) -> bool:
    """Whether nothing keeps them apart: no conflict, no other task on it, no lot that is not theirs."""
    juror, held = panel.jurors[person_id], panel.seats.get((person_id, row.id))
    if (person_id, row.id) in panel.apart or (held is not None and held.task is not Task.juror):
        return False
    if _kept(panel, person_id, row.id, wishes):
        return True
    return not juror.excused and any(scope.covers(row) for scope in juror.scopes)


def _affinity(panel: Panel, person_id: int, row: Any, wishes: Wishes) -> tuple[int, bool]:
    """The affinity, and whether something keeps them apart."""
    juror, held = panel.jurors[person_id], panel.seats.get((person_id, row.id))
    sits = held is not None and held.task is Task.juror
    points, _parts = fits(
        reads=row.language in juror.languages, knows=row.key in juror.lots,
        before=sits and wishes.earlier is not Earlier.drop,
    )  # fmt: skip
    return points, not _may_read(panel, person_id, row, wishes)


def _demands(panel: Panel, wishes: Wishes) -> Iterable[Demand]:
    names = {person_id: each.user.pseudonym for person_id, each in panel.jurors.items()}
    sides = {
        side: frozenset(names[who] for who, each in panel.jurors.items() if each.country == side)
        for side in ("BE", "FR")
    }
    for row in panel.dossiers:
        readers = frozenset(
            names[who] for who, each in panel.jurors.items() if row.language in each.languages
        )
        if wishes.readers:
            yield Demand("language", row.reference, readers, min(wishes.readers, wishes.per_dossier))
        for side, of_it in sides.items() if wishes.both_sides else ():
            yield Demand(f"side_{side.lower()}", row.reference, of_it)
