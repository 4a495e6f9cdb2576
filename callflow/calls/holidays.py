"""Days on which offices are closed in Belgium and France, computed, so that no list runs out."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

FIXED = {
    "BE": {(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)},
    "FR": {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)},
}
AFTER_EASTER = (1, 39, 50)
"""Easter Monday, Ascension Day, Whit Monday: the same in both countries."""


@cache
def easter(year: int) -> date:
    """Easter Sunday by the Gregorian rule (the anonymous algorithm printed in Nature in 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day: date, country: str) -> bool:
    """Whether offices in this country (BE or FR) are closed on this weekday for a public holiday."""
    if (day.month, day.day) in FIXED[country]:
        return True
    return day in {easter(day.year) + timedelta(days=after) for after in AFTER_EASTER}


def closed(day: date, countries: set[str]) -> Iterator[str]:
    """Why nobody works on this day: ``weekend``, ``BE``, ``FR``; nothing on a working day."""
    if day.weekday() >= 5:
        yield "weekend"
        return
    for country in sorted(countries):
        if is_holiday(day, country):
            yield country
