"""A procedure as a picture, laid out from its own steps: a road of states, what branches off, what ends it.

Only places and numbers are worked out here; words, shapes and colours are given by whoever draws it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from callflow.calls.procedure import Procedure
from callflow.core.actor import Role
from callflow.core.permissions import ROLES, Permission
from callflow.core.workflow import Workflow
from callflow.dossiers.states import State
from callflow.lifecycle import process

WIDTH, BOX, HEIGHT, ROW = 560, 180, 40, 84
LEFT, RIGHT, WIRE = 8, 338, 532
GAP = (ROW - HEIGHT) // 2
LOOP = 8
"""How far the line of a step that leads back to its own state stands out."""
LANE, LABEL = 8, 18
"""How far apart lines run down side by side, and how high a label is."""
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
    """A line between boxes; ``both``: an arrow at either end; ``label``: the numbers of its steps, in the
    middle of its longest stretch where ``at`` says nothing else.
    """

    points: tuple[tuple[int, int], ...]
    label: str = ""
    both: bool = False
    gathered: bool = False
    at: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        """For the ``d`` of an SVG path."""
        return "M" + "L".join(f"{x} {y}" for x, y in self.points)

    @property
    def label_at(self) -> tuple[int, int]:
        """Where the middle of the label is."""
        if self.at is not None:
            return self.at
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
    box: int = BOX


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
    return [*placed, (END, max(len(road) - 2, max(taken, default=0) + 1) * ROW + ROW // 2)]


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
    labels = {pair: " ".join(str(number) for number in numbers) for pair, numbers in pairs.items()}
    across = [pair for pair in labels if boxes[pair[0]].x != boxes[pair[1]].x]
    ways = _across(boxes, across)
    for pair, label in labels.items():
        if pair in ways:
            points = ways[pair]
            port = next(y for x, y in points if x == RIGHT)
            at = (RIGHT - 22 - 5 * len(label), port)
        else:
            points, at = _straight(boxes[pair[0]], boxes[pair[1]], label)
        yield Line(points, label, both=pair in backwards, at=at)


Points = tuple[tuple[int, int], ...]


def _straight(source: Box, dest: Box, label: str) -> tuple[Points, tuple[int, int]]:
    """Up or down in a column, the label where the line leaves its box; a step that leads back to its own
    state is a loop at the upper corner.
    """
    if dest == source:
        edge, out, y = source.x + BOX, source.x + BOX + LOOP, source.y
        return ((edge, y + 2), (out, y + 2), (out, y + 9), (edge, y + 9)), (edge - 8 - 5 * len(label), y - 12)
    x = source.x + BOX // 4
    if dest.y > source.y:
        return ((x, source.y + HEIGHT), (x, dest.y)), (x, source.y + HEIGHT + GAP)
    return ((x, source.y), (x, dest.y + HEIGHT)), (x, source.y - GAP)


def _across(
    boxes: dict[State, Box], pairs: Sequence[tuple[State, State]]
) -> dict[tuple[State, State], Points]:
    """Lines between the columns: each has a port of its own at both boxes and a lane where no other runs."""
    left = _ports(boxes, pairs, LEFT, least=HEIGHT // 2 + 4)
    right = _ports(boxes, pairs, RIGHT, least=1)
    found: dict[tuple[State, State], Points] = {}
    lanes: list[list[tuple[int, int]]] = []
    for pair in sorted(pairs, key=lambda each: abs(left[each] - right[each])):
        top, bottom = sorted((left[pair], right[pair]))
        lane = _free(lanes, top, bottom)
        x = LEFT + BOX + LOOP + LANE * (lane + 1)
        points = (LEFT + BOX, left[pair]), (x, left[pair]), (x, right[pair]), (RIGHT, right[pair])
        found[pair] = points if boxes[pair[0]].x == LEFT else points[::-1]
    return found


def _free(lanes: list[list[tuple[int, int]]], top: int, bottom: int) -> int:
    """The first lane in which nothing runs there; taken from now on."""
    for number, taken in enumerate(lanes):
        if all(bottom + LANE < begin or top - LANE > end for begin, end in taken):
            taken.append((top, bottom))
            return number
    lanes.append([(top, bottom)])
    return len(lanes) - 1


def _ports(
    boxes: dict[State, Box], pairs: Sequence[tuple[State, State]], column: int, *, least: int
) -> dict[tuple[State, State], int]:
    """By line, at which height it meets its box of this column, at least so far below its top; in the order
    in which the lines come from the other column.
    """
    held: dict[Box, list[tuple[int, tuple[State, State]]]] = {}
    for pair in pairs:
        one, other = sorted((boxes[pair[0]], boxes[pair[1]]), key=lambda box: box.x != column)
        held.setdefault(one, []).append((other.y, pair))
    found: dict[tuple[State, State], int] = {}
    for box, lines in held.items():
        apart = min(LABEL, (HEIGHT - least - 1) // max(len(lines) - 1, 1))
        first = box.y + least + (HEIGHT - least - apart * (len(lines) - 1)) // 2
        found |= {pair: first + apart * number for number, (_y, pair) in enumerate(sorted(lines))}
    return found


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
