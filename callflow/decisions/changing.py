"""What people change on a selection board by hand, and what each change costs in score and money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callflow.decisions.asked import overspent
from callflow.decisions.board import GRANTED, Line, Table, eligible, paid, spent

CHOICES = ("selected", "reserve", "declined", "proposed")
"""What somebody can want for a project; ``proposed`` takes their change back."""


@dataclass(frozen=True)
class Stand:
    """Where a project stands: as proposed, or as somebody changed it."""

    line: Line
    outcome: str
    why: str = ""
    by_hand: bool = False

    @property
    def selected(self) -> bool:
        """Whether it takes money: as it stands here, or because it is prepared or decided already."""
        return self.outcome == "selected" or self.line.state in GRANTED


@dataclass(frozen=True)
class Sums:
    """What the selected projects come to. ``spent`` of each pot before anything spills, ``given`` and
    ``left`` after what joint ones pay; ``short`` what lacks; ``numbers`` of projects that count for each
    quota.
    """

    score: int
    projects: int
    open_ties: int
    spent: Mapping[str, int]
    given: Mapping[str, int]
    left: Mapping[str, int]
    short: Mapping[str, int]
    numbers: Mapping[str, int]

    def unmet(self, table: Table) -> list[str]:
        """The quotas that are not met."""
        return [
            each.key
            for each in table.quotas
            if self.numbers[each.key] < each.least
            or (each.most is not None and self.numbers[each.key] > each.most)
        ]

    def exchanged(self, table: Table, old: Stand, new: Stand) -> "Sums":
        """The sums once a project stands otherwise; no other project is looked at."""
        less, more = sums(table, [old]), sums(table, [new])
        plain = (
            self.score - less.score + more.score,
            self.projects - less.projects + more.projects,
            self.open_ties - less.open_ties + more.open_ties,
        )
        spent_now = {key: each - less.spent[key] + more.spent[key] for key, each in self.spent.items()}
        numbers = {key: each - less.numbers[key] + more.numbers[key] for key, each in self.numbers.items()}
        return _sums(table, plain, spent_now, numbers)


@dataclass(frozen=True)
class Held:
    """A project on a board and all that a change of it is looked at by: ``stand`` as it stands, ``line`` as
    it went in, ``proposed`` with the reason of the rule. ``passed`` says how many projects rank higher in
    the lot and stay out, ``first`` the best of them.
    """

    stand: Stand
    line: Line
    proposed: tuple[str, str]
    passed: int
    first: Sequence[tuple[str, int]]

    def after(self, table: Table, change: Mapping[str, Any]) -> Stand:
        """Where it stands after one more change."""
        if change["choice"] == "proposed":
            return Stand(self.line, *self.proposed)
        amounts = {} if change["amount"] is None else {self.line.ref: change["amount"]}
        return Stand(paid(self.line, table, amounts), change["choice"], "by_hand", by_hand=True)


FIRST = 5
"""So many of the projects that a change passes over are named."""


@dataclass(frozen=True)
class Effect:
    """What one change does. ``passed`` says how many projects rank higher in the lot and stay out, ``first``
    names the best of them with their scores; ``against`` are codes of what forbids it.
    """

    before: Sums
    after: Sums
    passed: int
    first: Sequence[tuple[str, int]]
    against: Sequence[str]

    @property
    def score(self) -> int:
        """By how much the sum of scores changes."""
        return self.after.score - self.before.score


def stands(
    table: Table, outcome: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]
) -> dict[str, Stand]:
    """Every project as it stands after these changes, the last one of each counting."""
    said = {change["ref"]: change for change in changes}
    amounts = {ref: change["amount"] for ref, change in said.items() if change["amount"] is not None}
    found = {}
    for line in table.lines:
        proposed, why = outcome["lines"].get(line.ref, (line.state, "prepared"))
        change = said.get(line.ref)
        if change is None or change["choice"] == "proposed":
            found[line.ref] = Stand(line, proposed, why)
        else:
            found[line.ref] = Stand(paid(line, table, amounts), change["choice"], "by_hand", by_hand=True)
    return found


def sums(table: Table, found: Iterable[Stand]) -> Sums:
    """Added up over what is selected."""
    every = list(found)
    chosen = [each.line for each in every if each.selected]
    plain = (
        sum(line.total for line in chosen), len(chosen), sum(each.outcome == "undecided" for each in every),
    )  # fmt: skip
    numbers = {quota.key: sum(quota.key in line.quotas for line in chosen) for quota in table.quotas}
    return _sums(table, plain, spent(chosen, table.pots), numbers)


def _sums(
    table: Table, plain: tuple[int, int, int], before: Mapping[str, int], numbers: Mapping[str, int]
) -> Sums:
    """``before`` is what each pot pays before anything spills."""
    given = dict(before)
    for pot in table.pots:
        if pot.spills and (over := max(0, before[pot.key] - pot.capacity)):
            given[pot.key] -= over
            given[pot.spills] += over
    left = {pot.key: max(0, pot.capacity - given[pot.key]) for pot in table.pots}
    return Sums(*plain, before, given, left, overspent(table.envelopes, before), numbers)


def effect(
    table: Table,
    before: Sums,
    held: Held,
    change: Mapping[str, Any],
    limits: tuple[int | None, int | None] = (None, None),
) -> Effect:
    """What one more change would do to a board of which these are the sums; of the table only what is of the
    whole call is looked at. ``limits`` are the least and the most that the lot gives a project.
    """
    one = held.after(table, change)
    after = before.exchanged(table, held.stand, one)
    worse = {key for key, lack in after.short.items() if lack > before.short.get(key, 0)}
    against = [*_against(one, table, limits), *(["board_short"] if worse else [])]
    passed = (held.passed, held.first) if one.selected else (0, ())
    return Effect(before, after, *passed, against)


def held_in(
    table: Table, outcome: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], ref: str
) -> tuple[Sums, Held]:
    """A project of a board, found by going through all of it."""
    found = stands(table, outcome, changes)
    one = found[ref]
    line = next(each for each in table.lines if each.ref == ref)
    mine = best_first(each for each in found.values() if each.line.lot == line.lot and stays_out(each))
    better = [each.line for each in mine if each.line.standing > line.standing]
    first = [(each.ref, each.total) for each in better[:FIRST]]
    proposed, why = outcome["lines"].get(ref, (line.state, "prepared"))
    return sums(table, found.values()), Held(one, line, (proposed, why), len(better), first)


def stays_out(each: Stand) -> bool:
    """Whether it could be selected and is not."""
    return not each.selected and each.outcome not in ("below_minimum", "declined")


def best_first(found: Iterable[Stand]) -> list[Stand]:
    """In the order of their scores and of what breaks ties."""
    return sorted(found, key=lambda each: [-part for part in each.line.standing])


def _against(one: Stand, table: Table, limits: tuple[int | None, int | None]) -> list[str]:
    line, cost = one.line, one.line.costs.get(table.money[one.line.lot], 0)
    if not line.open:
        return ["board_not_open"]
    if one.outcome in ("selected", "reserve") and one.by_hand and not eligible(line, table):
        return ["board_below_threshold"]
    if not one.by_hand or one.outcome != "selected":
        return []
    least, most = limits
    return [
        code
        for code, wrong in (
            ("board_amount_low", least is not None and cost < least),
            ("board_amount_high", most is not None and cost > most),
        )
        if wrong
    ]


def differences(old: Table, new: Table) -> list[tuple[str, str]]:
    """What changed between two tables, as codes with what they are about: projects by reference."""
    before, after = ({line.ref: line for line in table.lines} for table in (old, new))
    found = [("board_line_gone", ref) for ref in sorted(before.keys() - after.keys())]
    found += [("board_line_new", ref) for ref in sorted(after.keys() - before.keys())]
    for ref in sorted(before.keys() & after.keys()):
        one, other = before[ref], after[ref]
        for code, name in (
            ("board_line_score", "standing"), ("board_line_score", "below"), ("board_line_cost", "costs"),
            ("board_line_state", "state"), ("board_line_quota", "quotas"),
        ):  # fmt: skip
            if getattr(one, name) != getattr(other, name):
                found.append((code, ref))
    for code, name in (("board_pots", "pots"), ("board_quotas", "quotas"), ("board_threshold", "threshold")):
        if getattr(old, name) != getattr(new, name):
            found.append((code, ""))
    return list(dict.fromkeys(found))
