"""The best selection under envelopes and quotas: beside every subset of small tables, and where none is."""

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflow.decisions.asked import overspent
from callflow.decisions.portfolio import (
    Candidate,
    Contradiction,
    Envelope,
    Quota,
    Solution,
    Unsolved,
    solve,
)

SIDES = [Envelope("be", 100, "joint"), Envelope("fr", 50, "joint"), Envelope("joint", 30)]


def project(name: str, score: int, *, be: int = 0, fr: int = 0, of: str = "", **more) -> Candidate:
    return Candidate(name, score, {"be": be, "fr": fr}, quotas=frozenset(of.split()), **more)


def said(solution: Solution) -> dict[str, str]:
    return {name: verdict.value for name, verdict in solution.verdicts.items()}


def tried(rows: Sequence[Candidate], envelopes: Sequence[Envelope], quotas: Sequence[Quota]):
    """Every subset, one by one: the best sum of scores, and what all the best have in common."""
    best, common = None, list[set[str]]()
    for taken in itertools.product((False, True), repeat=len(rows)):
        chosen = [row for row, take in zip(rows, taken, strict=True) if take]
        spent = {e.key: sum(row.costs.get(e.key, 0) for row in chosen) for e in envelopes}
        numbers = [(quota, sum(quota.key in row.quotas for row in chosen)) for quota in quotas]
        if (
            overspent(envelopes, spent)
            or any(row.fixed not in (None, take) for row, take in zip(rows, taken, strict=True))
            or any(n < q.least or (q.most is not None and n > q.most) for q, n in numbers)
        ):
            continue
        width = max((len(row.breaks) for row in rows), default=0)
        worth = (sum(r.score for r in chosen), *(sum(r.breaks[k] for r in chosen) for k in range(width)))
        if best is None or worth > best:
            best, common = worth, []
        if worth == best:
            common.append({row.id for row in chosen})
    if best is None:
        return None
    always, ever = set.intersection(*common), set.union(*common)
    return best[0], {
        row.id: "selected" if row.id in always else "undecided" if row.id in ever else "left_out"
        for row in rows
    }


def test_the_joint_envelope_pays_what_a_side_cannot():
    rows = [
        project("a", 80, be=90),
        project("b", 70, be=30),
        project("c", 60, fr=60),
        project("d", 50, fr=20),
    ]

    found = solve(rows, SIDES)

    assert said(found) == {"a": "selected", "b": "selected", "c": "selected", "d": "left_out"}
    assert (found.score, found.bound, found.proved, found.settled) == (210, 210, True, True)


def test_a_quota_takes_the_best_of_its_territory_before_better_ones_elsewhere():
    rows = [project("a", 90, be=60), project("b", 80, be=60), project("c", 10, be=40, of="coast")]

    assert said(solve(rows, SIDES)) == {"a": "selected", "b": "selected", "c": "left_out"}
    assert said(solve(rows, SIDES, [Quota("coast", 1)])) == {
        "a": "selected",
        "b": "left_out",
        "c": "selected",
    }


def test_equals_are_undecided_unless_a_published_tie_break_tells_them_apart():
    rows = [project("a", 50, be=70), project("b", 50, be=70), project("c", 50, be=70)]
    broken = [Candidate(row.id, 50, row.costs, (level,)) for row, level in zip(rows, (3, 2, 2), strict=True)]
    dearer = [*rows[:2], project("c", 50, be=100)]

    assert set(said(solve(rows, SIDES)).values()) == {"undecided"}
    assert said(solve(broken, SIDES)) == {"a": "selected", "b": "left_out", "c": "left_out"}
    assert set(said(solve(dearer, SIDES)).values()) == {"undecided"}


def test_a_choice_by_hand_is_kept_and_decides_the_tie():
    rows = [project("a", 50, be=70), project("b", 50, be=70), project("c", 40, be=60, fixed=True)]

    assert said(solve(rows, SIDES)) == {"a": "undecided", "b": "undecided", "c": "selected"}
    assert said(solve([project("a", 50, be=70, fixed=False), *rows[1:]], SIDES)) == {
        "a": "left_out",
        "b": "selected",
        "c": "selected",
    }


def test_what_costs_nothing_is_always_in_and_an_envelope_below_the_first_project_leaves_all_out():
    assert said(solve([project("free", 1), project("dear", 99, be=131)], SIDES)) == {
        "free": "selected",
        "dear": "left_out",
    }
    assert said(solve([project("dear", 99, be=131)], SIDES)) == {"dear": "left_out"}
    assert said(solve([], SIDES)) == {}


@pytest.mark.parametrize(
    "rows, quotas, named",
    [
        ([project("a", 9, be=90, of="x")], [Quota("x", 2)], (("x",), (), ())),
        (
            [project("a", 9, be=70, of="x"), project("b", 8, be=70, of="y"), project("c", 7, fr=9, of="z")],
            [Quota("x", 1), Quota("y", 1), Quota("z", 1)],
            (("x", "y"), ("be", "joint"), ()),
        ),
        ([project("a", 9, of="x y")], [Quota("x", 1), Quota("y", 0, 0)], (("x", "y"), (), ())),
        ([project("a", 9, be=131, of="x")], [Quota("x", 1)], (("x",), ("be", "joint"), ())),
        (
            [project("a", 9, be=131, fixed=True), project("b", 9, fixed=True)],
            [],
            ((), ("be", "joint"), ("a",)),
        ),
        ([], [Quota("x", 1)], (("x",), (), ())),
    ],
    ids=["too few", "money for one", "contrary", "envelope below the project", "by hand", "nothing"],
)
def test_what_cannot_hold_together_is_named_and_nothing_else(rows, quotas, named):
    with pytest.raises(Contradiction) as caught:
        solve(rows, SIDES, quotas)

    assert (caught.value.quotas, caught.value.envelopes, caught.value.fixed) == named


def drawn(
    dice: random.Random, count: int, levels: int = 12
) -> tuple[list[Candidate], list[Envelope], list[Quota]]:
    rows = [
        Candidate(
            str(number),
            dice.randint(60 * levels, 95 * levels),
            {dice.choice(("be", "fr")): dice.randint(2, 40) * 25_000},
            (dice.randint(0, 20),),
            frozenset(str(key) for key in range(10) if dice.random() < 0.1),
        )
        for number in range(count)
    ]
    whole = sum(sum(row.costs.values()) for row in rows)
    sides = [Envelope("be", whole // 10, "joint"), Envelope("fr", whole // 12, "joint")]
    return rows, [*sides, Envelope("joint", whole // 20)], [Quota(str(key), count // 50) for key in range(10)]


def test_shuffled_rows_get_the_same():
    dice = random.Random(2)
    rows = [
        project(str(number), dice.randint(12, 19) * 5, be=dice.randint(1, 5) * 2, of=str(number % 3))
        for number in range(80)
    ]
    quotas = [Quota(str(key), 4) for key in range(3)]
    envelopes = [Envelope("be", 41, "joint"), Envelope("fr", 9, "joint"), Envelope("joint", 20)]
    expected = solve(rows, envelopes, quotas)

    for _ in range(3):
        for each in (rows, envelopes, quotas):
            dice.shuffle(each)
        found = solve(rows, envelopes, quotas)
        assert (said(found), found.score) == (said(expected), expected.score)
    assert set(said(expected).values()) == {"selected", "left_out", "undecided"}


def test_ties_everywhere_leave_everything_open_and_say_so():
    rows = [project(str(number), 70, be=9 + number % 4) for number in range(300)]

    found = solve(rows, SIDES)

    assert (found.score, found.proved) == (70 * 14, True)
    assert set(said(found).values()) == {"undecided"}


def test_a_search_that_is_cut_off_says_how_far_it_can_be_from_the_best():
    rows, envelopes, quotas = drawn(random.Random(3), 300, levels=10_000)

    found = solve(rows, envelopes, quotas, nodes=1)
    best = solve(rows, envelopes, quotas)
    assert (best.proved, found.proved, found.settled) == (True, False, False)
    assert found.score <= best.score <= found.bound
    with pytest.raises(Unsolved):
        solve(rows, envelopes, quotas, nodes=0)


@pytest.mark.parametrize(
    "rows, envelopes",
    [
        ([project("a", 1), project("a", 2)], SIDES),
        ([project("a", -1)], SIDES),
        ([project("a", 1, be=-1)], SIDES),
        ([project("a", 1, be=1)], [Envelope("fr", 1)]),
        ([], [Envelope("be", 1, "fr"), Envelope("fr", 1, "joint"), Envelope("joint", 1)]),
    ],
)
def test_a_table_that_is_wrong_is_refused(rows, envelopes):
    with pytest.raises(ValueError, match=r"twice|zero|declared|spills"):
        solve(rows, envelopes)


rows_of = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from(["be", "fr", "joint"]),
        st.integers(0, 12),
        st.integers(0, 2),
        st.frozensets(st.sampled_from("xy")),
        st.sampled_from([None, None, None, None, True, False]),
    ),
    max_size=7,
)


@settings(max_examples=120, deadline=None)
@given(rows_of, st.tuples(*[st.integers(0, 20)] * 3), st.integers(0, 2), st.sampled_from([None, 1, 3]))
def test_small_tables_come_out_as_when_every_subset_is_tried(table, sizes, least, most):
    rows = [
        Candidate(str(number), score, {key: cost}, (level,), of, fixed)
        for number, (score, key, cost, level, of, fixed) in enumerate(table)
    ]
    envelopes = [
        Envelope("be", sizes[0], "joint"),
        Envelope("fr", sizes[1], "joint"),
        Envelope("joint", sizes[2]),
    ]
    quotas = [Quota("x", least, most), Quota("y", 1)]

    expected = tried(rows, envelopes, quotas)

    try:
        found = solve(rows, envelopes, quotas)
    except Contradiction as contradiction:
        assert expected is None
        kept = [each for each in quotas if each.key in contradiction.quotas]
        wide = [e if e.key in contradiction.envelopes else Envelope(e.key, None, e.spills) for e in envelopes]
        free = [
            row if row.id in contradiction.fixed else Candidate(row.id, 0, row.costs, quotas=row.quotas)
            for row in rows
        ]
        assert tried(free, wide, kept) is None
    else:
        assert (found.score, said(found)) == expected
        assert found.settled
