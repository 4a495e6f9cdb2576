"""A procedure as a picture, laid out from its own steps: a road of states, what branches off, what ends it.

Only places and numbers are worked out here; words, shapes and colours are given by whoever draws it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from callflow.calls.procedure import Procedure
from callflow.core.actor import Role
from callflow.core.permissions import ROLES, Permission
from callflow.core.workflow import Workflow
from callflow.dossiers.states import State
from callflow.lifecycle import process

WIDTH, BOX, HEIGHT, ROW = 400, 156, 40, 84
LEFT, RIGHT, WIRE = 8, 222, 392
LOOP = 8
"""How far the line of a step that leads back to its own state stands out."""
END = State.withdrawn
"""The state that so many others lead to that its lines are gathered into one wire."""


@dataclass(frozen=True)
class Box:
    """A state and where its box begins."""

    state: State
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2


@dataclass(frozen=True)
class Line:
    """A line between boxes; ``both``: an arrow at either end; ``label``: the numbers of its steps."""

    points: tuple[tuple[int, int], ...]
    label: str = ""
    both: bool = False
    gathered: bool = False

    @property
    def path(self) -> str:
        """For the ``d`` of an SVG path."""
        return "M" + "L".join(f"{x} {y}" for x, y in self.points)

    @property
    def label_at(self) -> tuple[int, int]:
        """The middle of the longest stretch."""
        pairs = zip(self.points, self.points[1:], strict=False)
        (x1, y1), (x2, y2) = max(pairs, key=_length)
        return (x1 + x2) // 2, (y1 + y2) // 2


def _length(pair: tuple[tuple[int, int], tuple[int, int]]) -> int:
    return abs(pair[0][0] - pair[1][0]) + abs(pair[0][1] - pair[1][1])


@dataclass(frozen=True)
class StepLine:
    """A step as the list beside the picture names it: from where, to where, by which roles."""

    number: int
    trigger: str
    sources: tuple[State, ...]
    dest: State
    roles: tuple[Role, ...]
    guards: tuple[str, ...]


@dataclass(frozen=True)
class Diagram:
    """The whole picture, and the steps that its numbers stand for."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    steps: tuple[StepLine, ...]


@lru_cache(maxsize=64)
def diagram(procedure: Procedure) -> Diagram:
    """The picture of a call's procedure."""
    return drawn(process.workflow(procedure))


def drawn(workflow: Workflow) -> Diagram:
    """The picture of any procedure that ends in closed and can be withdrawn from."""
    road = _road(workflow)
    steps = _steps(workflow)
    boxes = {state: Box(state, LEFT, n * ROW) for n, state in enumerate(road)}
    boxes |= {state: Box(state, RIGHT, y) for state, y in _beside(workflow, road)}
    lines = [*_forward(road, boxes, steps), *_gathered(boxes, steps)]
    height = max(box.y for box in boxes.values()) + HEIGHT
    return Diagram(WIDTH, height + 2, tuple(boxes.values()), tuple(lines), steps)


def _edges(workflow: Workflow) -> Iterator[tuple[State, str, State, Permission, tuple[str, ...]]]:
    for state in State:
        if state.name not in workflow.states:
            continue
        for trigger, step in workflow.steps_from(state).items():
            guards = tuple(str(getattr(guard, "__name__", guard)) for guard in step.guards)
            yield state, trigger, State(step.dest or step.source), step.permission, guards


def _begin(workflow: Workflow) -> State:
    return State(str(workflow.initial))


def _depths(workflow: Workflow) -> dict[State, int]:
    """How many steps each state lies from the beginning, at least."""
    depths = {_begin(workflow): 0}
    waiting = [_begin(workflow)]
    following: dict[State, list[State]] = {}
    for source, _trigger, dest, _permission, _guards in _edges(workflow):
        following.setdefault(source, []).append(dest)
    while waiting:
        state = waiting.pop(0)
        for dest in following.get(state, []):
            if dest not in depths:
                depths[dest] = depths[state] + 1
                waiting.append(dest)
    return depths


def _road(workflow: Workflow) -> list[State]:
    """The longest way from the beginning to closed on which no step leads back."""
    depths = _depths(workflow)
    following: dict[State, set[State]] = {}
    for source, _trigger, dest, _permission, _guards in _edges(workflow):
        if depths[dest] > depths[source]:
            following.setdefault(source, set()).add(dest)

    def ways(state: State) -> list[list[State]]:
        if state is State.closed:
            return [[state]]
        return [[state, *way] for dest in sorted(following.get(state, ())) for way in ways(dest)]

    return max(ways(_begin(workflow)), key=len)


def _beside(workflow: Workflow, road: list[State]) -> list[tuple[State, int]]:
    """States off the road, each in the first free gap below what leads to it; the end at the bottom."""
    placed: list[tuple[State, int]] = []
    taken: set[int] = set()
    for source, _trigger, dest, _permission, _guards in _edges(workflow):
        if source in road and dest not in road and dest is not END and dest not in dict(placed):
            gap = road.index(source)
            while gap in taken:
                gap += 1
            taken.add(gap)
            placed.append((dest, gap * ROW + ROW // 2))
    return [*placed, (END, max(len(road) - 1, max(taken, default=0) + 1) * ROW)]


def _steps(workflow: Workflow) -> tuple[StepLine, ...]:
    """Every step once, however many states it leaves from; in the order of the procedure."""
    found: dict[tuple[str, State], list[tuple[State, Permission, tuple[str, ...]]]] = {}
    for source, trigger, dest, permission, guards in _edges(workflow):
        found.setdefault((trigger, dest), []).append((source, permission, guards))
    return tuple(
        StepLine(
            number,
            trigger,
            tuple(source for source, _, _ in rows),
            dest,
            tuple(role for role in Role if rows[0][1] in ROLES[role]),
            tuple(dict.fromkeys(guard for _, _, guards in rows for guard in guards)),
        )
        for number, ((trigger, dest), rows) in enumerate(found.items(), start=1)
    )


def _forward(road: list[State], boxes: dict[State, Box], steps: tuple[StepLine, ...]) -> Iterator[Line]:
    """Lines along the road and to what lies beside it; a step back shares the line of the step it undoes."""
    pairs: dict[tuple[State, State], list[int]] = {}
    backwards: set[tuple[State, State]] = set()
    for step in steps:
        for source in step.sources if step.dest is not END else ():
            back = source is not step.dest and (step.dest, source) in pairs
            pair = (step.dest, source) if back else (source, step.dest)
            pairs.setdefault(pair, []).append(step.number)
            backwards |= {pair} if back else set()
    for (source, dest), numbers in pairs.items():
        label = " ".join(str(number) for number in numbers)
        yield Line(_points(boxes[source], boxes[dest]), label, both=(source, dest) in backwards)


def _points(source: Box, dest: Box) -> tuple[tuple[int, int], ...]:
    if dest == source:
        edge, out = source.x + BOX, source.x + BOX + LOOP
        return ((edge, source.y + 4), (out, source.y + 4), (out, source.y + 14), (edge, source.y + 14))
    if dest.x == source.x:
        x = source.x + BOX // 4
        return (
            ((x, source.y + HEIGHT), (x, dest.y))
            if dest.y > source.y
            else ((x, source.y), (x, dest.y + HEIGHT))
        )
    if dest.x < source.x:
        bend = source.x - (source.x - dest.x - BOX) // 2 + 12
        return (
            (source.x, source.middle - 8), (bend, source.middle - 8), (bend, dest.middle - 8),
            (dest.x + BOX, dest.middle - 8),
        )  # fmt: skip
    edge = source.x + BOX
    bend = edge + (dest.x - edge) // 2
    return ((edge, source.middle + 8), (bend, source.middle + 8), (bend, dest.middle), (dest.x, dest.middle))


def _gathered(boxes: dict[State, Box], steps: tuple[StepLine, ...]) -> Iterator[Line]:
    """The wire that gathers whatever ends a dossier early."""
    ending = [step for step in steps if step.dest is END]
    sources = [boxes[source] for step in ending for source in step.sources]
    end = boxes[END]
    for box in sources:
        y = box.middle - 8
        yield Line(((box.x + BOX, y), (WIRE, y)), gathered=True)
    first = min(box.middle - 8 for box in sources)
    label = " ".join(str(step.number) for step in ending)
    yield Line(((WIRE, first), (WIRE, end.middle), (end.x + BOX, end.middle)), label, gathered=True)
