"""A call on which the demonstration is played: its dossiers, how far each comes, and when things happen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from callflow.applications.queries import places_of
from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.cli.playing import acts
from callflow.cli.playing.acts import Entry
from callflow.cli.playing.days import DAY, Days, at
from callflow.cli.playing.story import Story
from callflow.cli.playing.troupe import Troupe
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import unit_of_work

BENT = ("selected_with_conditions", "postponed", "heard", "revoked", "offered")
"""Told of an outcome on which something follows: bending.py."""
FINISHED = ("reported", "closed")
HALFWAY = ("interim_reported", "interim_approved", *FINISHED)
AGREED = ("agreed", *HALFWAY)
"""What is brought at least so far, in a call with agreements and reports halfway."""
RELEASED = ("selected", "agreement_offered", "guided", *AGREED, "reserve", "not_selected", *BENT)
ASKED = ("incomplete", "completed")
SCORED = ("scored", "prepared", "decided", *RELEASED)
ADMITTED = ("screened", "coached", "presented", *SCORED)
LASTS = timedelta(days=30)
SOON = timedelta(days=3)
"""When a coach meets again whom they have met once: the one day of the demonstration that is to come."""


@dataclass
class Scene:
    """One dossier: how far it is brought, by which group, and what is special about it: ``agreed`` is the
    total that the jury agrees on in its meeting, ``met`` whether it has met about it yet.
    """

    until: str
    entry: Entry
    lot: str
    group_id: int
    complete: bool = False
    failing: str | None = None
    coached: bool = True
    agreed: int | None = None
    met: bool = True


ACTS = (
    "submission", "withdrawal", "screening", "coaching", "scoring", "jury", "meeting", "preparing",
    "decided", "released", "heard", "settled", "told", "afterwards", "offering", "agreeing", "guidance",
    "halfway", "reporting", "closing",
)  # fmt: skip
"""What happens, in its order; each has half an hour of the day of its own, so that no act comes before
another.
"""
MORNING, LATE_MORNING = time(8), time(11)
ACT, TURN = timedelta(minutes=30), timedelta(seconds=20)
"""How long an act takes for all dossiers, and for each of them."""


class Times:
    """The calendar of a call, drawn together so that all of it lies behind us: a demonstration has no
    future.
    """

    def __init__(self, days: Days, now: datetime) -> None:
        self.days, self.now = days, now
        end = min(days.closing, max(now - timedelta(days=1), days.opens + LASTS))
        self.share = (end - days.opens) / (days.closing - days.opens)

    def at(self, act: str, number: int) -> datetime:
        """When the act happens to this dossier, in office hours; dossiers follow each other by a TURN."""
        nominal = {
            "submission": self.days.closes - timedelta(days=9),
            "withdrawal": self.days.closes,
            "meeting": self.days.jury,
            **dict.fromkeys(("heard", "settled", "told", "afterwards"), self.days.released),
        }.get(act) or getattr(self.days, act)
        day = clock.local(self.days.opens + (nominal - self.days.opens) * self.share).date()
        day = max(day, clock.local(self.days.opens).date() + DAY)
        return at(day, MORNING) + ACT * ACTS.index(act) + TURN * number

    def lately(self, number: int) -> datetime:
        """A morning some days ago, within the time that the call was open."""
        last = min(self.now, self.days.closes) - timedelta(hours=26, minutes=41 * number)
        day = clock.local(last).date() - DAY
        return max(self.days.opens, at(day, LATE_MORNING)) + timedelta(minutes=3 * number)


class Stage:
    """A call on which the demonstration is played."""

    def __init__(
        self, reference: str, troupe: Troupe, scenes: Iterable[dict[str, Any]], now: datetime
    ) -> None:
        call = calls.by_reference(reference)
        self.reference, self.troupe = reference, troupe
        self.procedure, self.times = Procedure.of(call.procedure), Times(Days.of(call), now)
        self.rubric = acts.rubric_of(call)
        self.dice = Random(reference)  # noqa: S311 - a play has no secrets
        self.language = {lot.key: lot.authority.language for lot in call.lots}
        self.scenes = [self._scene(call, number, each) for number, each in enumerate(scenes)]

    @property
    def made_on(self) -> date:
        """The day on which the demonstration is made."""
        return clock.local(self.times.now).date()

    def _scene(self, call: Call, number: int, told: dict[str, Any]) -> Scene:
        place = next(each for each in places_of(call.id) if each.name == told["place"])
        lot = next(each for each in call.lots if any(area.code == place.code for area in each.area))
        amount = Decimal(told.get("amount", 1000)).quantize(Decimal("0.01"))
        story = Story(told["title"], told["summary"], lot.authority.language, lot.id, place.code, amount)
        recent = told["until"] in ("draft", "submitted", *ASKED)
        moment = self.times.lately(number) if recent else self.times.at("submission", number)
        member = self.troupe.groups[told["group"]]
        entry = Entry(number, story, float(told.get("quality", 3.2)), moment, member=member.actor)
        complete = not recent or bool(told.get("complete")) or told["until"] != "draft"
        return Scene(
            told["until"], entry, lot.key, member.group_id, complete, told.get("failing"),
            told.get("coach", True), told.get("agreed"), told.get("met", True),
        )  # fmt: skip

    def coordinator(self, scene: Scene) -> Actor:
        """Who handles the lot of this dossier."""
        return self.troupe.coordinators[self.language[scene.lot]]

    def until(self, *states: str) -> list[Scene]:
        """The dossiers that are brought so far."""
        return [scene for scene in self.scenes if scene.until in states]

    def do(self, name: str, scenes: Iterable[Scene], act: Callable[[Scene], object]) -> None:
        """The act for each of these, one to a unit of work, at its moment of the calendar."""
        for scene in scenes:
            with unit_of_work(), clock.fixed(self.times.at(name, scene.entry.number)):
                act(scene)
