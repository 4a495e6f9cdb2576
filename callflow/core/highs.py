"""HiGHS, the solver of linear and integer programmes: one way to hand it one, and no banner."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

_first = Lock()
INFINITE = float("inf")
ALWAYS = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5}
"""The same answer on every machine, and the best one: sums are whole numbers."""


@dataclass(frozen=True)
class Row:
    """A sum over columns, each with its factor, that lies between two bounds."""

    columns: Sequence[int]
    factors: Sequence[float]
    least: float = -INFINITE
    most: float = INFINITE


@dataclass(frozen=True)
class Columns:
    """What each column adds to the sum that is to be greatest, and between which bounds it lies."""

    values: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]


def loaded(columns: Columns, rows: Sequence[Row], *, whole: int, **options: Any) -> Any:
    """A solver that holds this programme and has not run; the first ``whole`` columns take whole numbers."""
    highspy = highs()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(columns.values), len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = [float(each) for each in columns.values]
    model.col_lower_ = [float(each) for each in columns.lower]
    model.col_upper_ = [float(each) for each in columns.upper]
    model.row_lower_ = [float(row.least) for row in rows]
    model.row_upper_ = [float(row.most) for row in rows]
    _fill(model.a_matrix_, rows, highspy.MatrixFormat.kRowwise)
    if whole:
        kinds, free = highspy.HighsVarType, len(columns.values) - whole
        model.integrality_ = [*[kinds.kInteger] * whole, *[kinds.kContinuous] * free]
    solver = highspy.Highs()
    for name, value in {**ALWAYS, **options}.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver


def _fill(matrix: Any, rows: Sequence[Row], rowwise: Any) -> None:
    starts, places, factors = [0], list[int](), list[float]()
    for row in rows:
        places += row.columns
        factors += row.factors
        starts.append(len(places))
    matrix.format_, matrix.start_, matrix.index_ = rowwise, starts, places
    matrix.value_ = [float(each) for each in factors]


def impossible(solver: Any) -> bool:
    """Whether nothing satisfies the rows of a solver that has run."""
    kinds = highs().HighsModelStatus
    return solver.getModelStatus() in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible)


def highs() -> Any:
    """The module highspy. The first call imports it; until then nobody waits for it or carries it."""
    with _first:
        return _quietly()


@lru_cache(maxsize=1)
def _quietly() -> Any:
    """The first solver of a process writes its banner to the standard output itself, past every option: into
    a table that a command writes there.
    """
    import highspy  # slow import: a tenth of a second, and numpy with it

    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor says nothing of itself
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    return highspy
