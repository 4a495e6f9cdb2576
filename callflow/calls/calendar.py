"""The calendar of a call: what the file says as moments, and what is wrong or doubtful about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from callflow.calls.checks.complaints import Complaints
from callflow.calls.holidays import closed
from callflow.calls.reading import Path
from callflow.calls.silence import counted_from
from callflow.calls.states import Law, Offer
from callflow.core.clock import BRUSSELS

SHORT_CALL, SHORT_WINDOW = timedelta(days=28), timedelta(days=14)


def moment(text: str) -> datetime:
    """``2026-11-30 12:00`` as clocks in Brussels and Paris show it."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BRUSSELS)


@dataclass(frozen=True)
class Point:
    """One day of the calendar, with its place in the file. ``last`` is the last day that belongs to it."""

    path: Path
    first: date
    last: date

    @property
    def key(self) -> str:
        return ".".join(str(part) for part in self.path[1:])


def check(c: Complaints) -> None:
    """Order, hours, closed days, time changes, and what French law makes of silence."""
    calendar = c.value["calendar"]
    for path, text in _moments(calendar):
        _clock(c, path, text)
    opens, closes = moment(calendar["opens"]), moment(calendar["closes"])
    if opens >= closes:
        c.refuse(("calendar", "closes"), "dates_out_of_order", key="closes", before="opens")
    elif closes - opens < SHORT_CALL:
        c.warn(("calendar", "closes"), "call_short", days=(closes - opens).days)
    for n, meeting in enumerate(calendar.get("info", ())):
        if moment(meeting["at"]) >= closes:
            c.refuse(("calendar", "info", n, "at"), "info_after_closing")
    if date.fromisoformat(c.value["rules"]["date"]) > opens.date():
        c.refuse(("rules", "date"), "rules_after_opening")
    _order(c, [*_points(calendar)])
    _invitations(c)
    _windows(c)
    _closed_days(c)
    _silence(c, opens.date(), closes.date())


def _moments(calendar: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in ("opens", "closes", "full_until", "completeness_until"):
        if key in calendar:
            yield ("calendar", key), calendar[key]
    for n, meeting in enumerate(calendar.get("info", ())):
        yield ("calendar", "info", n, "at"), meeting["at"]


def _clock(c: Complaints, path: Path, text: str) -> None:
    at = moment(text)
    earlier, later = at.replace(fold=0).utcoffset(), at.replace(fold=1).utcoffset()
    if earlier != later:
        # the clocks go forward over this hour, or back so that it comes twice
        c.refuse(
            path,
            "hour_skipped" if (earlier or timedelta()) < (later or timedelta()) else "hour_twice",
            given=text,
        )
        return
    if path[-1] == "at":
        return
    midnight = at.replace(hour=0, minute=0)
    if midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset() and at.hour < 6:
        c.warn(path, "night_of_time_change", given=text)
    elif (at.hour, at.minute) == (0, 0):
        c.warn(path, "at_midnight", given=text)
    elif path[-1] in ("closes", "full_until") and not 9 <= at.hour <= 17:
        c.warn(path, "nobody_answers", given=text)


def _points(calendar: dict[str, Any]) -> Iterator[Point]:
    """The days that must follow each other, in the order of the procedure."""
    for key in ("closes", "invitations_on", "full_until", "completeness_until"):
        if key in calendar:
            written = calendar[key]
            at = moment(written).date() if " " in written else date.fromisoformat(written)
            yield Point(("calendar", key), at, at)
    for key in ("coaching", "jury_on", "decision_on", "guidance", "interim_due", "report_due"):
        if key not in calendar:
            continue
        said = calendar[key]
        first, last = (said["from"], said["until"]) if isinstance(said, dict) else (said, said)
        yield Point(("calendar", key), date.fromisoformat(first), date.fromisoformat(last))


def _order(c: Complaints, points: list[Point]) -> None:
    """Each after all before it; coaching may begin while papers are still being completed."""
    for n, point in enumerate(points):
        if point.first > point.last:
            c.refuse(
                (*point.path, "until"),
                "dates_out_of_order",
                key=f"{point.key}.until",
                before=f"{point.key}.from",
            )
        for before in points[:n]:
            overlap = before.key == "completeness_until" and point.key == "coaching"
            limit = before.first if overlap else before.last
            late = point.first < limit or (point.first == limit and _must_differ(before, point))
            if late and not (overlap and point.last > limit):
                c.refuse(point.path, "dates_out_of_order", key=point.key, before=before.key)
                break


def _must_differ(before: Point, point: Point) -> bool:
    return (before.key, point.key) in (
        ("decision_on", "report_due"), ("closes", "jury_on"), ("full_until", "jury_on"),
        ("invitations_on", "full_until"),
    )  # fmt: skip


def _invitations(c: Complaints) -> None:
    """Between the last invitation and the last hour of the whole application groups have time to write."""
    calendar = c.value["calendar"]
    if not {"invitations_on", "full_until"} <= calendar.keys():
        return
    left = moment(calendar["full_until"]).date() - date.fromisoformat(calendar["invitations_on"])
    if timedelta() < left < SHORT_WINDOW:
        c.warn(("calendar", "full_until"), "full_short", days=left.days)


def _windows(c: Complaints) -> None:
    calendar = c.value["calendar"]
    for key in ("coaching", "guidance"):
        if key not in calendar:
            continue
        first, last = (date.fromisoformat(calendar[key][end]) for end in ("from", "until"))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        working = sum(1 for day in days if not any(closed(day, _countries(c))))
        each = max((lot.get("coaching_days_each", 0) for lot in c.value["lots"]), default=0)
        if working < each:
            c.refuse(("calendar", key), "window_too_short", key=key, working=working, each=each)
        elif last - first < SHORT_WINDOW and days:
            c.warn(("calendar", key), "window_short", key=key, working=working)


def _countries(c: Complaints) -> set[str]:
    return {authority["country"] for authority in c.value["authorities"].values()}


def _closed_days(c: Complaints) -> None:
    for point in _points(c.value["calendar"]):
        if point.key in ("coaching", "guidance"):
            continue
        for why in closed(point.first, _countries(c)):
            code = "on_weekend" if why == "weekend" else "on_holiday"
            c.warn(point.path, code, key=point.key, day=point.first, country=why)


def _silence(c: Complaints, opens: date, closes: date) -> None:
    """Each request has a clock of its own: the short form until the invitations, the whole application until
    the decision.
    """
    calendar = c.value["calendar"]
    if {"invitations_on", "full_until"} <= calendar.keys():
        _answered(c, "invitations_on", opens, closes)
        opens, closes = closes, moment(calendar["full_until"]).date()
    _answered(c, "decision_on", opens, closes)


def _answered(c: Complaints, key: str, opens: date, closes: date) -> None:
    decision = date.fromisoformat(c.value["calendar"][key])
    for lot in c.value["lots"]:
        authority = c.value["authorities"].get(lot["authority"])
        if authority is None or Law(authority["law"]) is not Law.fr_public or decision <= counted_from(opens):
            continue
        path: Path = ("calendar", key)
        if lot["offer"] == Offer.coaching:
            c.warn(
                path, "silence_unsure", lot=lot["key"], first=counted_from(opens), last=counted_from(closes)
            )
        elif decision > counted_from(closes):
            c.warn(path, "silence_all", lot=lot["key"], first=counted_from(opens), last=counted_from(closes))
        else:
            c.warn(
                path, "silence_early", lot=lot["key"], first=counted_from(opens), last=counted_from(closes)
            )
