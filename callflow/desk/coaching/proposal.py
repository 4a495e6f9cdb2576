"""Who is proposed as a coach for every project that waits for one, fifty projects on a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from callflow.coaching.assignment import Coach, Ground, Pairing, Project, propose
from callflow.core.actor import Actor, Role
from callflow.core.permissions import P
from callflow.desk import kept
from callflow.desk.coaching import team
from callflow.desk.coaching.coaches import Coaching, Had, coaches_of
from callflow.desk.coaching.projects import Line, barred, inside, lines_of, waiting
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Dossier


@dataclass(frozen=True)
class Proposed:
    """A project that waits, who is proposed, and why; nobody, and what stands in the way of everybody."""

    dossier_id: int
    coach_id: int | None
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Nothing:
    """The proposal is its rows."""


@dataclass(frozen=True)
class Choice:
    """A project that waits, with everybody who could be chosen by hand."""

    line: Line
    pairing: Pairing
    free: Sequence[Coaching]


@dataclass(frozen=True)
class Proposal:
    """One page of the proposal; ``total`` is how many projects wait. ``reading`` is None while it is being
    worked out.
    """

    call: CallLine
    reading: kept.Reading[Nothing, Proposed] | None
    choices: Sequence[Choice]
    total: int


def proposal(actor: Actor, call: CallLine, *, page: int = 1) -> Proposal:
    """One page, in a fixed number of statements; what got a coach meanwhile is not there any more."""
    reading = kept.read(KIND, actor, call.id, lots=call.lots, page=page)
    rows = {row.dossier_id: row for row in reading.rows} if reading else {}
    coaches = coaches_of(call)
    here = Dossier.id.in_(rows)
    lines = lines_of(actor, call, team.names(coaches), here)
    kept_away = _kept_away(call, coaches, lines, barred(lines, inside(actor, call, here), _ids(coaches)))
    choices = [
        Choice(
            line, Pairing(line.reference, rows[line.id].coach_id, rows[line.id].grounds),
            [each for each in coaches if each.id not in kept_away[line.id]],
        )
        for line in team.in_order(list(rows), lines)
        if line.waits
    ]  # fmt: skip
    gone = len(rows) - len(choices)
    return Proposal(call, reading, choices, (reading.counts.get("", 0) if reading else 0) - gone)


def _work(actor: Actor, call_id: int) -> kept.Work[Nothing, Proposed]:
    """Everybody who waits and every coach at once: nobody is left without one for being far down the list."""
    call = team.call_for(actor, call_id)
    coaches = coaches_of(call, [Had(each, load, team.ZERO) for each, load in team.loads(call.id).items()])
    lines = lines_of(actor, call, team.names(coaches), waiting(call.procedure))
    chosen = inside(actor, call, waiting(call.procedure))
    kept_away = _kept_away(call, coaches, lines, barred(lines, chosen, _ids(coaches)))
    projects = [
        Project(line.reference, line.language, line.municipality, line.country, kept_away[line.id])
        for line in lines
    ]
    pairings = {each.reference: each for each in propose(projects, [_as_coach(each) for each in coaches])}
    found = [(line.id, pairings[line.reference]) for line in lines]
    return kept.Work(Nothing(), {"": [Proposed(id_, each.coach_id, each.grounds) for id_, each in found]})


KIND = kept.Kind(
    "coaches_proposed", Nothing, Proposed, _work, (Role.coordinator,), (P.coaching_waive,)
)  # fmt: skip


def _ids(coaches: Sequence[Coaching]) -> set[int]:
    return {each.id for each in coaches}


def _kept_away(
    call: CallLine, coaches: Sequence[Coaching], lines: Sequence[Line], apart: dict[int, frozenset[int]]
) -> dict[int, frozenset[int]]:
    """With those who coach in other lots only."""
    elsewhere = {
        lot_id: frozenset(each.id for each in coaches if each.lots is not None and lot_id not in each.lots)
        for lot_id in call.lots
    }
    return {line.id: apart[line.id] | elsewhere.get(line.lot_id, frozenset()) for line in lines}


def _as_coach(each: Coaching) -> Coach:
    return Coach(
        each.id, each.name, frozenset(each.languages), frozenset(each.area), each.sides, each.load, each.most
    )
