"""The plain rules of selection as a pure function: highest score first, until the money is gone, ties told
apart.

A published rule orders rows by score. Where two rows score the same it does not say which comes first, so
every order of such rows is as right as any other. This module answers, for each row, what **all** those
orders have in common: selected in all of them, on the reserve list in all of them, or *undecided*.

How that is exact without trying the orders (a group of 30 ties has 10**32 of them). Costs are whole cents.

* ``stop``: a group of ties that fits whole is selected in every order. In the first that does not, the list
  ends in every order: each row of it can come last and then misses; each row that fits by itself can come
  first and is in.
* ``skip``: what an order leaves depends only on *which* rows it takes, and going through rows in some order
  takes exactly the sets that fit and to which no row left out could be added. So the amounts of money that
  can be left before a group are a set of numbers, followed from group to group (reach.py). A row can be
  selected when one of these amounts is at least its cost. It can be passed over when its group's other
  rows, any of them taken first, can leave less than its cost. Rows after the group start from what full
  sets can leave: for each amount r left, the rows that cost at most r are all in, the dearer ones are in or
  out as one likes.

The work is that of subset sums: for k ties at most k log k shifts of a row of bits as long as the budget
(or the sum of all costs, if that is less) divided by the costs' greatest common divisor; where there are
few ways, one number per way. Finding such sums is NP-hard, so no method is quick on every table: where
there are more than two million ways *and* more than 2**29 such units, propose() raises TooManyWays and
guesses nothing. Costs in whole euro reach that bound at a budget of five hundred million.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from math import gcd

from callflow.decisions.reach import Amounts, TooManyWays, filled, only, passed_over

__all__ = ["Outcome", "Proposal", "Row", "Rule", "TooManyWays", "Why", "propose"]


class Rule(StrEnum):
    """What happens at a row that the money left does not cover: go on to the next, or end the list there."""

    skip = "skip"
    stop = "stop"


class Outcome(StrEnum):
    """What a row gets; ``undecided`` when that depends on the order of rows with equal scores."""

    selected = "selected"
    reserve = "reserve"
    below_minimum = "below_minimum"
    undecided = "undecided"


class Why(StrEnum):
    """Why a row has its outcome."""

    fits = "fits"
    costs_more_than_left = "costs_more_than_left"
    list_ended = "list_ended"
    scores_too_little = "scores_too_little"
    order_of_ties = "order_of_ties"
    order_of_earlier_ties = "order_of_earlier_ties"


@dataclass(frozen=True)
class Row:
    """A row of the table. Cost in euro with at most two decimals; score on any scale, more is better."""

    id: str
    cost: Decimal
    score: Decimal | Fraction


@dataclass(frozen=True)
class Proposal:
    """The outcome of one row and why. ``left_least`` and ``left_most``: euro left when its group's turn
    came, over all orders.
    """

    id: str
    outcome: Outcome
    why: Why
    left_least: Decimal
    left_most: Decimal


def propose(
    rows: Sequence[Row], budget: Decimal, rule: Rule, minimum: Decimal | None = None
) -> list[Proposal]:
    """What the rule gives each row, in the order of ``rows``; shuffling them changes nothing else.

    A row under ``minimum`` is never selected and ends no list. Raises ValueError for money that is negative
    or has a fraction of a cent and for an id that occurs twice, TooManyWays when no exact answer is within
    reach.
    """
    _check(rows, budget)
    running = [row for row in rows if minimum is None or row.score >= minimum]
    unit = gcd(*(_cents(row.cost) for row in running)) or 1
    groups = [
        list(ties)
        for _, ties in groupby(sorted(running, key=lambda row: -row.score), key=lambda row: row.score)
    ]
    steps = _skipping if rule is Rule.skip else _stopping
    found = {proposal.id: proposal for proposal in steps(groups, _cents(budget), unit)}
    return [found.get(row.id) or _too_low(row, budget) for row in rows]


def _check(rows: Iterable[Row], budget: Decimal) -> None:
    seen: set[str] = set()
    for amount in (budget, *(row.cost for row in rows)):
        if amount < 0 or amount.scaleb(2) % 1:
            raise ValueError(f"{amount} is no amount of money")
    for row in rows:
        if row.id in seen:
            raise ValueError(f"{row.id} occurs twice")
        seen.add(row.id)


def _cents(euro: Decimal) -> int:
    return int(euro.scaleb(2))


def _euro(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _too_low(row: Row, budget: Decimal) -> Proposal:
    return Proposal(row.id, Outcome.below_minimum, Why.scores_too_little, budget, budget)


def _stopping(groups: list[list[Row]], budget: int, _unit: int) -> Iterable[Proposal]:
    left, ended = budget, False
    for ties in groups:
        whole = sum(_cents(row.cost) for row in ties)
        fits = not ended and whole <= left
        for row in ties:
            yield _stopped(row, left, fits=fits, ended=ended)
        left, ended = (left - whole if fits else left), not fits


def _stopped(row: Row, left: int, *, fits: bool, ended: bool) -> Proposal:
    if fits:
        outcome, why = Outcome.selected, Why.fits
    elif ended:
        outcome, why = Outcome.reserve, Why.list_ended
    elif _cents(row.cost) > left:
        outcome, why = Outcome.reserve, Why.costs_more_than_left
    else:
        outcome, why = Outcome.undecided, Why.order_of_ties
    return Proposal(row.id, outcome, why, _euro(left), _euro(left))


def _skipping(groups: list[list[Row]], budget: int, unit: int) -> Iterable[Proposal]:
    """Amounts are counted in ``unit`` cents: every sum of costs is a multiple of it.

    Money that no order can spend is left out of the count; it changes nothing for any row.
    """
    counted = min(budget, sum(_cents(row.cost) for ties in groups for row in ties)) // unit
    beside = budget - counted * unit
    before = only(counted)
    for ties in groups:
        costs = Counter(_cents(row.cost) // unit for row in ties)
        passed = passed_over(before, costs)
        least, most = (_euro(amount * unit + beside) for amount in (before.least, before.most))
        for row in ties:
            cost = _cents(row.cost) // unit
            outcome, why = _skipped(cost, before, passed=passed[cost], tied=len(ties) > 1)
            yield Proposal(row.id, outcome, why, least, most)
        before = filled(before, costs)


def _skipped(cost: int, before: Amounts, *, passed: bool, tied: bool) -> tuple[Outcome, Why]:
    if cost > before.most:
        return Outcome.reserve, Why.costs_more_than_left
    if not passed:
        return Outcome.selected, Why.fits
    return Outcome.undecided, Why.order_of_ties if tied else Why.order_of_earlier_ties
