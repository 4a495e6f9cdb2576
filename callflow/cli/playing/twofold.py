"""A call in two steps, in the demonstration: short forms, who is invited, who lets it lapse, more time."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from callflow.applications import answers
from callflow.applications.models import Application
from callflow.applications.queries import places_of
from callflow.applications.rules import full_until
from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.cli.playing import acts, changed, lines, troupe
from callflow.cli.playing.answering import filled
from callflow.cli.playing.days import DAY, Days, at
from callflow.cli.playing.examples import example, moved
from callflow.cli.playing.stage import Scene, Stage, Times
from callflow.cli.playing.staging import resolve, tell
from callflow.core import clock
from callflow.core.actor import CLOCK
from callflow.core.db import db
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import process, values
from callflow.people.models import Group

LATER = {"invitations_on": "2026-12-11", "full_until": "2027-01-29 12:00"}
"""What the calendar says once groups were given more time."""


class Moments(Times):
    """The acts of the first step, each at its hour of the calendar, and what happens at its last hour."""

    def __init__(self, call: Call, now: datetime) -> None:
        super().__init__(Days.of(call), now)
        until = full_until(call)
        if until is None:
            raise ValueError(f"{call.reference} has one step")
        told = date.fromisoformat(call.calendar["invitations_on"])
        self.acts = {
            "reading": at(told - 2 * DAY),
            "decided": at(told - DAY),
            "released": at(told),
            "writing": at(clock.local(until).date() - 2 * DAY, time(20)),
            "lapsing": until,
            "calendar": until + timedelta(hours=3),
            "anew": until + timedelta(hours=4),
        }

    def at(self, act: str, number: int) -> datetime:
        """A minute after the dossier before it; short forms come in the evenings of the last days."""
        if act == "submission":
            return self.days.closes - DAY * (number + 1) + timedelta(hours=5, minutes=13 * number)
        return self.acts[act] + timedelta(minutes=number)


def play(stage: Stage) -> None:
    """Both steps, until those who are invited write."""
    call = calls.by_reference(stage.reference)
    stage.times = Moments(call, stage.times.now)
    again = {number for number, each in enumerate(_scenes(stage)) if each.get("anew")}
    renewed = [each for each in stage.until("invited") if each.entry.number in again]
    at_first = [*stage.until("submitted", "lapsed"), *renewed]
    stage.do("submission", stage.scenes, lambda scene: _preapply(stage, scene))
    stage.do("reading", at_first, lambda scene: _invite(stage, scene))
    _turn_away(stage)
    stage.do("writing", stage.until("submitted"), lambda scene: _hand_in(stage, scene))
    stage.do("lapsing", [*stage.until("lapsed"), *renewed], _lapse)
    _give_time(stage)
    stage.do("anew", stage.until("invited"), lambda scene: _invite(stage, scene))


def _scenes(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = troupe.texts()["calls"][stage.reference]
    return found


def _typed(stage: Stage, call: Call, scene: Scene, *, short: bool) -> dict[str, Any]:
    """The answers to the short form, or to all of it."""
    form: list[dict[str, Any]] = [dict(each) for each in answers.short(call.form)] if short else call.form
    places, day = list(places_of(call.id)), stage.times.days.released.date()
    return filled(form, scene.entry.story, places=places, day=day, dice=stage.dice)


def _preapply(stage: Stage, scene: Scene) -> None:
    """Begun after work, and handed in."""
    entry, now = scene.entry, clock.now()
    call = calls.by_reference(stage.reference)
    lot = next(each for each in call.lots if each.key == scene.lot)
    with clock.fixed(now - timedelta(hours=2)):
        acts.begin(entry, call, lot, db.session.get_one(Group, scene.group_id))
        draft = acts.write(entry, _typed(stage, call, scene, short=True))
    process.take(draft, "preapply", actor=entry.group, values=values.Submitting(draft.content_version))


def _invite(stage: Stage, scene: Scene) -> None:
    words = lines.word("full_asked", stage.language[scene.lot])
    acts.step(scene.entry, "invite", stage.coordinator(scene), values.InvitingToApply(words))


def _turn_away(stage: Stage) -> None:
    """Proposed by the office, decided by the body of the lot, told by its signatory."""
    chosen = stage.until("not_invited")

    def propose(scene: Scene) -> None:
        why = lines.word("not_invited", stage.language[scene.lot])
        acts.step(scene.entry, "turn_away", stage.coordinator(scene), values.TurningAway(why))

    stage.do("reading", chosen, propose)
    for key in {scene.lot: None for scene in chosen}:
        references = [scene.entry.reference for scene in chosen if scene.lot == key]
        resolve(stage, key, references)
        tell(stage, key, references)


def _hand_in(stage: Stage, scene: Scene) -> None:
    call = calls.by_reference(stage.reference)
    acts.submit(scene.entry, acts.write(scene.entry, _typed(stage, call, scene, short=False)))


def _lapse(scene: Scene) -> None:
    """As the clock does it."""
    process.take(dossiers.for_clock(scene.entry.reference, kind=Application), "lapse_invitation", actor=CLOCK)


def _give_time(stage: Stage) -> None:
    """A later day for the invitations, and a later last hour."""
    told = example(stage.reference, stage.made_on)
    for key, later in LATER.items():
        line = f"  {key}: {moved(later, stage.made_on)}"
        told, found = re.subn(rf"^  {key}: .*$", line, told, flags=re.MULTILINE)
        if found != 1:
            raise AssertionError(f"{stage.reference} does not say {key} once")
    changed.change(stage, told, why="more_time", moment=stage.times.at("calendar", 0))
