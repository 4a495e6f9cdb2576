"""Sums that triggers keep by adding rows, so that no step waits for another; added up now and then."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select

from callflow.core.db import Model, db, in_turn, into, unit_of_work

WORTH_IT = 16
"""Rows of one cell from which on they are added up: until then reading them costs nothing."""


def add_up(kind: type[Model], cell: Sequence[Any], figures: Sequence[Any], worth_it: int = WORTH_IT) -> int:
    """One row for each cell, where there are many of one with the same first column; how many rows went.

    What another unit of work is writing meanwhile is not seen, and stays for the next time.
    """
    crowded = select(cell[0]).group_by(*cell).having(func.count() >= worth_it)
    if not db.session.scalars(crowded.limit(1)).all():
        return 0
    with unit_of_work():
        in_turn(kind.__tablename__)
        gone = delete(kind).where(cell[0].in_(crowded)).returning(*cell, *figures)
        rows = db.session.execute(gone).all()
        sums: dict[Any, list[Any]] = defaultdict(lambda: [0] * len(figures))
        for row in rows:
            held = sums[tuple(row[: len(cell)])]
            held[:] = [one + other for one, other in zip(held, row[len(cell) :], strict=True)]
        names = [column.key for column in (*cell, *figures)]
        left = [dict(zip(names, (*key, *held), strict=True)) for key, held in sums.items() if any(held)]
        if left:
            db.session.execute(into(kind), left)
    return len(rows) - len(left)
