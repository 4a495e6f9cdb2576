"""How many applications of a call stand where: the rows that triggers wrote, added up now and then."""

from callflow.core.sums import WORTH_IT, add_up
from callflow.dossiers.models import Tally

CELL = (Tally.call_id, Tally.state, Tally.lot_id, Tally.handler_id, Tally.tag_id)


def merge(worth_it: int = WORTH_IT) -> int:
    """One row for each cell of the calls in which much happened; how many rows went."""
    return add_up(Tally, CELL, (Tally.number,), worth_it)
