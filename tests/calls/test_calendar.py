"""Days on which nobody works, nights in which clocks change, and what French law makes of silence."""

from datetime import date, timedelta

import pytest

from callflow.calls.calendar import moment
from callflow.calls.holidays import closed, easter, is_holiday
from tests.calls import files


def codes(*replaced: tuple[str, str]) -> list[str]:
    return [finding.code for finding in files.findings(files.changed(*replaced))]


@pytest.mark.parametrize(
    "year, day",
    [
        (2000, "2000-04-23"), (2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"),
        (2027, "2027-03-28"), (2038, "2038-04-25"), (2049, "2049-04-18"), (2076, "2076-04-19"),
        (2099, "2099-04-12"),
    ],
)  # fmt: skip
def test_easter_falls_where_the_tables_say(year: int, day: str):
    assert easter(year) == date.fromisoformat(day)


def test_every_easter_of_the_century_is_a_sunday_in_its_season():
    for year in range(2000, 2100):
        assert easter(year).weekday() == 6
        assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@pytest.mark.parametrize(
    "day, belgium, france",
    [
        ("2026-04-06", True, True),  # Easter Monday
        ("2026-05-14", True, True),  # Ascension
        ("2026-05-25", True, True),  # Whit Monday
        ("2026-05-08", False, True),
        ("2026-07-14", False, True),
        ("2026-07-21", True, False),
        ("2026-11-11", True, True),
        ("2026-12-18", False, False),
    ],
)
def test_holidays_of_both_countries(day: str, belgium: bool, france: bool):
    found = date.fromisoformat(day)

    assert (is_holiday(found, "BE"), is_holiday(found, "FR")) == (belgium, france)


def test_a_weekend_is_named_once_and_a_holiday_for_each_country():
    assert list(closed(date(2027, 3, 13), {"BE", "FR"})) == ["weekend"]
    assert list(closed(date(2026, 11, 11), {"BE", "FR"})) == ["BE", "FR"]
    assert list(closed(date(2026, 7, 21), {"FR"})) == []


def test_a_moment_is_that_of_brussels_in_summer_and_in_winter():
    assert moment("2026-10-05 09:00").utcoffset() == timedelta(hours=2)
    assert moment("2026-12-18 12:00").utcoffset() == timedelta(hours=1)


def test_a_decision_within_two_months_needs_no_warning_and_one_after_some_names_both_days():
    early = files.findings(
        files.changed(
            ("opens: 2026-10-05 09:00", "opens: 2026-11-10 09:00"),
            ("completeness_until: 2027-01-08", "completeness_until: 2026-12-21"),
            (
                "coaching: {from: 2027-01-11, until: 2027-02-26}",
                "coaching: {from: 2026-12-21, until: 2027-01-05}",
            ),
            ("jury_on: 2027-03-12", "jury_on: 2027-01-07"),
            ("decision_on: 2027-03-25", "decision_on: 2027-01-08"),
        )
    )

    assert [finding.code for finding in early] == []
    late = files.findings(files.changed(("closes: 2026-12-18", "closes: 2026-12-31")))
    assert [(each.code, each.parameters) for each in late if each.code.startswith("silence")] == [
        ("silence_all", {"lot": "flandre", "first": date(2026, 12, 5), "last": date(2027, 2, 28)})
    ]


def test_a_belgian_lot_knows_no_silence():
    only_flemish = files.changed(
        (files.between("  - key: flandre\n", "\nprocedure:"), ""), ("law: fr_public", "law: private")
    )

    assert {finding.code for finding in files.findings(only_flemish)} == {"authority_unused"}


@pytest.mark.parametrize(
    "hour, code", [("02:00", "hour_skipped"), ("02:59", "hour_skipped"), ("03:00", "night_of_time_change")]
)
def test_the_night_in_spring(hour: str, code: str):
    assert code in codes(("completeness_until: 2027-01-08 12:00", f"completeness_until: 2027-03-28 {hour}"))


def test_errors_keep_the_file_out_and_warnings_do_not():
    shown = files.findings(files.changed(("jury_on: 2027-03-12", "jury_on: 2027-03-13")))

    assert {finding.code: finding.refuses for finding in shown} == {"on_weekend": False, "silence_all": False}
