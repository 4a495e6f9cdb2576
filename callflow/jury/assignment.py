"""Who judges which dossier: the best assignment of jurors there is, and why each pairing came about.

Every dossier gets the same number of jurors, every juror between two loads; conflicts and pairs of jurors
that are kept apart are respected, earlier pairings are kept where asked, and demands ("one who reads its
language") are met. Among all assignments that do so, in this order:

1. The greatest total of affinity there is, T, is found.
2. Among those with a total of at least 98 % of T, the smallest sum of affinity over the jurors of a dossier
   is made as great as it can be.
3. Among these, the total is made as great as it can be.
4. What is still equal is drawn by lot, in a way that anybody can repeat: each pairing has a number, the first
   24 bits of SHA-256 of "juror, line feed, dossier" in UTF-8, and the greatest sum of numbers wins.

Each of these is an integer programme that HiGHS solves to proof (programme.py). Affinities are whole
numbers, so no answer hangs on rounding; what is asked is sorted first, so none hangs on the order of rows.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from callflow.core.highs import Row
from callflow.jury import programme
from callflow.jury.programme import HALF, Programme, Unsolved

__all__ = ["Demand", "End", "Infeasible", "Pair", "Solution", "Stage", "Task", "Unsolved", "assign"]

KEPT_PERCENT = 98
LARGEST = 10**7
"""Largest affinity: sums of them stay exact in the numbers of the solver."""
SMALL = 10**6
"""Totals that the solver tells apart by itself. Above, a bound lies half a one lower: that lets no other sum
in and leaves it room to round, but the relaxation comes out less often in whole numbers.
"""
Stage = str
STAGES: tuple[Stage, ...] = ("total", "smallest", "draw", "ends")


@dataclass(frozen=True)
class Pair:
    """A juror and a dossier. Affinity from 0 to LARGEST, more is better; ``conflict`` keeps them apart."""

    juror: str
    dossier: str
    affinity: int
    conflict: bool = False


@dataclass(frozen=True)
class Demand:
    """At least so many of these jurors on a dossier; ``code`` says what for."""

    code: str
    dossier: str
    jurors: frozenset[str]
    least: int = 1


@dataclass(frozen=True)
class Task:
    """What is to be assigned. A pair that is not named cannot be made.

    ``apart`` holds pairs of jurors who never sit on the same dossier, ``kept`` pairings that stay, ``exempt``
    jurors to whom the smallest load does not apply.
    """

    pairs: Collection[Pair]
    per_dossier: int
    min_load: int
    max_load: int
    apart: frozenset[frozenset[str]] = frozenset()
    kept: frozenset[tuple[str, str]] = frozenset()
    demands: Collection[Demand] = field(default=())
    exempt: frozenset[str] = frozenset()

    @cached_property
    def open(self) -> dict[tuple[str, str], int]:
        """Affinity by juror and dossier of all pairings that may be made, sorted by dossier and juror."""
        free = sorted((pair.dossier, pair.juror, pair.affinity) for pair in self.pairs if not pair.conflict)
        return {(juror, dossier): affinity for dossier, juror, affinity in free}

    @cached_property
    def jurors(self) -> list[str]:
        """All that are named, those with conflicts everywhere included."""
        return sorted({pair.juror for pair in self.pairs})

    @cached_property
    def dossiers(self) -> list[str]:
        """All that are named."""
        return sorted({pair.dossier for pair in self.pairs})

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """The jurors who may be put on each dossier."""
        found: dict[str, list[str]] = {dossier: [] for dossier in self.dossiers}
        for juror, dossier in self.open:
            found[dossier].append(juror)
        return found


@dataclass(frozen=True)
class End:
    """What an assignment reaches: its total, and the smallest sum over the jurors of one dossier."""

    total: int
    smallest: int


@dataclass(frozen=True)
class Solution:
    """The assignment: ``most`` is what the greatest total reaches at best, ``fair`` what this one does."""

    pairings: frozenset[tuple[str, str]]
    most: End
    fair: End


class Infeasible(Exception):
    """No assignment meets everything; shortage.py says for whom it fails."""


def assign(task: Task, *, progress: Callable[[Stage], None] = lambda _stage: None) -> Solution:
    """The assignment of the rule above. ``progress`` is told which stage begins.

    Raises Infeasible, Unsolved when a proof is out of reach, ValueError for a task that is none.
    """
    _check(task)
    if task.per_dossier > len(task.jurors) or task.min_load > len(task.dossiers):
        raise Infeasible  # said before the solver is asked, which takes a very large number for no bound
    table = _Table(task)
    progress("total")
    greatest = table.best(table.affinities)
    if greatest is None:
        raise Infeasible
    total = table.total(greatest)
    progress("smallest")
    smallest, chosen = table.fairest(greatest, floor=-(-KEPT_PERCENT * total // 100))
    progress("draw")
    drawn = table.drawn(End(table.total(chosen), smallest))
    progress("ends")
    fair = End(table.total(drawn), table.smallest(drawn))
    most = fair if fair.total == total else End(total, table.fairest(greatest, floor=total)[0])
    return Solution(table.pairings(drawn), most, fair)


def lot(juror: str, dossier: str) -> int:
    """The number of a pairing in the draw."""
    return int.from_bytes(hashlib.sha256(f"{juror}\n{dossier}".encode()).digest()[:3], "big")


def _check(task: Task) -> None:
    if task.per_dossier < 1 or not 0 <= task.min_load <= task.max_load:
        raise ValueError("loads or number of jurors out of bounds")
    if any(not 0 <= pair.affinity <= LARGEST for pair in task.pairs):
        raise ValueError("affinity out of bounds")
    if len({(pair.juror, pair.dossier) for pair in task.pairs}) != len(task.pairs):
        raise ValueError("a pair occurs twice")


class _Table:
    """The columns of a task, one for each pairing that may be made, and the questions asked of them."""

    def __init__(self, task: Task) -> None:
        self.keys = list(task.open)
        self.affinities = list(task.open.values())
        self.sums = [
            Row(columns, [self.affinities[each] for each in columns])
            for columns in _columns(self.keys, 1, task.dossiers).values()
        ]
        self.whole = rows_of(task, self.keys)
        largest = max(self.affinities, default=0) * task.per_dossier * len(task.dossiers)
        self.room = HALF if largest > SMALL else 0

    def best(self, values: Sequence[int], *rows: Row) -> list[int] | None:
        return programme.best(self.whole.also(*rows), values)

    def total(self, chosen: Sequence[int]) -> int:
        return sum(affinity for affinity, taken in zip(self.affinities, chosen, strict=True) if taken)

    def smallest(self, chosen: Sequence[int]) -> int:
        return min(
            (sum(self.affinities[each] for each in row.columns if chosen[each]) for row in self.sums),
            default=0,
        )

    def pairings(self, chosen: Sequence[int]) -> frozenset[tuple[str, str]]:
        return frozenset(key for key, taken in zip(self.keys, chosen, strict=True) if taken)

    def fairest(self, known: list[int], *, floor: int) -> tuple[int, list[int]]:
        """The greatest smallest sum with a total of at least ``floor``, and the greatest total that has it.

        Between what ``known`` reaches and what the relaxation allows; that is tried first and mostly holds.
        """
        enough = self._at_least(floor)
        low, high = self.smallest(known), programme.ceiling(self.whole.also(enough), self.sums) or 0
        tried, found = max(high, low), None
        while found is None or low < high:
            chosen = self.best(self.affinities, *self._sums_from(tried))
            if chosen is not None and self.total(chosen) >= floor:
                low, found = max(tried, self.smallest(chosen)), chosen
            else:
                high = tried - 1
            tried = low if low >= high else (low + high + 1) // 2
        return low, found

    def drawn(self, end: End) -> list[int]:
        """Of all that reach this end, the one that the lot prefers."""
        lots = [lot(*key) for key in self.keys]
        fair = programme.narrowed(self.whole.also(*self._sums_from(end.smallest)), self.affinities, end.total)
        chosen = programme.best(fair.also(self._at_least(end.total)), lots)
        if chosen is None:
            raise Unsolved("the end was reached once and not again")
        return chosen

    def _at_least(self, total: int) -> Row:
        return Row(range(len(self.keys)), self.affinities, least=total - self.room)

    def _sums_from(self, smallest: int) -> Iterable[Row]:
        if not smallest:
            return ()
        return (Row(row.columns, row.factors, least=smallest - self.room) for row in self.sums)


def rows_of(task: Task, keys: Sequence[tuple[str, str]], loads: tuple[int, int] | None = None) -> Programme:
    """The programme of a task whose columns are these pairings; ``loads`` are bounds to write instead of
    those that are quickest.
    """
    by_dossier, by_juror = _columns(keys, 1, task.dossiers), _columns(keys, 0, task.jurors)
    place = {key: number for number, key in enumerate(keys)}
    rows = [_counted(columns, task.per_dossier, task.per_dossier) for columns in by_dossier.values()]
    least, most = loads or _loads(task)
    rows += [
        _counted(columns, 0 if juror in task.exempt else least, most) for juror, columns in by_juror.items()
    ]
    for one, other in sorted(tuple(sorted(two)) for two in task.apart):
        both = [[place.get((juror, dossier)) for juror in (one, other)] for dossier in task.dossiers]
        rows += [
            _counted([each for each in two if each is not None], 0, 1) for two in both if None not in two
        ]
    for demand in sorted(task.demands, key=lambda each: (each.dossier, each.code)):
        meeting = [
            place[juror, demand.dossier]
            for juror in sorted(demand.jurors)
            if (juror, demand.dossier) in place
        ]
        rows.append(_counted(meeting, demand.least, task.per_dossier))
    return Programme([int(key in task.kept) for key in keys], [1] * len(keys), tuple(rows))


def _loads(task: Task) -> tuple[int, int]:
    """The bounds of a load. Where all loads have to be equal the upper one says it all: the number of places
    sees to the lower one, and the solver is many times quicker without it.
    """
    places, jurors = task.per_dossier * len(task.dossiers), len(task.jurors)
    equal = next((load for load in (task.min_load, task.max_load) if load * jurors == places), None)
    return (task.min_load, task.max_load) if equal is None or task.exempt else (0, equal)


def _counted(columns: Sequence[int], least: int, most: float) -> Row:
    return Row(columns, [1] * len(columns), least, most)


def _columns(keys: Iterable[tuple[str, str]], part: int, names: Iterable[str]) -> Mapping[str, list[int]]:
    """The columns of each juror (part 0) or dossier (part 1)."""
    found: dict[str, list[int]] = {name: [] for name in names}
    for number, key in enumerate(keys):
        found[key[part]].append(number)
    return found
