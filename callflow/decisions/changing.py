"""What people change on a selection board by hand, and what each change costs in score and money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callflow.decisions.board import GRANTED, Line, Table, eligible, paid, short, spent

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
    """What the selected projects come to. ``left`` of each pot after what joint ones pay; ``short`` what
    lacks; ``numbers`` of projects that count for each quota.
    """

    score: int
    projects: int
    open_ties: int
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


@dataclass(frozen=True)
class Effect:
    """What one change does. ``passed``: projects that rank higher in the lot and stay out; ``against``: codes
    of what forbids it.
    """

    before: Sums
    after: Sums
    passed: Sequence[Line]
    against: Sequence[str]

    @property
    def score(self) -> int:
        """By how much the sum of scores changes."""
        return self.after.score - self.before.score

    def given(self, key: str) -> int:
        """How much more a pot gives."""
        return self.after.given[key] - self.before.given[key]


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
    given, lacking = spent(chosen, table.pots), short(table, chosen)
    over = {pot.key: max(0, given[pot.key] - pot.capacity) if pot.spills else 0 for pot in table.pots}
    joint = dict.fromkeys(given, 0)
    for pot in table.pots:
        if pot.spills:
            joint[pot.spills] += over[pot.key]
    given = {key: given[key] - over[key] + joint[key] for key in given}
    return Sums(
        score=sum(line.total for line in chosen),
        projects=len(chosen),
        open_ties=sum(each.outcome == "undecided" for each in every),
        given=given,
        left={pot.key: max(0, pot.capacity - given[pot.key]) for pot in table.pots},
        short=lacking,
        numbers={quota.key: sum(quota.key in line.quotas for line in chosen) for quota in table.quotas},
    )


def effect(
    table: Table,
    outcome: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    change: Mapping[str, Any],
    limits: tuple[int | None, int | None] = (None, None),
) -> Effect:
    """What one more change would do; ``limits`` are the least and the most that the lot gives a project."""
    before, after = stands(table, outcome, changes), stands(table, outcome, [*changes, change])
    one, old, new = after[change["ref"]], sums(table, before.values()), sums(table, after.values())
    worse = {key for key, lack in new.short.items() if lack > old.short.get(key, 0)}
    against = [*_against(one, table, limits), *(["board_short"] if worse else [])]
    return Effect(old, new, passed(one, after.values()), against)


def passed(one: Stand, found: Iterable[Stand]) -> list[Line]:
    """Projects of the same lot that rank higher than a selected one and are not selected, best first."""
    if not one.selected:
        return []
    better = [
        each.line
        for each in found
        if each.line.lot == one.line.lot
        and each.line.standing > one.line.standing
        and not each.selected
        and each.outcome not in ("below_minimum", "declined")
    ]
    return sorted(better, key=lambda line: [-each for each in line.standing])


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
