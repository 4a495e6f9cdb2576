"""Who is proposed as a coach, why, and why nobody; against every other proposal there is."""

import itertools
import random

import pytest

from callflow.coaching.assignment import (
    FAR,
    NEAR,
    SAME_SIDE,
    Coach,
    Ground,
    Pairing,
    Project,
    _Matching,
    _weight_of_load,
    fits,
    propose,
)

DUTCH, BOTH = frozenset({"nl"}), frozenset({"nl", "fr"})


def coach(number, languages=BOTH, **more):
    return Coach(number, f"Coach {number}", languages, **more)


def pairs(found):
    return {each.reference: each.coach_id for each in found}


def test_each_pairing_says_why():
    near = coach(1, BOTH, area=frozenset({"38029"}), sides=frozenset({"BE"}), load=1, most=6)
    projects = [
        Project("A", "fr", "38029", "BE"),
        Project("B", "nl", "38030", "BE"),
        Project("C", "nl", "59100", "FR"),
    ]  # fmt: skip

    assert propose(projects, [near]) == [
        Pairing("A", 1, (Ground("speaks", {"language": "fr"}), Ground("in_area"), load(2, 6))),
        Pairing("B", 1, (Ground("speaks", {"language": "nl"}), Ground("same_side"), load(3, 6))),
        Pairing("C", 1, (Ground("speaks", {"language": "nl"}), Ground("other_side"), load(4, 6))),
    ]


def load(count, most):
    return Ground("load_of", {"count": count, "most": most})


@pytest.mark.parametrize(
    "coaches, project, code",
    [
        ([], Project("A", "nl"), "no_coach"),
        ([coach(1, DUTCH)], Project("A", "fr"), "nobody_speaks"),
        ([coach(1)], Project("A", "nl", barred=frozenset({1})), "nobody_free_of_conflict"),
        ([coach(1, most=2, load=2), coach(2, most=0)], Project("A", "nl"), "nobody_has_room"),
    ],
)
def test_where_nobody_can_be_proposed_it_says_what_stands_in_the_way(coaches, project, code):
    (found,) = propose([project], coaches)

    assert (found.coach_id, [each.code for each in found.grounds]) == (None, [code])


def test_a_coach_who_speaks_both_is_left_for_whom_nobody_else_speaks():
    projects = [Project("A", "nl"), Project("B", "fr")]

    assert pairs(propose(projects, [coach(1, BOTH, most=1), coach(2, DUTCH, most=1)])) == {"A": 2, "B": 1}


def test_the_load_is_spread_by_what_each_can_take_on():
    projects = [Project(f"P{number}", "nl") for number in range(6)]

    found = propose(projects, [coach(1, most=2), coach(2, most=4), coach(3, load=12)])

    held = [each.coach_id for each in found]
    assert (held.count(1), held.count(2)) == (2, 4)


def cost_of(assigned, projects, coaches):
    """How many have a coach, and what the rest of it weighs: written anew, to compare with."""
    total, held = 0, {each.id: each.load for each in coaches}
    for project, chosen in zip(projects, assigned, strict=True):
        if chosen is None:
            continue
        if not fits(project, chosen):
            return None
        held[chosen.id] += 1
        if chosen.most is not None and held[chosen.id] > chosen.most:
            return None
        near = not chosen.area or project.municipality in chosen.area
        total += NEAR if near else SAME_SIDE if project.country in chosen.sides else FAR
        total += _weight_of_load(chosen, held[chosen.id])
    return -sum(each is not None for each in assigned), total


@pytest.mark.parametrize("seed", range(12))
def test_no_other_proposal_is_better_and_the_order_of_rows_changes_nothing(seed):
    dice = random.Random(seed)
    coaches = [
        coach(
            number, dice.choice([DUTCH, BOTH, frozenset({"fr"})]),
            area=frozenset(dice.sample("abc", dice.randint(0, 2))),
            sides=frozenset(dice.sample(["BE", "FR"], 1)),
            load=dice.randint(0, 2), most=dice.choice([None, 2, 3]),
        )
        for number in range(3)
    ]  # fmt: skip
    projects = [
        Project(
            f"P{number}", dice.choice(["nl", "fr"]), dice.choice("abc"), dice.choice(["BE", "FR"]),
            frozenset(dice.sample(range(3), dice.choice([0, 0, 1]))),
        )
        for number in range(5)
    ]  # fmt: skip

    found = propose(projects, coaches)
    shuffled = propose(dice.sample(projects, 5), dice.sample(coaches, 3))

    by_id = {each.id: each for each in coaches}
    mine = cost_of([by_id.get(each.coach_id) for each in found], projects, coaches)
    every = (cost_of(choice, projects, coaches) for choice in itertools.product([None, *coaches], repeat=5))
    assert mine == min(each for each in every if each is not None)
    assert shuffled == found


def test_many_projects_take_no_time():
    projects = [
        Project(f"P{number:03}", "nl" if number % 3 else "fr", str(number % 40)) for number in range(200)
    ]
    area = [frozenset(str(each) for each in range(number, 40, 10)) for number in range(10)]
    coaches = [coach(number, BOTH, area=area[number], most=25) for number in range(10)]

    found = propose(projects, coaches)

    assert all(each.coach_id is not None for each in found)
    assert max(pairs(found).values()) == 9


@pytest.mark.parametrize("seed", range(6))
def test_the_moves_that_are_kept_are_those_that_a_look_at_all_who_are_seated_would_find(seed):
    dice = random.Random(seed)
    coaches = [
        coach(number, dice.choice([DUTCH, BOTH]), area=frozenset(dice.sample("abcd", 2)), most=6)
        for number in range(5)
    ]
    projects = [
        Project(f"P{number:02}", dice.choice(["nl", "fr"]), dice.choice("abcd")) for number in range(30)
    ]
    matching = _Matching(projects, coaches)

    matching.solved()

    for seat, held in enumerate(matching.held):
        for other in set(range(6)) - {seat}:
            found = [
                (matching.cost[number][other] - matching.cost[number][seat], place, number)
                for place, number in enumerate(held)
                if matching.cost[number][other] is not None
            ]
            cheapest, _place, number = min(found, default=(None, None, None))
            assert (matching.moves[seat][other] or (None, None)) == (cheapest, number)
    assert any(len(held) > 1 for held in matching.held)
