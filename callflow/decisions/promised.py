"""What the lots have promised: the money and days of decisions, summed up while they are made."""

from typing import Any

from sqlalchemy import ScalarSelect, func, select

from callflow.core.sums import WORTH_IT, add_up
from callflow.decisions.models import Promise


def merge(worth_it: int = WORTH_IT) -> int:
    """One row for each lot in which much was decided; how many rows went."""
    return add_up(Promise, (Promise.lot_id,), (Promise.amount, Promise.days), worth_it)


def promised(figure: Any, lot_id: Any) -> ScalarSelect[Any]:
    """The sum of one figure of a lot; 0 for one that promised nothing."""
    return select(func.coalesce(func.sum(figure), 0)).where(Promise.lot_id == lot_id).scalar_subquery()
