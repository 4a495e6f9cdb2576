"""The clock of silent refusal: two months, suspended while papers may be brought, told both ways."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflow.calls.silence import Pause, Silence, counted_from, received_before, silence
from callflow.calls.states import Law

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("received", "refused"),
    [
        (date(2026, 10, 5), date(2026, 12, 5)),
        (date(2026, 11, 30), date(2027, 1, 30)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 12, 30), date(2028, 2, 29)),
        (date(2027, 1, 1), date(2027, 3, 1)),
    ],
)
def test_silence_is_a_refusal_two_months_after_receipt(received, refused):
    assert silence(Law.fr_public, received) == Silence(refused, refused)


@pytest.mark.parametrize("law", [Law.be_public, Law.private, Law.egtc])
def test_silence_says_nothing_elsewhere(law):
    assert silence(law, date(2026, 10, 5)) is None


@pytest.mark.parametrize(
    ("pauses", "suspended"),
    [
        ([], date(2027, 1, 30)),
        # fourteen days were given, and all of them used
        ([Pause(date(2026, 12, 7), date(2026, 12, 21))], date(2027, 2, 13)),
        # the papers came after five days: the clock ran on from there
        ([Pause(date(2026, 12, 7), date(2026, 12, 12))], date(2027, 2, 4)),
        # a second request, begun within the longer time that the first one made
        (
            [Pause(date(2026, 12, 7), date(2026, 12, 21)), Pause(date(2027, 2, 10), date(2027, 2, 20))],
            date(2027, 2, 23),
        ),
        # asked for when silence had already answered
        ([Pause(date(2027, 1, 31), date(2027, 2, 14))], date(2027, 1, 30)),
    ],
)
def test_a_time_limit_for_papers_suspends_and_never_starts_anew(pauses, suspended):
    found = silence(Law.fr_public, date(2026, 11, 30), pauses)

    assert found == Silence(running=date(2027, 1, 30), suspended=suspended)
    assert found.doubtful is (suspended != date(2027, 1, 30))


@pytest.mark.parametrize(
    ("today", "alarm"),
    [
        (date(2027, 1, 15), "calm"),
        (date(2027, 1, 16), "soon"),
        (date(2027, 1, 30), "soon"),
        (date(2027, 1, 31), "past"),
    ],
)
def test_the_alarm_goes_by_the_earlier_of_both_days(today, alarm):
    found = silence(Law.fr_public, date(2026, 11, 30), [Pause(date(2026, 12, 7), date(2026, 12, 21))])

    assert found is not None
    assert found.alarm(today) == alarm


@given(DAYS, DAYS)
def test_what_was_received_by_then_is_exactly_what_is_due(received: date, day: date):
    assert (counted_from(received) <= day) == (received <= received_before(day))


@given(DAYS)
def test_the_day_is_never_farther_than_two_months(received: date):
    assert timedelta(days=59) <= counted_from(received) - received <= timedelta(days=62)
