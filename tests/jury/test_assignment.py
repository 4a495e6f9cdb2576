"""The assignment of jurors beside every assignment there is, in any order of rows, and why there is none."""

import itertools
import random
from collections import Counter

import pytest

from callflow.jury.assignment import LARGEST, Demand, End, Infeasible, Pair, Solution, Task, assign, lot
from callflow.jury.reasons import Ahead, Before, explained
from callflow.jury.shortage import Lack, diagnosis


def everything(task: Task) -> list[frozenset[tuple[str, str]]]:
    """Every assignment that meets the task, tried one by one."""
    found = []
    teams = [list(itertools.combinations(task.readers[each], task.per_dossier)) for each in task.dossiers]
    for chosen in itertools.product(*teams):
        pairings = frozenset(
            (juror, each) for each, team in zip(task.dossiers, chosen, strict=True) for juror in team
        )
        loads = Counter(juror for juror, _ in pairings)
        together = [set(two) <= set(team) for two in task.apart for team in chosen]
        met = [
            sum((juror, each.dossier) in pairings for juror in each.jurors) >= each.least
            for each in task.demands
        ]
        within = all(task.min_load <= loads[juror] <= task.max_load for juror in task.jurors)
        if within and task.kept <= pairings and not any(together) and all(met):
            found.append(pairings)
    return found


def reached(task: Task, pairings: frozenset[tuple[str, str]]) -> End:
    sums = Counter(dict.fromkeys(task.dossiers, 0))
    for juror, dossier in pairings:
        sums[dossier] += task.open[juror, dossier]
    return End(sum(sums.values()), min(sums.values()))


def by_the_rule(task: Task, every: list[frozenset[tuple[str, str]]]) -> Solution:
    ends = {each: reached(task, each) for each in every}
    total = max(end.total for end in ends.values())
    most = End(total, max(end.smallest for end in ends.values() if end.total == total))
    near = [each for each in every if ends[each].total * 100 >= 98 * total]
    smallest = max(ends[each].smallest for each in near)
    best = max(ends[each].total for each in near if ends[each].smallest == smallest)
    last = [each for each in near if ends[each] == End(best, smallest)]
    drawn = max(last, key=lambda each: sum(lot(*key) for key in each))
    return Solution(drawn, most, End(best, smallest))


def some_task(seed: int, *tops: int) -> Task:
    dice = random.Random(seed)
    jurors, dossiers = "abcde"[: dice.randint(2, 5)], "wxyz"[: dice.randint(1, 4)]
    top = dice.choice(tops or [0, 1, 3, 100])
    pairs = [
        Pair(juror, each, dice.randint(0, top), dice.random() < 0.15) for juror in jurors for each in dossiers
    ]
    free = [(pair.juror, pair.dossier) for pair in pairs if not pair.conflict]
    return Task(
        pairs,
        per_dossier := dice.randint(1, 3),
        least := dice.randint(0, 2),
        least + dice.randint(0, 3),
        frozenset({frozenset(dice.sample(jurors, 2))} if dice.random() < 0.3 else ()),
        frozenset(dice.sample(free, 1) if free and dice.random() < 0.3 else ()),
        [Demand("language", dossiers[0], frozenset(jurors[:2]), min(per_dossier, 1))]
        if dice.random() < 0.4
        else (),
    )


def test_it_finds_what_the_rule_says_of_every_assignment_there_is():
    outcomes = Counter()
    for seed in range(150):
        task = some_task(seed)
        every = everything(task)
        if every:
            assert assign(task) == by_the_rule(task, every), seed
            outcomes["ties" if len(every) > 1 else "one way"] += 1
        else:
            with pytest.raises(Infeasible):
                assign(task)
            assert diagnosis(task), seed
            outcomes["none"] += 1

    assert min(outcomes.values()) > 10


def test_the_rule_holds_to_the_unit_with_the_largest_affinities_too():
    tasks = [some_task(seed, LARGEST) for seed in range(400)]
    asked = [(task, every) for task in tasks if (every := everything(task))]

    assert [assign(task) for task, _ in asked] == [by_the_rule(task, every) for task, every in asked]
    assert len(asked) > 100


@pytest.mark.parametrize("top", [0, 1, 9])
def test_the_order_of_rows_changes_nothing_not_even_where_all_is_equal(top):
    dice = random.Random(top)
    pairs = [
        Pair(f"j{j}", f"d{d}", dice.randint(0, top), dice.random() < 0.1) for j in range(9) for d in range(30)
    ]
    first = Task(pairs, 3, 8, 12, frozenset({frozenset({"j1", "j2"})}))
    expected = (assign(first), explained(first, assign(first).pairings))

    for _ in range(3):
        dice.shuffle(pairs)
        again = Task(list(pairs), 3, 8, 12, frozenset({frozenset({"j2", "j1"})}))
        assert (assign(again), explained(again, assign(again).pairings)) == expected


def test_two_hundredths_of_the_total_may_go_to_the_dossier_that_fares_worst_and_no_more():
    def task(second: int) -> Task:
        values = [Pair("a", "x", 1000), Pair("b", "x", second), Pair("a", "y", 20), Pair("b", "y", 2)]
        return Task(values, 1, 1, 1)

    assert assign(task(975)) == Solution(frozenset({("b", "x"), ("a", "y")}), End(1002, 2), End(995, 20))
    assert assign(task(940)) == Solution(frozenset({("a", "x"), ("b", "y")}), End(1002, 2), End(1002, 2))


def test_sums_of_the_largest_affinities_are_exact():
    pairs = [Pair(f"j{j}", f"d{d:02}", LARGEST - (j * 7 + d * 3) % 5) for j in range(6) for d in range(40)]

    found = assign(Task(pairs, 3, 18, 22))

    assert found.fair.total == sum(
        pair.affinity for pair in pairs if (pair.juror, pair.dossier) in found.pairings
    )
    assert found.fair.total == found.most.total


def test_a_reason_tells_the_rank_and_who_stood_before():
    values = {"ann": 9, "bob": 8, "cee": 7, "dan": 6}
    pairs = [Pair(juror, "x", value) for juror, value in values.items()]
    pairs += [
        Pair("ann", "y", 9),
        Pair("bob", "y", 0, conflict=True),
        Pair("cee", "y", 0),
        Pair("dan", "y", 0),
        Pair("eve", "y", 0),
    ]
    language = Demand("language", "x", frozenset({"dan"}))
    task = Task(pairs, 2, 0, 1, frozenset({frozenset({"bob", "dan"})}), frozenset({("ann", "y")}), [language])

    found = {(each.juror, each.dossier): each for each in explained(task, assign(task).pairings)}

    assert found["dan", "x"].demands == ("language",)
    assert (found["dan", "x"].rank, found["dan", "x"].of) == (4, 4)
    assert found["dan", "x"].ahead == (Ahead("ann", Before.full), Ahead("bob", Before.apart))
    assert found["ann", "y"].kept


def lacks(task: Task) -> list[tuple[Lack, str, int, int]]:
    with pytest.raises(Infeasible):
        assign(task)
    return [(each.lack, each.name, each.need, each.have) for each in diagnosis(task)]


def grid(jurors: int, dossiers: int, *conflicts: tuple[int, int]) -> list[Pair]:
    return [Pair(f"j{j}", f"d{d}", 1, (j, d) in conflicts) for j in range(jurors) for d in range(dossiers)]


def test_everybody_in_conflict_with_one_dossier_is_said_of_that_dossier():
    conflicts = [(juror, 1) for juror in range(4)]

    assert lacks(Task(grid(4, 3, *conflicts), 2, 0, 9)) == [(Lack.readers, "d1", 2, 0)]


def test_loads_that_cannot_be_met_name_who_goes_without():
    assert lacks(Task(grid(2, 3), 2, 0, 2))[0] == (Lack.all_places, "", 6, 4)
    assert [each[0] for each in lacks(Task(grid(2, 3), 2, 0, 2))[1:]] == [Lack.dossier_short] * 1
    assert lacks(Task(grid(3, 2), 1, 1, 2))[0] == (Lack.all_loads, "", 3, 2)
    assert [each[0] for each in lacks(Task(grid(3, 2), 1, 1, 2))[1:]] == [Lack.juror_short]


def test_one_juror_serves_every_dossier_or_none():
    assert assign(Task(grid(1, 3), 1, 0, 3)).fair == End(3, 1)
    assert lacks(Task(grid(1, 3), 2, 0, 9))[0] == (Lack.readers, "d0", 2, 1)


def test_a_narrow_place_that_no_count_shows_is_found():
    """d0 and d1 can only go to j0, who may take one."""
    conflicts = [(juror, each) for juror in (1, 2) for each in (0, 1)]
    found = lacks(Task(grid(3, 4, *conflicts), 1, 0, 1 + 1 - 1))

    assert found[0] == (Lack.all_places, "", 4, 3)
    found = lacks(Task([*grid(3, 3, *conflicts)], 1, 0, 1))
    assert [each[0] for each in found] == [Lack.dossier_short]
    assert found[0][1] in {"d0", "d1"}


def test_who_goes_without_is_named_where_kept_pairings_leave_no_equal_loads():
    kept = frozenset({("j0", "d0"), ("j0", "d1")})

    assert lacks(Task(grid(3, 3), 1, 1, 3, kept=kept)) in (
        [(Lack.juror_short, "j1", 1, 0)],
        [(Lack.juror_short, "j2", 1, 0)],
    )


def test_kept_pairings_that_cannot_stay_are_named():
    pairs = grid(3, 2, (0, 0))
    apart = frozenset({frozenset({"j1", "j2"})})
    kept = frozenset({("j0", "d0"), ("j1", "d1"), ("j2", "d1")})

    found = diagnosis(Task(pairs, 1, 0, 0, apart, kept))

    assert [(each.lack, each.name, each.other) for each in found] == [
        (Lack.kept_conflict, "d0", "j0"),
        (Lack.kept_apart, "d1", "j1, j2"),
        (Lack.kept_many, "d1", ""),
        (Lack.kept_load, "j0", ""),
        (Lack.kept_load, "j1", ""),
        (Lack.kept_load, "j2", ""),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"pairs": [Pair("a", "x", -1)]},
        {"pairs": [Pair("a", "x", LARGEST + 1)]},
        {"pairs": [Pair("a", "x", 1), Pair("a", "x", 2)]},
        {"per_dossier": 0},
        {"min_load": 2},
    ],
)
def test_a_task_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - each of them is one
        assign(
            Task(**{"pairs": [Pair("a", "x", 1)], "per_dossier": 1, "min_load": 0, "max_load": 1, **wrong})
        )
