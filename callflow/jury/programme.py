"""The integer programme of an assignment, handed to HiGHS and read back; it knows no jurors.

The solver is loaded when the first programme is solved, so no web process carries it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import Any

from callflow.core.highs import highs

INFINITE = float("inf")
NODES = 20_000
"""Branches looked at before a search is given up: the same on every machine, unlike a limit of time."""
SLACK = 1e-6
TIGHT = 1e-9


class Unsolved(Exception):
    """The search was given up before an answer was proved best."""


@dataclass(frozen=True)
class Row:
    """A sum over columns that lies between two bounds. Factors are whole numbers."""

    columns: Sequence[int]
    factors: Sequence[int]
    least: float = -INFINITE
    most: float = INFINITE


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
    found = _solve(_model(programme, values), whole=False)
    if found is None or _whole(found):
        return None if found is None else [round(value) for value in found]
    found = _solve(_model(programme, values), whole=True)
    return None if found is None else [round(value) for value in found]


def ceiling(programme: Programme, sums: Sequence[Row]) -> int | None:
    """What the smallest of these sums cannot exceed, from the relaxation; None without any answer."""
    count = len(programme.upper)
    raised = [
        replace(row, columns=[*row.columns, count], factors=[*row.factors, -1], least=0) for row in sums
    ]
    wider = Programme([*programme.lower, 0], [*programme.upper, 2**40], (*programme.rows, *raised))
    found = _solve(_model(wider, [0] * count + [1]), whole=False, inside=True)
    return None if found is None else floor(found[count] + SLACK * max(1.0, abs(found[count])))


def narrowed(programme: Programme, values: Sequence[int], least: int) -> Programme:
    """The same with those columns fixed that are equal wherever the sum of ``values`` is at least
    ``least``.

    From the relaxation: a column at its bound cannot leave it when its reduced cost is more than the room
    that the sum leaves.
    """
    solver = _run(_model(programme, values), whole=False)
    found = solver.getSolution()
    room = solver.getInfo().objective_function_value - least + SLACK * max(1, abs(least))
    lower, upper = list(programme.lower), list(programme.upper)
    for column, (value, reduced) in enumerate(zip(found.col_value, found.col_dual, strict=True)):
        if abs(reduced) > room:
            lower[column] = upper[column] = round(value)
    return replace(programme, lower=lower, upper=upper)


def _whole(found: Sequence[float]) -> bool:
    return all(abs(value - round(value)) < SLACK for value in found)


def _model(programme: Programme, values: Sequence[int]) -> Any:
    highspy = highs()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(values), len(programme.rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = [float(value) for value in values]
    model.col_lower_ = [float(value) for value in programme.lower]
    model.col_upper_ = [float(value) for value in programme.upper]
    model.row_lower_ = [float(row.least) for row in programme.rows]
    model.row_upper_ = [float(row.most) for row in programme.rows]
    starts, places, factors = [0], list[int](), list[int]()
    for row in programme.rows:
        places += row.columns
        factors += row.factors
        starts.append(len(places))
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_, matrix.index_, matrix.value_ = starts, places, [float(value) for value in factors]
    return model


def _solve(model: Any, *, whole: bool, inside: bool = False) -> list[float] | None:
    """``inside``: by the interior of the polytope, quicker where only the value is wanted."""
    if not model.num_col_:
        return [] if all(low <= 0 for low in model.row_lower_) else None
    solver = _run(model, whole=whole, inside=inside)
    kinds, status = highs().HighsModelStatus, solver.getModelStatus()
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return None
    if status != kinds.kOptimal:
        raise Unsolved(str(status))
    return list(solver.getSolution().col_value)


def _run(model: Any, *, whole: bool, inside: bool = False) -> Any:
    highspy = highs()
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * model.num_col_
    solver = highspy.Highs()
    options = {
        "output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5,
        "mip_max_nodes": NODES, "mip_feasibility_tolerance": TIGHT, "primal_feasibility_tolerance": TIGHT,
        "solver": "ipm" if inside else "choose",
    }  # fmt: skip
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    return solver
