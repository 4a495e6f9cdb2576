"""The integer programme of an assignment, solved by core/highs.py and read back; it knows no jurors.

The solver is loaded when the first programme is solved, so no web process carries it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import floor
from typing import Any

from callflow.core.highs import Columns, Row, highs, impossible, loaded

NODES = 20_000
"""Branches looked at before a search is given up: the same on every machine, unlike a limit of time."""
SLACK = 1e-6
TIGHT = 1e-9
HALF = 0.5
"""Sums are whole numbers: less than this between two of them is rounding."""


class Unsolved(Exception):
    """The search was given up before an answer was proved best."""


@dataclass(frozen=True)
class Programme:
    """Columns that take whole numbers between their bounds, and rows over them."""

    lower: Sequence[int]
    upper: Sequence[int]
    rows: tuple[Row, ...]

    def also(self, *rows: Row) -> "Programme":
        """The same with more rows."""
        return replace(self, rows=(*self.rows, *rows))


def best(programme: Programme, values: Sequence[int]) -> list[int] | None:
    """Whole numbers for the columns with the greatest sum of ``values``; None when nothing satisfies the
    rows.

    The relaxation is tried first: where it comes out in whole numbers, as that of a plain assignment does,
    they are the answer. Raises Unsolved.
    """
    with suppress(Unsolved):
        found = _solve(programme, values, whole=False)
        if found is None or _rounds(programme, values, found):
            return _rounded(found)
    found = _solve(programme, values, whole=True)
    if found is not None and not _holds(programme, found):
        raise Unsolved("what was found breaks a row")
    return _rounded(found)


def _rounded(found: Sequence[float] | None) -> list[int] | None:
    return None if found is None else [round(value) for value in found]


def _rounds(programme: Programme, values: Sequence[int], found: Sequence[float]) -> bool:
    """Whether the whole numbers beside these satisfy every row, and no whole sum lies between the two."""
    lost = sum(value * (each - round(each)) for value, each in zip(values, found, strict=True))
    return lost < HALF and _holds(programme, found)


def _holds(programme: Programme, found: Sequence[float]) -> bool:
    """Whether the whole numbers beside these satisfy every row, to the unit: a solver lets a row be broken by
    a hair, and a hair times ten million is many units.
    """
    taken = [round(value) for value in found]
    return all(row.least <= _sum(row, taken) <= row.most for row in programme.rows)


def _sum(row: Row, taken: Sequence[int]) -> float:
    return sum(factor * taken[column] for column, factor in zip(row.columns, row.factors, strict=True))


def ceiling(programme: Programme, sums: Sequence[Row]) -> int | None:
    """What the smallest of these sums cannot exceed, from the relaxation; None without any answer."""
    count = len(programme.upper)
    raised = [
        replace(row, columns=[*row.columns, count], factors=[*row.factors, -1], least=0) for row in sums
    ]
    wider = Programme([*programme.lower, 0], [*programme.upper, 2**40], (*programme.rows, *raised))
    found = _solve(wider, [0] * count + [1], whole=False, inside=True)
    return None if found is None else floor(found[count] + SLACK * max(1.0, abs(found[count])))


def narrowed(programme: Programme, values: Sequence[int], least: int) -> Programme:
    """The same with those columns fixed that are equal wherever the sum of ``values`` is at least
    ``least``.

    From the relaxation: a column at its bound cannot leave it when its reduced cost is more than the room
    that the sum leaves.
    """
    solver = _run(programme, values, whole=False)
    found = solver.getSolution()
    room = solver.getInfo().objective_function_value - least + SLACK * max(1, abs(least))
    lower, upper = list(programme.lower), list(programme.upper)
    for column, (value, reduced) in enumerate(zip(found.col_value, found.col_dual, strict=True)):
        if abs(reduced) > room:
            lower[column] = upper[column] = round(value)
    return replace(programme, lower=lower, upper=upper)


def _solve(
    programme: Programme, values: Sequence[int], *, whole: bool, inside: bool = False
) -> list[float] | None:
    """``inside``: by the interior of the polytope, quicker where only the value is wanted."""
    if not values:
        return [] if all(row.least <= 0 for row in programme.rows) else None
    solver = _run(programme, values, whole=whole, inside=inside)
    if inside and solver.getModelStatus() != highs().HighsModelStatus.kOptimal:
        return _solve(programme, values, whole=whole)
    if impossible(solver):
        return None
    if solver.getModelStatus() != highs().HighsModelStatus.kOptimal:
        raise Unsolved(str(solver.getModelStatus()))
    return list(solver.getSolution().col_value)


def _run(programme: Programme, values: Sequence[int], *, whole: bool, inside: bool = False) -> Any:
    solver = loaded(
        Columns(values, programme.lower, programme.upper), programme.rows,
        whole=len(values) if whole else 0, mip_max_nodes=NODES, mip_feasibility_tolerance=TIGHT,
        primal_feasibility_tolerance=TIGHT, solver="ipm" if inside else "choose",
    )  # fmt: skip
    solver.run()
    return solver
