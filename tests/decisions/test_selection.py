"""The plain rules of selection: what cities decided, own cases, every order of ties on small tables."""

import itertools
import json
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflow.decisions import reach
from callflow.decisions.selection import Outcome, Row, Rule, TooManyWays, Why, propose


def row(name: str, cost: str | int, score: str | int) -> Row:
    return Row(name, Decimal(cost), Decimal(score))


def outcomes(
    rows: list[Row], budget: str | int, rule: Rule, minimum: str | int | None = None
) -> dict[str, str]:
    least = None if minimum is None else Decimal(minimum)
    return {each.id: each.outcome.value for each in propose(rows, Decimal(budget), rule, least)}


def tried(rows: list[Row], budget: Decimal, rule: Rule, minimum: Decimal | None) -> dict[str, str]:
    """Every order of rows with equal scores, one by one."""
    running = [each for each in rows if minimum is None or each.score >= minimum]
    scores = sorted({each.score for each in running}, reverse=True)
    groups = [[each for each in running if each.score == score] for score in scores]
    seen: dict[str, set[str]] = {each.id: set() for each in running}
    for orders in itertools.product(*(itertools.permutations(group) for group in groups)):
        left, ended = budget, False
        for each in itertools.chain(*orders):
            taken = not ended and each.cost <= left
            left -= each.cost if taken else 0
            ended = ended or (rule is Rule.stop and not taken)
            seen[each.id].add("selected" if taken else "reserve")
    return {
        each.id: "below_minimum"
        if each.id not in seen
        else seen[each.id].pop()
        if len(seen[each.id]) == 1
        else "undecided"
        for each in rows
    }


def test_every_city_of_the_samples_decided_as_the_rule_does(shared: Callable[[str], Path]):
    cases = json.loads(shared("data/ideas/selection_dev12.json").read_text(encoding="utf-8"))["instances"]
    wrong = {}
    for case in cases:
        inside = [each for each in case["projects"] if each["selected"] <= 1]
        rows = [row(each["id"], str(each["cost"]), str(each["score"])) for each in inside]
        random.Random(case["file"]).shuffle(rows)
        found = outcomes(
            rows,
            str(case["budget"]),
            Rule(case["expected_mode"].split("_")[0]),
            case["threshold"] and str(case["threshold"]),
        )
        decided = {each["id"]: each["selected"] == 1 for each in inside}
        if {key: value == "selected" for key, value in found.items()} != decided:
            wrong[case["file"]] = found

    assert len(cases) == 12
    assert wrong == {}


def test_skip_passes_over_what_does_not_fit_and_stop_ends_there():
    rows = [row("a", 60, 9), row("b", 50, 8), row("c", 40, 7)]

    assert outcomes(rows, 100, Rule.skip) == {"a": "selected", "b": "reserve", "c": "selected"}
    assert outcomes(rows, 100, Rule.stop) == {"a": "selected", "b": "reserve", "c": "reserve"}


def test_the_minimum_itself_is_enough_and_what_lies_under_it_ends_no_list():
    rows = [row("a", 500, "59.99"), row("b", 40, 60), row("c", 70, 90)]

    assert outcomes(rows, 110, Rule.stop, 60) == {"a": "below_minimum", "b": "selected", "c": "selected"}
    assert outcomes(rows, 100, Rule.skip, 60) == {"a": "below_minimum", "b": "reserve", "c": "selected"}


def test_a_row_that_costs_nothing_is_selected_unless_the_list_has_ended():
    rows = [row("a", 100, 9), row("b", 1, 8), row("free", 0, 7)]

    assert outcomes(rows, 100, Rule.skip)["free"] == "selected"
    assert outcomes(rows, 100, Rule.stop)["free"] == "reserve"
    assert outcomes([row("free", 0, 7)], 0, Rule.stop) == {"free": "selected"}


def test_ties_that_do_not_both_fit_are_undecided_and_so_is_what_hangs_on_them():
    rows = [row("a", 60, 9), row("b", 70, 9), row("c", 35, 8), row("d", 80, 8), row("e", 30, 7)]

    found = {each.id: (each.outcome, each.why) for each in propose(rows, Decimal(100), Rule.skip)}

    assert found["a"] == (Outcome.undecided, Why.order_of_ties)
    assert found["b"] == (Outcome.undecided, Why.order_of_ties)
    assert found["c"] == (Outcome.undecided, Why.order_of_ties)
    assert found["d"] == (Outcome.reserve, Why.costs_more_than_left)
    assert found["e"] == (Outcome.undecided, Why.order_of_earlier_ties)


def test_ties_that_fit_together_are_selected():
    rows = [row("a", 60, 9), row("b", 40, "9.0"), row("c", 1, 8)]

    assert outcomes(rows, 100, Rule.stop) == {"a": "selected", "b": "selected", "c": "reserve"}
    assert outcomes(rows, 100, Rule.skip) == {"a": "selected", "b": "selected", "c": "reserve"}


def test_a_tied_row_is_selected_when_no_order_can_spend_its_money_first():
    rows = [row("cheap", 10, 5), row("b", 50, 5), row("c", 52, 5), row("d", 54, 5)]

    assert outcomes(rows, 117, Rule.skip)["cheap"] == "selected"
    assert outcomes(rows, 115, Rule.skip)["cheap"] == "undecided"
    assert outcomes(rows, 117, Rule.stop)["cheap"] == "undecided"


def test_shuffled_rows_get_the_same():
    dice = random.Random(7)
    rows = [row(str(number), dice.randint(0, 400), dice.randint(1, 5)) for number in range(60)]
    expected = {rule: outcomes(rows, 3000, rule, 2) for rule in Rule}

    for _ in range(10):
        dice.shuffle(rows)
        assert {rule: outcomes(rows, 3000, rule, 2) for rule in Rule} == expected


def test_the_order_of_the_table_is_kept():
    rows = [row("c", 1, 1), row("a", 1, 3), row("b", 1, 2)]

    assert [each.id for each in propose(rows, Decimal(2), Rule.skip)] == ["c", "a", "b"]


amounts = st.one_of(st.integers(0, 30), st.sampled_from(["0.5", "2.25", "10", "12.5"])).map(
    lambda n: Decimal(str(n))
)
tables = st.lists(st.tuples(amounts, st.integers(1, 3)), max_size=7)


@settings(max_examples=400, deadline=None)
@given(
    tables,
    amounts.map(lambda n: n * 3),
    st.sampled_from(Rule),
    st.none() | st.integers(1, 3),
    st.sampled_from([0, 2, 2000]),
)
def test_small_tables_come_out_as_when_every_order_is_tried(table, budget, rule, minimum, few):
    rows = [row(str(number), str(cost), score) for number, (cost, score) in enumerate(table)]
    least = None if minimum is None else Decimal(minimum)
    kept, reach.FEW = reach.FEW, few  # both ways of keeping amounts
    try:
        found = outcomes(rows, str(budget), rule, minimum)
    finally:
        reach.FEW = kept

    assert found == tried(rows, budget, rule, least)


def test_three_hundred_ties_are_told_apart_without_their_orders():
    dice = random.Random(3)
    rows = [row(str(number), dice.randint(1, 40) * 250, 80 if number < 300 else 70) for number in range(400)]

    found = outcomes(rows, 250_000, Rule.skip)

    assert {found[str(number)] for number in range(300)} == {"undecided"}


def test_what_no_method_can_follow_is_said_and_not_guessed():
    dice = random.Random(3)
    rows = [row(str(number), dice.randint(10**11, 10**12), 1) for number in range(60)]

    with pytest.raises(TooManyWays):
        propose(rows, Decimal(10**13), Rule.skip)
    assert set(outcomes(rows, 10**13, Rule.stop).values()) == {"undecided"}


@pytest.mark.parametrize(
    "rows",
    [[row("a", "-1", 1)], [row("a", "0.001", 1)], [row("a", 1, 1), row("a", 2, 2)]],
    ids=["negative", "cents", "twice"],
)
def test_a_table_that_is_wrong_is_refused(rows):
    with pytest.raises(ValueError, match=r"no amount|twice"):
        propose(rows, Decimal(10), Rule.skip)
