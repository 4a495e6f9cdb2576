"""Why each pairing of an assignment came about: what was kept or demanded, and who stood before it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from callflow.jury.assignment import Task


class Before(StrEnum):
    """Why a juror with a higher affinity is not on the dossier."""

    full = "full"
    apart = "apart"
    elsewhere = "elsewhere"


@dataclass(frozen=True)
class Ahead:
    """A juror with a higher affinity for a dossier, who is not on it."""

    juror: str
    why: Before


@dataclass(frozen=True)
class Pairing:
    """A juror on a dossier. ``rank`` of ``of`` counts the jurors who may read it, by affinity.

    ``demands`` holds the codes of demands that fail without this juror.
    """

    juror: str
    dossier: str
    affinity: int
    rank: int
    of: int
    kept: bool
    demands: tuple[str, ...]
    ahead: tuple[Ahead, ...]


def explained(task: Task, pairings: Iterable[tuple[str, str]]) -> list[Pairing]:
    """Every pairing with its reason, by dossier and juror."""
    return _Seats(task, pairings).explained()


class _Seats:
    """Who sits where, and who is full."""

    def __init__(self, task: Task, pairings: Iterable[tuple[str, str]]) -> None:
        self.task = task
        self.on: dict[str, set[str]] = {dossier: set() for dossier in task.dossiers}
        for juror, dossier in pairings:
            self.on[dossier].add(juror)
        loads = Counter(juror for jurors in self.on.values() for juror in jurors)
        self.full = {juror for juror, load in loads.items() if load >= task.max_load}
        self.needed: dict[tuple[str, str], list[str]] = {}
        for demand in sorted(task.demands, key=lambda each: each.code):
            meeting = demand.jurors & self.on[demand.dossier]
            for juror in meeting if len(meeting) == demand.least else ():
                self.needed.setdefault((juror, demand.dossier), []).append(demand.code)

    def explained(self) -> list[Pairing]:
        return [self.pairing(juror, dossier) for dossier in self.on for juror in sorted(self.on[dossier])]

    def pairing(self, juror: str, dossier: str) -> Pairing:
        affinity, readers = self.task.open, self.task.readers[dossier]
        mine = affinity[juror, dossier]
        higher = [each for each in readers if affinity[each, dossier] > mine]
        higher.sort(key=lambda each: (-affinity[each, dossier], each))
        passed = [each for each in higher if each not in self.on[dossier]]
        return Pairing(
            juror, dossier, mine, len(higher) + 1, len(readers),
            kept=(juror, dossier) in self.task.kept,
            demands=tuple(self.needed.get((juror, dossier), ())),
            ahead=tuple(Ahead(each, self.why(each, dossier)) for each in passed),
        )  # fmt: skip

    def why(self, juror: str, dossier: str) -> Before:
        if any(frozenset((juror, other)) in self.task.apart for other in self.on[dossier]):
            return Before.apart
        return Before.full if juror in self.full else Before.elsewhere
