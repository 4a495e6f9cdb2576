"""The best selection under several envelopes and quotas as a pure function, proved optimal or with its gap.

A plain rule goes down one list with one budget. Where two sides and a joint pot pay, and the rules ask for a
number of projects per territory or theme, the best selection is a small integer programme: take the projects
whose scores add up to most, within every envelope and quota. HiGHS solves it (optimum.py); asked.py says what
it is asked; this module reads the answer so that nothing in it hangs on the order of rows.

* **Equals are one.** Projects of the same score, tie-breaks, costs and quotas are one variable that counts
  how many of them are taken. What the solver sees has no names: shuffled rows make the same programme. Where
  it takes some of such equals and not the others, all of them are *undecided*.
* **Ties by the published rule only.** Among selections with the same sum of scores, the sum of the scores on
  the first criterion that the call names to break ties decides, then on the second, and so on. What differs
  between selections that are equal in all of it is *undecided*: neither ids nor rows nor prices decide.
* **An envelope can spill** into a joint one, which pays what the first cannot; both can pay one project.
* **Proof.** ``bound`` is what no selection can exceed; it is ``score`` when the search ended by itself. It is
  cut off after a number of nodes, never after a time, so that a search that is redone ends at the same place.
* **Contradictions.** When nothing satisfies everything, those quotas, envelopes and choices by hand are named
  that cannot hold together, none of which can be spared.

How equals are found: a variable whose reduced cost exceeds the gap between relaxation and optimum has one
value in all best selections. The few that are left are asked together whether any of them can differ, until
none can.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from callflow.decisions.asked import Asked, Candidate, Envelope, Kept, Quota, Solution, Verdict, added, check
from callflow.decisions.optimum import Unsolved, maximum, ranges

__all__ = ["Candidate", "Contradiction", "Envelope", "Quota", "Solution", "Unsolved", "Verdict", "solve"]

NODES = 3_000
"""Where a search is cut off."""


class Contradiction(Exception):
    """No selection satisfies all of these; each of them is needed for that."""

    def __init__(
        self, quotas: Sequence[str] = (), envelopes: Sequence[str] = (), fixed: Sequence[str] = ()
    ) -> None:
        super().__init__(", ".join((*quotas, *envelopes, *fixed)))
        self.quotas, self.envelopes, self.fixed = tuple(quotas), tuple(envelopes), tuple(fixed)


def solve(
    candidates: Iterable[Candidate],
    envelopes: Sequence[Envelope],
    quotas: Sequence[Quota] = (),
    *,
    nodes: int = NODES,
) -> Solution:
    """The selection with the highest sum of scores.

    Raises Contradiction; Unsolved when the search was cut off before it found anything; ValueError for a
    table that is wrong: a name twice, an amount below zero, an envelope that is not declared.
    """
    rows = list(candidates)
    check(rows, envelopes, quotas)
    asked = Asked.of(rows, envelopes, quotas)
    best = maximum(asked.programme(), asked.scores, nodes=nodes)
    if best is None:
        raise _contradiction(rows, envelopes, quotas, nodes)
    if not asked.holds(best.counts):
        raise Unsolved
    score = added(asked.scores, best.counts)
    if best.bound > score:
        return Solution(_verdicts(asked, best.counts, frozenset()), score, best.bound, settled=False)
    counts, undecided, settled = _told_apart(asked, best.counts, nodes)
    return Solution(_verdicts(asked, counts, undecided), score, score, settled)


def _verdicts(asked: Asked, counts: Sequence[int], undecided: frozenset[int]) -> dict[str, Verdict]:
    verdicts: dict[str, Verdict] = {}
    for number, (each, count) in enumerate(zip(asked.equals, counts, strict=True)):
        verdict = Verdict.selected if count else Verdict.left_out
        if number in undecided or 0 < count < len(each.ids):
            verdict = Verdict.undecided
        verdicts |= dict.fromkeys(each.ids, verdict)
    return verdicts


def _told_apart(
    asked: Asked, counts: tuple[int, ...], nodes: int
) -> tuple[tuple[int, ...], frozenset[int], bool]:
    """A best selection after every published tie-break, the variables in which others that are as good
    differ from it, and whether that is known of all.
    """
    best = added(asked.scores, counts)
    between = ranges(asked.programme(), asked.scores, best)
    free = [number for number, (low, high) in enumerate(between) if low < high]
    kept = [Kept(asked.scores, best)]
    for level in range(asked.levels + 1):
        differ, settled = _differing(asked, counts, free, kept, nodes)
        halved = {n for n in free if asked.equals[n].least < counts[n] < asked.equals[n].most}
        free = sorted(differ | halved)
        if not settled or not free or level == asked.levels:
            return counts, differ, settled
        breaks = [each.breaks[level] for each in asked.equals]
        found = maximum(asked.programme(counts, free, kept), breaks, nodes=nodes)
        if found is None or not asked.holds(found.counts, kept):
            return counts, differ, False
        counts = found.counts
        if found.bound > (reached := added(breaks, counts)):
            return counts, differ, False
        kept.append(Kept(breaks, reached))
    raise AssertionError("the last level returns")


def _differing(
    asked: Asked, counts: Sequence[int], free: Sequence[int], kept: Sequence[Kept], nodes: int
) -> tuple[frozenset[int], bool]:
    """The free variables that are not the same in every selection that keeps these sums."""
    waiting = {n for n in free if counts[n] in (asked.equals[n].least, asked.equals[n].most)}
    differ: set[int] = set()
    while waiting:
        turned = [0] * len(counts)
        for n in waiting:
            turned[n] = 1 if counts[n] == asked.equals[n].least else -1
        programme = asked.programme(counts, free, [*kept, Kept(turned, added(turned, counts) + 1)])
        try:
            other = maximum(programme, turned, nodes=nodes)
        except Unsolved:
            return frozenset(differ), False
        if other is None:
            break
        if not asked.holds(other.counts, kept):
            return frozenset(differ), False
        found = {n for n in waiting if other.counts[n] != counts[n]}
        differ |= found
        waiting -= found
    return frozenset(differ), True


def _contradiction(
    rows: Sequence[Candidate], envelopes: Sequence[Envelope], quotas: Sequence[Quota], nodes: int
) -> Contradiction:
    """Some of the quotas, envelopes and choices by hand that cannot hold together, none of them to spare."""
    every = [("fixed", row.id) for row in sorted(rows, key=lambda row: row.id) if row.fixed is not None]
    every = [
        *(("quota", each.key) for each in quotas),
        *(("envelope", each.key) for each in envelopes),
        *every,
    ]

    def impossible(held: Sequence[tuple[str, str]]) -> bool:
        free = [row if ("fixed", row.id) in held else replace(row, fixed=None) for row in rows]
        wide = [
            each if ("envelope", each.key) in held else replace(each, capacity=None) for each in envelopes
        ]
        asked = Asked.of(free, wide, [each for each in quotas if ("quota", each.key) in held])
        return maximum(asked.programme(), [0] * len(asked.equals), nodes=nodes) is None

    core = _needed([], every, impossible)
    named = {kind: [name for each, name in core if each == kind] for kind in ("quota", "envelope", "fixed")}
    return Contradiction(named["quota"], named["envelope"], named["fixed"])


Held = Sequence[tuple[str, str]]


def _needed(held: Held, asked: Held, impossible: Callable[[Held], bool]) -> list[tuple[str, str]]:
    """Which of ``asked`` are needed, beside ``held``, for it to be impossible; by halves, since few are."""
    if held and impossible(held):
        return []
    if len(asked) == 1:
        return list(asked)
    first, second = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    later = _needed([*held, *first], second, impossible)
    return [*_needed([*held, *later], first, impossible), *later]
