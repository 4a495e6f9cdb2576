"""What a selection board works out: a table of projects, envelopes and quotas in, a proposal for each out.

Everything that goes in is kept with the board (Table, Asked), so that it can be worked out again. Plain rules
go down the list of each lot with the money of that lot; then down one list of what is left over in the lots
that share a joint envelope, with that. While a tie of the first round is open the second is not decided for
anybody whom it could touch. The best selection is portfolio.py's.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from callflow.core.trail import canonical
from callflow.decisions.asked import Candidate, Envelope, Quota, Verdict
from callflow.decisions.portfolio import solve
from callflow.decisions.selection import Outcome, Proposal, Row, Rule, Why, propose
from callflow.decisions.states import Method
from callflow.dossiers.states import AFTER_SELECTION

OPEN = "scored"
"""The state of a project for which nothing is prepared."""

GRANTED = frozenset({"selected_with_conditions", *(each.value for each in AFTER_SELECTION)})
"""States that hold money of an envelope already."""


@dataclass(frozen=True)
class Pot:
    """An envelope in cents, or the coaching days of a lot; ``spills`` names the joint one behind it."""

    key: str
    capacity: int
    spills: str | None = None


@dataclass(frozen=True)
class Line:
    """A project: ``total`` in ten-thousandths of a percent, ``breaks`` its means on the criteria that break
    ties, ``below`` the criteria under their minimum, ``costs`` by pot, ``quotas`` those it counts for.
    """

    ref: str
    lot: str
    total: int
    breaks: tuple[int, ...]
    below: tuple[str, ...]
    costs: Mapping[str, int]
    quotas: tuple[str, ...]
    state: str

    @property
    def open(self) -> bool:
        """Nothing is prepared for it."""
        return self.state == OPEN

    @property
    def standing(self) -> tuple[int, ...]:
        """What it is ranked by."""
        return (self.total, *self.breaks)


@dataclass(frozen=True)
class Number:
    """How many of the projects that count for it are to be selected."""

    key: str
    least: int
    most: int | None


@dataclass(frozen=True)
class Table:
    """All that a board is worked out from; ``money`` names the pot of each lot that its list is paid from."""

    threshold: int
    pots: tuple[Pot, ...]
    quotas: tuple[Number, ...]
    money: Mapping[str, str]
    lines: tuple[Line, ...]

    def as_stored(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Table":
        """From what as_stored() gave."""
        lines = tuple(
            Line(**{**each, **{name: tuple(each[name]) for name in ("breaks", "below", "quotas")}})
            for each in stored["lines"]
        )
        return cls(
            stored["threshold"], tuple(Pot(**each) for each in stored["pots"]),
            tuple(Number(**each) for each in stored["quotas"]), stored["money"], lines,
        )  # fmt: skip

    @property
    def envelopes(self) -> list[Envelope]:
        """The pots as the solver takes them."""
        return [Envelope(pot.key, pot.capacity, pot.spills) for pot in self.pots]


@dataclass(frozen=True)
class Asked:
    """How it is to be worked out: ``minimum`` beside the threshold of the call, and what people fixed."""

    method: Method
    minimum: int = 0
    taken: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    amounts: Mapping[str, int] = field(default_factory=dict)

    def as_stored(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Asked":
        """From what as_stored() gave."""
        return cls(
            Method(stored["method"]), stored["minimum"], tuple(stored["taken"]), tuple(stored["left"]),
            stored["amounts"],
        )  # fmt: skip


Found = dict[str, tuple[str, str]]


def digest(table: Table, asked: Asked) -> str:
    """Changes with anything that went in."""
    return hashlib.sha256(canonical([table.as_stored(), asked.as_stored()]).encode()).hexdigest()


def eligible(line: Line, table: Table, minimum: int = 0) -> bool:
    """At the threshold or above, and under no minimum of a criterion."""
    return line.total >= max(table.threshold, minimum) and not line.below


def work_out(table: Table, asked: Asked) -> dict[str, Any]:
    """The proposal: an outcome and why for each project that is open, as JSON holds it.

    With the best selection also ``score``, ``bound`` and ``settled``. Raises portfolio.Contradiction and
    Unsolved, selection.TooManyWays.
    """
    lines = [paid(line, table, asked.amounts) for line in table.lines]
    found: Found = {}
    running = []
    for line in lines:
        if not line.open:
            continue
        if line.ref in asked.left:
            found[line.ref] = (Outcome.reserve.value, "by_hand")
        elif line.ref in asked.taken:
            found[line.ref] = (Outcome.selected.value, "by_hand")
        elif eligible(line, table, asked.minimum):
            running.append(line)
        else:
            why = "minimum_of_criterion" if line.below else Why.scores_too_little.value
            found[line.ref] = (Outcome.below_minimum.value, why)
    held = [line for line in lines if line.state in GRANTED or found.get(line.ref) == TAKEN]
    proof: dict[str, Any] = {}
    if asked.method is Method.best:
        chosen, proof = _best(table, held, running)
    else:
        chosen = _by_rule(table, held, running, Rule(asked.method.value))
    return {"lines": {ref: list(said) for ref, said in sorted((found | chosen).items())}, **proof}


TAKEN = (Outcome.selected.value, "by_hand")


def paid(line: Line, table: Table, amounts: Mapping[str, int]) -> Line:
    """The project with the amount that a person gave it."""
    if line.ref not in amounts:
        return line
    return Line(**{**line.__dict__, "costs": {**line.costs, table.money[line.lot]: amounts[line.ref]}})


def spent(lines: Iterable[Line], pots: Iterable[Pot]) -> dict[str, int]:
    """What these projects cost together, by pot, before anything spills."""
    sums = {pot.key: 0 for pot in pots}
    for line in lines:
        for key, cost in line.costs.items():
            sums[key] += cost
    return sums


def _best(table: Table, held: Sequence[Line], running: Sequence[Line]) -> tuple[Found, dict[str, Any]]:
    fixed = {line.ref for line in held}
    rows = [
        Candidate(
            line.ref, line.total, line.costs, line.breaks, frozenset(line.quotas),
            True if line.ref in fixed else None,
        )
        for line in (*held, *running)
    ]  # fmt: skip
    quotas = [Quota(each.key, each.least, each.most) for each in table.quotas]
    solution = solve(rows, table.envelopes, quotas)
    said = {
        Verdict.selected: (Outcome.selected.value, "in_the_best"),
        Verdict.left_out: (Outcome.reserve.value, "not_in_the_best"),
        Verdict.undecided: (Outcome.undecided.value, "in_some_of_the_best"),
    }
    found = {line.ref: said[solution.verdicts[line.ref]] for line in running}
    return found, {"score": solution.score, "bound": solution.bound, "settled": solution.settled}


def _by_rule(table: Table, held: Sequence[Line], running: Sequence[Line], rule: Rule) -> Found:
    pots = {pot.key: pot for pot in table.pots}
    used = spent(held, table.pots)
    found: Found = {}
    for lot, key in table.money.items():
        lines = [line for line in running if line.lot == lot]
        found |= _round(lines, key, max(0, pots[key].capacity - used[key]), rule)
    for joint in sorted({pot.spills for pot in table.pots if pot.spills}):
        before = [pot for pot in table.pots if pot.spills == joint]
        left = pots[joint].capacity - sum(max(0, used[pot.key] - pot.capacity) for pot in before)
        sharing = {lot for lot, key in table.money.items() if pots[key].spills == joint}
        shared = [line for line in running if line.lot in sharing]
        found |= _joint_round(shared, table, found, max(0, left), rule)
    return found


def _round(lines: Sequence[Line], key: str, budget: int, rule: Rule) -> Found:
    return {each.id: (each.outcome.value, each.why.value) for each in _proposed(lines, key, budget, rule)}


def _joint_round(lines: Sequence[Line], table: Table, found: Found, budget: int, rule: Rule) -> Found:
    over = [line for line in lines if found[line.ref][0] == Outcome.reserve]
    if any(found[line.ref][0] == Outcome.undecided for line in lines):
        waits = (Outcome.undecided.value, Why.order_of_earlier_ties.value)
        return {line.ref: waits for line in over if line.costs.get(table.money[line.lot], 0) <= budget}
    keys = {table.money[line.lot] for line in over}
    again: Found = {}
    for each in _proposed(over, keys, budget, rule):
        if each.outcome is not Outcome.reserve:
            fits = each.outcome is Outcome.selected
            again[each.id] = (each.outcome.value, "fits_jointly" if fits else each.why.value)
    return again


def _proposed(lines: Sequence[Line], keys: str | set[str], budget: int, rule: Rule) -> list[Proposal]:
    """The rule sees places, not totals: tie-breaks are in them."""
    places = {standing: place for place, standing in enumerate(sorted({line.standing for line in lines}))}
    among = {keys} if isinstance(keys, str) else keys
    rows = [
        Row(
            line.ref, Decimal(sum(line.costs.get(key, 0) for key in among)).scaleb(-2),
            Decimal(places[line.standing]),
        )
        for line in lines
    ]  # fmt: skip
    return propose(rows, Decimal(budget).scaleb(-2), rule)
