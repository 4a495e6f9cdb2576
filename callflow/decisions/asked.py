"""What the solver is asked about a selection: projects, envelopes and quotas as variables and sums without
names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import gcd
from operator import attrgetter
from typing import Any

from callflow.core.highs import INFINITE
from callflow.decisions.optimum import Programme, Sum


class Verdict(StrEnum):
    """What a project gets: the same in every best selection, or not."""

    selected = "selected"
    left_out = "left_out"
    undecided = "undecided"


@dataclass(frozen=True)
class Envelope:
    """What can be given out, in whole units (cents, days), or without end; ``spills`` names the joint one
    behind it.
    """

    key: str
    capacity: int | None
    spills: str | None = None


@dataclass(frozen=True)
class Quota:
    """How many of the projects that carry its key are to be selected."""

    key: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A project that can be selected. ``breaks`` are its scores on the criteria that break ties, strongest
    first; ``fixed`` says that a person took it or left it.
    """

    id: str
    score: int
    costs: Mapping[str, int]
    breaks: tuple[int, ...] = ()
    quotas: frozenset[str] = frozenset()
    fixed: bool | None = None


@dataclass(frozen=True)
class Solution:
    """The verdict on each candidate and the sum of scores. ``settled``: all equal selections were found."""

    verdicts: Mapping[str, Verdict]
    score: int
    bound: int
    settled: bool

    @property
    def proved(self) -> bool:
        """Whether no selection scores more."""
        return self.bound <= self.score


@dataclass(frozen=True)
class Equals:
    """Candidates that nothing published tells apart, and between which numbers of them the choice lies."""

    score: int
    breaks: tuple[int, ...]
    costs: tuple[tuple[str, int], ...]
    quotas: tuple[str, ...]
    ids: tuple[str, ...]
    least: int
    most: int


@dataclass(frozen=True)
class Kept:
    """A sum that must not become less: values by variable."""

    values: Sequence[int]
    least: int


@dataclass(frozen=True)
class Asked:
    """The variables, each for candidates that are equal, and what their sums must respect."""

    equals: tuple[Equals, ...]
    envelopes: tuple[Envelope, ...]
    quotas: tuple[Quota, ...]

    @classmethod
    def of(cls, rows: Sequence[Candidate], envelopes: Sequence[Envelope], quotas: Sequence[Quota]) -> "Asked":
        """Variables sorted by what they are, so that shuffled rows ask the same."""
        groups: dict[tuple[Any, ...], list[Candidate]] = {}
        for row in rows:
            choice = {True: 1, False: -1, None: 0}[row.fixed]
            like = (row.score, row.breaks, _costs(row), tuple(sorted(row.quotas)), choice)
            groups.setdefault(like, []).append(row)
        equals = tuple(_alike(group) for _, group in sorted(groups.items(), key=lambda each: each[0]))
        by_key = attrgetter("key")
        return cls(equals, tuple(sorted(envelopes, key=by_key)), tuple(sorted(quotas, key=by_key)))

    @property
    def scores(self) -> list[int]:
        """The score of each variable."""
        return [each.score for each in self.equals]

    @property
    def levels(self) -> int:
        """How many tie-breaks there are."""
        return min((len(each.breaks) for each in self.equals), default=0)

    def programme(
        self, counts: Sequence[int] = (), free: Sequence[int] | None = None, kept: Sequence[Kept] = ()
    ) -> Programme:
        """All variables, or only the ``free`` ones with the others as they are in ``counts``."""
        loose = range(len(self.equals)) if free is None else set(free)
        bounds = [
            (each.least, each.most) if number in loose else (counts[number], counts[number])
            for number, each in enumerate(self.equals)
        ]
        spilling = [each.key for each in self.envelopes if each.spills and each.capacity is not None]
        sums = [self._money(each, spilling) for each in self.envelopes if each.capacity is not None]
        sums += [self._number(each) for each in self.quotas]
        sums += [_kept(each, bounds) for each in kept]
        lower, upper = (tuple(side) for side in zip(*bounds, strict=True)) if bounds else ((), ())
        return Programme(lower, upper, tuple(sums), len(spilling))

    def _money(self, envelope: Envelope, spilling: Sequence[str]) -> Sum:
        """In the largest unit that all costs share behind one joint envelope."""
        family = {each.key for each in self.envelopes if _last(each) == _last(envelope)}
        unit = gcd(*(cost for each in self.equals for key, cost in each.costs if key in family)) or 1
        terms = [
            (number, cost / unit)
            for number, each in enumerate(self.equals)
            for key, cost in each.costs
            if key == envelope.key
        ]
        names = {each.key: each for each in self.envelopes}
        for place, key in enumerate(spilling, start=len(self.equals)):
            if key == envelope.key:
                terms.append((place, -1.0))
            elif names[key].spills == envelope.key:
                terms.append((place, 1.0))
        return Sum(tuple(terms), most=(envelope.capacity or 0) / unit)

    def _number(self, quota: Quota) -> Sum:
        terms = tuple((n, 1.0) for n, each in enumerate(self.equals) if quota.key in each.quotas)
        return Sum(terms, quota.least, INFINITE if quota.most is None else quota.most)

    def holds(self, counts: Sequence[int], kept: Sequence[Kept] = ()) -> bool:
        """Whether these numbers respect everything, counted in whole numbers."""
        spent = dict.fromkeys((each.key for each in self.envelopes), 0)
        carried = dict.fromkeys((each.key for each in self.quotas), 0)
        for each, count in zip(self.equals, counts, strict=True):
            if not each.least <= count <= each.most:
                return False
            for key, cost in each.costs:
                spent[key] += cost * count
            for key in carried.keys() & set(each.quotas):
                carried[key] += count
        return (
            not overspent(self.envelopes, spent)
            and all(
                quota.least <= carried[quota.key] and (quota.most is None or carried[quota.key] <= quota.most)
                for quota in self.quotas
            )
            and all(added(sums.values, counts) >= sums.least for sums in kept)
        )


def _costs(row: Candidate) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((key, cost) for key, cost in row.costs.items() if cost))


def _alike(rows: Sequence[Candidate]) -> Equals:
    one, all_of_them = rows[0], len(rows)
    return Equals(
        one.score, one.breaks, _costs(one), tuple(sorted(one.quotas)), tuple(row.id for row in rows),
        least=all_of_them if one.fixed else 0, most=0 if one.fixed is False else all_of_them,
    )  # fmt: skip


def overspent(envelopes: Sequence[Envelope], spent: Mapping[str, int]) -> dict[str, int]:
    """By how much envelopes are exceeded, after what the joint ones pay of others."""
    paid = dict(spent)
    for each in envelopes:
        if each.spills and each.capacity is not None:
            over = max(0, paid[each.key] - each.capacity)
            paid[each.spills] += over
            paid[each.key] -= over
    return {
        each.key: paid[each.key] - each.capacity
        for each in envelopes
        if each.capacity is not None and paid[each.key] > each.capacity
    }


def _last(envelope: Envelope) -> str:
    return envelope.spills or envelope.key


def added(values: Sequence[int], counts: Sequence[int]) -> int:
    """The sum of the values of what is taken."""
    return sum(value * count for value, count in zip(values, counts, strict=True))


def _kept(kept: Kept, bounds: Sequence[tuple[int, int]]) -> Sum:
    """Only over what is still free: the sums stay small and exact."""
    fixed = sum(value * low for value, (low, high) in zip(kept.values, bounds, strict=True) if low == high)
    terms = [
        (number, float(value))
        for number, (value, (low, high)) in enumerate(zip(kept.values, bounds, strict=True))
        if value and low < high
    ]
    return Sum(tuple(terms), float(kept.least - fixed))


def check(rows: Sequence[Candidate], envelopes: Sequence[Envelope], quotas: Sequence[Quota]) -> None:
    """Raises ValueError for a table that nobody can have meant."""
    for names in ([row.id for row in rows], [e.key for e in envelopes], [q.key for q in quotas]):
        if len(set(names)) < len(names):
            raise ValueError("a name occurs twice")
    joint = {each.spills for each in envelopes if each.spills}
    known = {each.key for each in envelopes}
    if not {key for row in rows for key in row.costs} | joint <= known:
        raise ValueError("an envelope is not declared")
    if any(each.spills for each in envelopes if each.key in joint):
        raise ValueError("a joint envelope spills")
    amounts = [amount for row in rows for amount in (row.score, *row.breaks, *row.costs.values())]
    amounts += [each.capacity or 0 for each in envelopes] + [each.least for each in quotas]
    if any(amount < 0 for amount in amounts):
        raise ValueError("an amount is less than zero")
