"""A change on a selection board: what is worked out from one project alone is what all of them come to."""

import random

import pytest

from callflow.decisions.board import Line, Number, Pot, Table
from callflow.decisions.changing import CHOICES, effect, held_in, stands, stays_out, sums

LOTS = ("be", "fr")


def table(dice: random.Random) -> Table:
    """Two lots with money and a joint pot behind them, where many stand equal and quotas overlap."""
    lines = []
    for number in range(dice.randint(1, 14)):
        lot = dice.choice(LOTS)
        lines.append(
            Line(
                f"T-{number:02}", lot, dice.randint(5, 9) * 100_000, (dice.randint(1, 2),),
                ("need",) if dice.random() < 0.1 else (),
                {f"lot:{lot}": dice.randint(1, 5) * 100_000, f"days:{lot}": 200},
                tuple(key for key in ("a", "b") if dice.random() < 0.4),
                dice.choice(["scored", "scored", "scored", "selected", "reserve"]),
            )
        )  # fmt: skip
    pots = [Pot(f"lot:{lot}", dice.randint(0, 9) * 100_000, "joint:both") for lot in LOTS]
    days = [Pot(f"days:{lot}", 1000) for lot in LOTS]
    return Table(
        600_000, (*pots, *days, Pot("joint:both", 300_000)), (Number("a", 2, None), Number("b", 0, 1)),
        {lot: f"lot:{lot}" for lot in LOTS}, tuple(lines),
    )  # fmt: skip


def change(dice: random.Random, ref: str) -> dict[str, object]:
    choice = dice.choice(CHOICES)
    amount = dice.choice([None, 150_000]) if choice == "selected" else None
    return {"ref": ref, "choice": choice, "amount": amount}


@pytest.mark.parametrize("seed", range(300))
def test_one_project_tells_what_all_of_them_come_to_after_a_change(seed):
    dice = random.Random(seed)
    whole = table(dice)
    outcomes = ("selected", "reserve", "below_minimum", "undecided")
    outcome = {"lines": {each.ref: (dice.choice(outcomes), "fits") for each in whole.lines if each.open}}
    refs = [each.ref for each in whole.lines]
    before = [change(dice, ref) for ref in dice.sample(refs, min(3, len(refs)))]
    one = change(dice, dice.choice(refs))

    now, held = held_in(whole, outcome, before, one["ref"])
    found = effect(whole, now, held, one)

    after = stands(whole, outcome, [*before, one])
    mine = after[one["ref"]]
    better = [
        each.line.ref
        for each in after.values()
        if mine.selected
        and each.line.lot == mine.line.lot
        and each.line.standing > mine.line.standing
        and stays_out(each)
    ]
    assert found.before == sums(whole, stands(whole, outcome, before).values())
    assert found.after == sums(whole, after.values())
    assert held.after(whole, one) == mine
    assert found.passed == len(better)
    assert {ref for ref, _ in found.first} <= set(better)
    assert len(found.first) == min(5, len(better))
    assert ("board_short" in found.against) == any(
        lack > found.before.short.get(key, 0) for key, lack in found.after.short.items()
    )
