"""Why no assignment exists: which dossiers and which jurors cannot be served, and by how much.

What can be counted is counted first. For the rest the programme is made elastic: each dossier may miss
jurors, each juror may stay under the minimum, each demand may fail, and as little as possible of that is
taken. Which of several equal ways is named is drawn by lot from the names, never from the order of rows.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from callflow.jury import programme
from callflow.jury.assignment import Task, rows_of
from callflow.jury.programme import Programme

UNIT = 2**30
"""What one missing place costs: more than the lots of all names together."""


class Lack(StrEnum):
    """What is missing. Those that begin with "all" speak of the whole task and name nobody."""

    all_places = "all_places"
    all_loads = "all_loads"
    kept_conflict = "kept_conflict"
    kept_apart = "kept_apart"
    kept_many = "kept_many"
    kept_load = "kept_load"
    readers = "readers"
    reads = "reads"
    demand_readers = "demand_readers"
    dossier_short = "dossier_short"
    juror_short = "juror_short"
    demand_short = "demand_short"


@dataclass(frozen=True)
class Shortage:
    """One thing that cannot be: ``have`` where ``need`` is asked. ``conflicts`` counts those kept away.

    ``name`` is a dossier or a juror, empty for the whole task; ``demand`` the code of a demand; ``other`` the
    juror of a kept pairing.
    """

    lack: Lack
    name: str = ""
    need: int = 0
    have: int = 0
    conflicts: int = 0
    demand: str = ""
    other: str = ""


def diagnosis(task: Task) -> list[Shortage]:
    """What stands in the way of any assignment, the plainest causes first; never empty when there is none.

    Raises Unsolved.
    """
    kept = list(_kept(task))
    if kept:
        return kept
    counted = [*_counted(task)]
    named = [each for each in counted if each.name]
    return counted if named else [*counted, *_elastic(task)]


def _kept(task: Task) -> Iterator[Shortage]:
    """Pairings that are to stay and cannot."""
    for juror, dossier in sorted(task.kept):
        if (juror, dossier) not in task.open:
            yield Shortage(Lack.kept_conflict, dossier, other=juror)
        beside = [other for other, same in task.kept if same == dossier and other > juror]
        for other in sorted(other for other in beside if frozenset((juror, other)) in task.apart):
            yield Shortage(Lack.kept_apart, dossier, other=f"{juror}, {other}")
    for dossier, have in sorted(Counter(dossier for _, dossier in task.kept).items()):
        if have > task.per_dossier:
            yield Shortage(Lack.kept_many, dossier, task.per_dossier, have)
    for juror, have in sorted(Counter(juror for juror, _ in task.kept).items()):
        if have > task.max_load:
            yield Shortage(Lack.kept_load, juror, task.max_load, have)


def _counted(task: Task) -> Iterator[Shortage]:
    places, jurors = task.per_dossier * len(task.dossiers), len(task.jurors)
    if places > task.max_load * jurors:
        yield Shortage(Lack.all_places, need=places, have=task.max_load * jurors)
    if places < (least := task.min_load * len(set(task.jurors) - task.exempt)):
        yield Shortage(Lack.all_loads, need=least, have=places)
    away = Counter(pair.dossier for pair in task.pairs if pair.conflict)
    for dossier, readers in task.readers.items():
        if len(readers) < task.per_dossier:
            yield Shortage(Lack.readers, dossier, task.per_dossier, len(readers), away[dossier])
    reads = Counter(juror for juror, _ in task.open)
    kept_away = Counter(pair.juror for pair in task.pairs if pair.conflict)
    for juror in sorted(set(task.jurors) - task.exempt):
        if reads[juror] < task.min_load:
            yield Shortage(Lack.reads, juror, task.min_load, reads[juror], kept_away[juror])
    for demand in sorted(task.demands, key=lambda each: (each.dossier, each.code)):
        have = len(demand.jurors.intersection(task.readers[demand.dossier]))
        if have < demand.least:
            yield Shortage(Lack.demand_readers, demand.dossier, demand.least, have, demand=demand.code)


def _elastic(task: Task) -> list[Shortage]:
    """The least that has to give way."""
    keys = list(task.open)
    whole = rows_of(task, keys, (task.min_load, task.max_load))
    stands_for = _meanings(task, len(whole.rows))
    spare = {place: len(keys) + number for number, place in enumerate(stands_for)}
    rows = tuple(
        replace(row, columns=[*row.columns, spare[place]], factors=[*row.factors, 1])
        if place in spare
        else row
        for place, row in enumerate(whole.rows)
    )
    most = [int(whole.rows[place].least) for place in spare]
    elastic = Programme([*whole.lower, *[0] * len(spare)], [*whole.upper, *most], rows)
    costs = [-UNIT - _lot(each.name + each.demand) for each in stands_for.values()]
    found = programme.best(elastic, [0] * len(keys) + costs) or []
    return [
        replace(each, need=int(rows[place].least), have=int(rows[place].least) - found[spare[place]])
        for place, each in stands_for.items()
        if found and found[spare[place]]
    ]


def _meanings(task: Task, rows: int) -> dict[int, Shortage]:
    """What a row of the programme stands for, by its place: dossiers, jurors, and demands at the end."""
    demands = sorted(task.demands, key=lambda each: (each.dossier, each.code))
    found = [Shortage(Lack.dossier_short, name) for name in task.dossiers]
    found += [Shortage(Lack.juror_short, name) for name in task.jurors]
    last = [Shortage(Lack.demand_short, each.dossier, demand=each.code) for each in demands]
    return {**dict(enumerate(found)), **dict(enumerate(last, start=rows - len(last)))}


def _lot(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big")
