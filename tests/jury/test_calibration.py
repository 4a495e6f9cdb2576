"""Strict and lenient jurors: what the model says, when it says nothing, and what it does not depend on."""

import csv
import random
from decimal import Decimal

import pytest

from callflow.jury.calibration import Calibration, Rating, at_home, calibrate, moved, ties

LENIENT = {
    "Anna": {"haie": 6, "banc": 7, "bus": 4, "four": 3},
    "Bram": {"haie": 6, "banc": 8, "bus": 5, "lavoir": 2},
    "Chloé": {"haie": 7, "banc": 7, "four": 4, "lavoir": 3},
    "Door": {"kerk": 9, "bus": 8, "four": 7, "lavoir": 6},
    "Emma": {"kerk": 5, "haie": 6, "banc": 7},
}
"""Door gives three points more than the others, and half of the mean of the church."""


def ratings(table: dict[str, dict[str, int]]) -> list[Rating]:
    return [
        Rating(juror, dossier, Decimal(score))
        for juror, given in table.items()
        for dossier, score in given.items()
    ]


def places(found: Calibration) -> list[tuple[str, int]]:
    return [(each.dossier, each.place) for each in found.standings]


def offsets(found: Calibration) -> dict[str, float]:
    return {juror: round(offset, 2) for juror, offset in found.offsets.items()}


def test_a_lenient_juror_no_longer_lifts_what_they_happened_to_score():
    found = calibrate(ratings(LENIENT))

    raw = sorted(found.standings, key=lambda each: each.raw_place)
    assert [each.dossier for each in raw] == ["banc", "kerk", "haie", "bus", "four", "lavoir"]
    assert [each.dossier for each in found.standings] == ["banc", "haie", "kerk", "bus", "four", "lavoir"]
    assert [(first.dossier, second.dossier) for first, second in moved(found)] == [("haie", "kerk")]
    assert max(found.offsets, key=found.offsets.__getitem__) == "Door"


def test_nothing_depends_on_the_order_of_the_rows():
    given = ratings(LENIENT)
    found = calibrate(given)

    for seed in range(20):
        random.Random(seed).shuffle(given)
        assert calibrate(given) == found


def test_a_single_score_says_nothing_about_its_juror():
    found = calibrate([*ratings(LENIENT), Rating("Zoë", "haie", Decimal(0))])

    assert found.offsets["Zoë"] == 0
    assert [member.low for member in found.members if member.juror == "Zoë"] == [None]


@pytest.mark.parametrize(
    "table",
    [
        {"Anna": {"haie": 3}},
        {"Anna": {"haie": 3, "banc": 5, "bus": 1}},
        {"Anna": {"haie": 3}, "Bram": {"haie": 9}},
        {juror: {"haie": 4, "banc": 4, "bus": 4} for juror in ("Anna", "Bram", "Chloé")},
        {"Anna": {"haie": 5, "banc": 1}, "Bram": {"haie": 1, "banc": 5}},
    ],
    ids=["one score", "one juror", "one dossier", "ties everywhere", "they contradict each other"],
)
def test_where_nothing_can_be_told_apart_the_raw_means_stand(table):
    found = calibrate(ratings(table))

    assert found.shrinkage is None
    assert set(found.offsets.values()) == {0.0}
    assert [each.value for each in found.standings] == [float(each.raw) for each in found.standings]
    assert [each.place for each in found.standings] == [each.raw_place for each in found.standings]


def test_no_scores_are_no_calibration():
    assert calibrate([]) == Calibration((), (), None, 0, 0)


def test_a_panel_of_two_of_whom_one_is_strict_ranks_as_both_do():
    table = {
        "Anna": {"haie": 9, "banc": 7, "bus": 5, "four": 8, "kerk": 4},
        "Bram": {"haie": 7, "banc": 5, "bus": 2, "four": 6},
    }

    found = calibrate(ratings(table))

    assert offsets(found) == {"Anna": 1.11, "Bram": -1.11}
    assert places(found) == [("haie", 1), ("four", 2), ("banc", 3), ("bus", 4), ("kerk", 5)]
    assert round(found.standings[-1].value, 2) == 2.89


def test_jurors_who_share_no_dossier_are_not_compared():
    nl = {"Anna": {"haie": 8, "banc": 5}, "Bram": {"haie": 6, "banc": 3}}
    fr = {"Chloé": {"four": 8, "bus": 5}, "Denis": {"four": 6, "bus": 3}}

    found = calibrate(ratings(nl | fr))

    assert found.parts == 2
    assert offsets(found)["Anna"] == offsets(found)["Chloé"] > 0
    assert places(found) == [("four", 1), ("haie", 1), ("banc", 3), ("bus", 3)]


def test_own_area_is_held_against_what_the_model_expects():
    given = ratings(LENIENT | {"Emma": {"kerk": 5, "haie": 6, "banc": 9, "four": 3, "bus": 4}})
    found = calibrate(given)

    emma, *others = at_home(found, given, {("Emma", "banc")})

    assert (emma.juror, emma.own, emma.elsewhere, others) == ("Emma", 1, 4, [])
    assert emma.above_own > 1
    assert (emma.above_elsewhere or 0) < 0


def test_the_panel_of_the_american_institute(shared):
    """0 is best; one juror gave a single score."""
    with shared("data/reviews/aibs_grant_panel.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["rating_0best_40worst"]]
    given = [Rating(row["juror"], row["proposal"], Decimal(row["rating_0best_40worst"])) for row in rows]

    found = calibrate(given, low_is_good=True)

    assert [each.dossier for each in found.standings[:5]] == ["P17", "P25", "P19", "P21", "P04"]
    assert found.offsets["J12"] == 0
    apart = [
        (tie.first.dossier, tie.second.dossier) for tie in ties(found) if tie.only_first and tie.only_second
    ]
    assert apart == [("P25", "P19"), ("P22", "P20"), ("P03", "P16")]
