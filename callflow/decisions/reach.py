"""Which amounts of money can be left when rows are taken in some order: sets of whole numbers, followed
exactly.

A small set is kept as its numbers, a large one as one long integer with a bit per amount; both give the
same answers.
"""

from collections import Counter
from dataclasses import dataclass

FEW = 2_000
"""Up to here numbers are quicker than bits."""

MOST = 2_000_000
"""Most amounts that are followed one by one, where bits would be too long."""

BITS = 1 << 29
"""Longest row of bits: 64 MB, five million euro where costs are in single cents."""


class TooManyWays(Exception):
    """The budget can be filled in more ways than can be followed exactly; nothing is guessed."""


@dataclass(frozen=True)
class Numbers:
    """The amounts themselves."""

    amounts: frozenset[int]

    @property
    def least(self) -> int:
        return min(self.amounts)

    @property
    def most(self) -> int:
        return max(self.amounts)

    def taking(self, cost: int) -> "Numbers":
        """What is left after a row of this cost, where the money covered it."""
        return Numbers(frozenset(amount - cost for amount in self.amounts if amount >= cost))

    def between(self, low: int, high: int | None) -> "Numbers":
        """The amounts from ``low`` up to, not including, ``high``."""
        return Numbers(
            frozenset(each for each in self.amounts if each >= low and (high is None or each < high))
        )

    def __or__(self, other: "Amounts") -> "Amounts":
        if isinstance(other, Bits):
            return other | self
        joined = self.amounts | other.amounts
        if len(joined) <= FEW:
            return Numbers(joined)
        if max(joined) < BITS:
            return Bits(_bits(joined))
        if len(joined) > MOST:
            raise TooManyWays
        return Numbers(joined)


@dataclass(frozen=True)
class Bits:
    """Bit n stands for the amount n. Taking a cost shifts to the right: what would go below zero falls off
    the end.
    """

    bits: int

    @property
    def least(self) -> int:
        return (self.bits & -self.bits).bit_length() - 1

    @property
    def most(self) -> int:
        return self.bits.bit_length() - 1

    def taking(self, cost: int) -> "Bits":
        """What is left after a row of this cost, where the money covered it."""
        return Bits(self.bits >> cost)

    def between(self, low: int, high: int | None) -> "Bits":
        """The amounts from ``low`` up to, not including, ``high``."""
        kept = self.bits if high is None else self.bits & ((1 << high) - 1)
        return Bits(kept >> low << low)

    def __or__(self, other: "Amounts") -> "Bits":
        return Bits(self.bits | (other.bits if isinstance(other, Bits) else _bits(other.amounts)))


Amounts = Numbers | Bits


def _bits(amounts: frozenset[int]) -> int:
    row = bytearray(max(amounts, default=0) // 8 + 1)
    for amount in amounts:
        row[amount // 8] |= 1 << amount % 8
    return int.from_bytes(row, "little")


def only(amount: int) -> Amounts:
    """One amount."""
    return Numbers(frozenset({amount}))


def perhaps_taking(before: Amounts, costs: Counter[int]) -> Amounts:
    """What can be left when any of these rows are taken, none and all included."""
    left = before
    for cost, count in costs.items():
        for _ in range(count if cost else 0):
            left = left | left.taking(cost)
    return left


def passed_over(before: Amounts, costs: Counter[int]) -> dict[int, bool]:
    """For each cost of a group of ties: can rows of the group, taken before it, leave less than it?

    All but one row of each cost are let in first; then the single ones are split in halves, each half let in
    before the other is asked, so that each is asked with every other and never with itself.
    """
    if sum(cost * count for cost, count in costs.items()) <= before.least:
        return dict.fromkeys(costs, False)
    doubles = Counter({cost: count - 1 for cost, count in costs.items()})
    asked = sorted(cost for cost in costs if cost)
    return {0: False} | _asked(perhaps_taking(before, doubles), asked)


def _asked(left: Amounts, costs: list[int]) -> dict[int, bool]:
    least = left.least
    if not costs or least < costs[0]:  # letting in more rows leaves no less room to fall below
        return dict.fromkeys(costs, True)
    if len(costs) == 1:
        return {costs[0]: False}
    low, high = costs[: len(costs) // 2], costs[len(costs) // 2 :]
    return _asked(perhaps_taking(left, Counter(high)), low) | _asked(perhaps_taking(left, Counter(low)), high)


def filled(before: Amounts, costs: Counter[int]) -> Amounts:
    """What can be left after the whole group was gone through, over all its orders.

    An amount r can be left when some rows that cost more than r, and all that cost at most r, add up to the
    rest.
    """
    free, forced, after = before, sum(cost * count for cost, count in costs.items()), None
    ceiling: int | None = None
    for cost in sorted(costs, reverse=True):
        window = free.taking(forced).between(cost, ceiling)
        after = window if after is None else after | window
        free = perhaps_taking(free, Counter({cost: costs[cost]}))
        forced, ceiling = forced - cost * costs[cost], cost
    window = free.between(0, ceiling)
    return window if after is None else after | window
