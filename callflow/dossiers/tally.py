"""How many applications of a call stand where: the rows that triggers wrote, added up now and then."""

from collections import Counter

from sqlalchemy import delete, func, select

from callflow.core.db import db, in_turn, into, unit_of_work
from callflow.dossiers.models import Tally

WORTH_IT = 16
"""Rows of one cell from which on they are added up: until then reading them costs nothing."""
CELL = (Tally.call_id, Tally.state, Tally.lot_id, Tally.handler_id)


def merge() -> int:
    """One row for each cell of the calls in which much happened; how many rows went.

    What another unit of work is writing meanwhile is not seen, and stays for the next time.
    """
    crowded = select(Tally.call_id).group_by(*CELL).having(func.count() >= WORTH_IT)
    if not db.session.scalars(crowded.limit(1)).all():
        return 0
    with unit_of_work():
        in_turn("tally")
        gone = delete(Tally).where(Tally.call_id.in_(crowded)).returning(*CELL, Tally.number)
        rows = db.session.execute(gone).all()
        sums: Counter[tuple[object, ...]] = Counter()
        for *cell, number in rows:
            sums[tuple(cell)] += number
        names = [column.key for column in CELL]
        left = [dict(zip(names, cell, strict=True), number=n) for cell, n in sums.items() if n]
        if left:
            db.session.execute(into(Tally), left)
    return len(rows) - len(left)
