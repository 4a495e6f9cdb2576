"""The coaching days of the lots of a call, and what their coaches have used of them so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from callflow.calls.models import Lot
from callflow.coaching import queries as coaching
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.desk import kept


@dataclass(frozen=True)
class Days:
    """A lot. ``used`` is None while it is being added up."""

    reference: str
    call: Mapping[str, str]
    name: Mapping[str, str]
    given: int
    used: Fraction | None

    @property
    def left(self) -> Fraction:
        return self.given - (self.used or Fraction(0))

    @property
    def over(self) -> bool:
        """More was booked than the lot has."""
        return bool(self.given) and self.left < 0


@dataclass(frozen=True)
class Booked:
    """The minutes that were booked in each lot of a call."""

    lots: tuple[tuple[int, Fraction], ...]

    def in_lot(self, lot_id: int) -> Fraction:
        """None at all in a lot that the call got since."""
        return dict(self.lots).get(lot_id, Fraction(0))


def _work(_actor: Actor, call_id: int) -> kept.Work[Booked, None]:
    lots = list(db.session.scalars(select(Lot.id).where(Lot.call_id == call_id).order_by(Lot.id)))
    return kept.Work(Booked(tuple(coaching.minutes_by_lot(lots).items())))


KIND = kept.Kind("coaching_days", Booked, type(None), _work, (Role.coach,))
"""Sums over every session, the same for whoever sees them."""
