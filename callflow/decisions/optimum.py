"""The integer programme of a selection, solved by core/highs.py; it knows numbers, no projects."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, gcd
from typing import Any

from callflow.core.highs import INFINITE, Columns, Row, highs, impossible, loaded

SLACK = 1e-3
"""How far a bound may lie below a whole number and still be taken for it: sums have nine digits at most."""


class Unsolved(Exception):
    """The search was cut off before any selection was found that satisfies everything."""


@dataclass(frozen=True)
class Sum:
    """A sum over variables that lies between two bounds: pairs of a variable and its factor."""

    terms: tuple[tuple[int, float], ...]
    least: float = -INFINITE
    most: float = INFINITE


@dataclass(frozen=True)
class Programme:
    """Whole numbers between bounds, after them ``spills`` amounts of any size, and sums over both."""

    lower: tuple[int, ...]
    upper: tuple[int, ...]
    sums: tuple[Sum, ...]
    spills: int = 0


@dataclass(frozen=True)
class Answer:
    """Numbers, and a sum that no others exceed."""

    counts: tuple[int, ...]
    bound: int


def maximum(programme: Programme, values: Sequence[int], *, nodes: int) -> Answer | None:
    """The greatest sum of ``values``, or the greatest found within so many nodes; None when no numbers
    satisfy the sums. Raises Unsolved.
    """
    if not values:
        return Answer((), 0) if all(each.least <= 0 <= each.most for each in programme.sums) else None
    unit = gcd(*values) or 1
    scaled = [value / unit for value in values]
    solver = _solver(programme, scaled, whole=True, mip_max_nodes=nodes)
    solver.run()
    info = solver.getInfo()
    if impossible(solver):
        return None
    if info.primal_solution_status != highs().SolutionStatus.kSolutionStatusFeasible:
        raise Unsolved
    counts = tuple(round(value) for value in solver.getSolution().col_value[: len(values)])
    return Answer(counts, floor(info.mip_dual_bound + SLACK) * unit)


def ranges(programme: Programme, values: Sequence[int], best: int) -> list[tuple[int, int]]:
    """Between which numbers each variable lies in every answer whose sum is at least ``best``.

    From the relaxation: a variable at its bound cannot leave it further than its reduced cost allows.
    """
    solver = _solver(programme, [float(value) for value in values], whole=False)
    solver.run()
    found, room = solver.getSolution(), solver.getInfo().objective_function_value - best
    room += SLACK + abs(best) * 1e-9
    between = []
    for number, (low, high) in enumerate(zip(programme.lower, programme.upper, strict=True)):
        reduced = abs(found.col_dual[number])
        steps = high - low if reduced * (high - low) <= room else floor(room / reduced)
        if found.col_value[number] - low <= high - found.col_value[number]:
            between.append((low, low + steps))
        else:
            between.append((high - steps, high))
    return between


def _solver(programme: Programme, values: Sequence[float], *, whole: bool, **options: Any) -> Any:
    """The variables first, then the spills, which add nothing to the sum and know no upper bound."""
    none = [0.0] * programme.spills
    columns = Columns(
        [*values, *none], [*programme.lower, *none], [*programme.upper, *[INFINITE] * programme.spills]
    )
    rows = [
        Row([place for place, _ in each.terms], [factor for _, factor in each.terms], each.least, each.most)
        for each in programme.sums
    ]
    return loaded(columns, rows, whole=len(values) if whole else 0, **options)
