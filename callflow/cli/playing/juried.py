"""The jury of the demonstration: who its members are, what each scores, and its meetings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from callflow.applications.models import Application
from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.cli.playing import acts, changed, lines
from callflow.cli.playing.examples import example, with_meeting
from callflow.cli.playing.stage import SCORED, Scene, Stage
from callflow.cli.playing.troupe import texts
from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import unit_of_work
from callflow.core.permissions import P
from callflow.desk.meeting import minutes_of
from callflow.desk.scope import calls_of
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import Task
from callflow.jury import actions as jury
from callflow.jury.actions import meeting as meetings
from callflow.jury.models import Meeting
from callflow.jury.profiles import Known, keep_profile
from callflow.jury.queries import open_meeting
from callflow.lifecycle import conflicts, process, seating, values
from callflow.lifecycle.stages import scoring_from
from callflow.territory.listing import listed

QUORUM = 4
AGO = timedelta(hours=2)
"""When the meeting began that still goes on."""
GUEST = 3
NOTED = 3
"""One project in so many has a line in the minutes."""


def change(stage: Stage) -> None:
    """Before anybody scores, the set-up of some calls is changed: their jury meets as well."""
    if stage.reference not in texts()["meets"]:
        return
    told = with_meeting(example(stage.reference, stage.made_on))
    changed.change(stage, told, why="meets_why", moment=stage.times.at("scoring", 0))
    stage.procedure = Procedure.of(_call(stage).procedure)


def judge(stage: Stage) -> None:
    """Jurors say who they are and score what they are given, each in their own way; of a dossier that is to
    be scored still, only the first has handed in.
    """
    reading = (scoring_from(stage.procedure).value, *SCORED)
    with unit_of_work(), clock.fixed(stage.times.at("scoring", 1)):
        for juror in _jurors(stage):
            jury.declare(juror, _call(stage), text=lines.word("declaration", juror.language))
            _introduce(stage, juror)
    with unit_of_work(), clock.fixed(stage.times.at("scoring", 2)):
        call = _call(stage)
        conflicts.renew(stage.troupe.coordinators["nl"], call, seating.jurors_of(call.id))
    stage.do("jury", stage.until(*reading), lambda scene: _judge(stage, scene))


def meet(stage: Stage) -> None:
    """The jury settles what it scored, but for what it leaves to its next meeting; the minutes are fixed."""
    if not stage.procedure.meeting:
        return
    scenes = [scene for scene in stage.until(*SCORED) if scene.met]
    with unit_of_work(), clock.fixed(stage.times.at("meeting", 0)):
        _open(stage, scenes)
    stage.do("meeting", scenes, lambda scene: _settle(stage, scene))
    with unit_of_work(), clock.fixed(stage.times.at("meeting", 59)):
        chair, call = _chair(stage), _call(stage)
        line = next(each for each in calls_of(chair, Role.chair) if each.id == call.id)
        meeting = _meeting(stage)

        def written(held: Meeting) -> dict[str, Any]:
            return minutes_of(chair, call, held, line)

        meetings.close_meeting(chair, call, meeting.id, version=meeting.version, write=written)


def go_on(stage: Stage) -> None:
    """A meeting that is under way: what was left, and nothing of it settled."""
    left = [scene for scene in stage.until(*SCORED) if not scene.met]
    if stage.procedure.meeting and left:
        with unit_of_work(), clock.fixed(stage.times.now - AGO):
            _open(stage, left)


def _call(stage: Stage) -> Call:
    return calls.by_reference(stage.reference)


def _chair(stage: Stage) -> Actor:
    if stage.troupe.chair is None:
        raise AssertionError("nobody chairs the jury of the demonstration")
    return stage.troupe.chair


def _jurors(stage: Stage) -> list[Actor]:
    return [juror for jurors in stage.troupe.jurors.values() for juror in jurors]


def _told(stage: Stage, juror: Actor) -> dict[str, Any]:
    return stage.troupe.told[juror.id or 0]


def _lives(stage: Stage, juror: Actor) -> str:
    """The code of the municipality."""
    name = _told(stage, juror)["lives"]
    return next(each.code for each in listed() if each.name == name)


def _introduce(stage: Stage, juror: Actor) -> None:
    told = _told(stage, juror)
    known = Known(
        tuple(told["reads"]), _lives(stage, juror), tuple(told.get("bodies", ())), lots=tuple(told["knows"])
    )
    keep_profile(juror, _call(stage), person_id=juror.id or 0, known=known, version=0)


def _judge(stage: Stage, scene: Scene) -> None:
    entry, language = scene.entry, stage.language[scene.lot]
    jurors = _panel(stage, scene)
    acts.assign(entry, stage.coordinator(scene), jurors, Task.juror)
    for juror in jurors if scene.until in SCORED else jurors[:1]:
        seen = replace(entry, quality=entry.quality + _told(stage, juror)["habit"])
        acts.judge(seen, juror, stage.rubric, language=language, dice=stage.dice)
    if scene.until in SCORED:
        acts.step(entry, "close_scoring", stage.coordinator(scene))


def _panel(stage: Stage, scene: Scene) -> Sequence[Actor]:
    """As many as it needs of those who read its language and do not live there, each dossier with another at
    the head. A guest from the other side reads one in three, so that both sides can be compared.
    """
    language, place = stage.language[scene.lot], scene.entry.story.municipality
    needed, number = stage.procedure.scores_needed, scene.entry.number
    able = [
        juror for juror in _jurors(stage)
        if language in _told(stage, juror)["reads"] and _lives(stage, juror) != place
    ]  # fmt: skip
    own = [juror for juror in able if juror.language == language]
    chosen = own if len(own) >= needed and number % GUEST else able
    first = number % len(chosen)
    return [*chosen[first:], *chosen[:first]][:needed]


def _open(stage: Stage, scenes: Sequence[Scene]) -> None:
    """A meeting about these, the best first, in which everybody sits."""
    chair, call = _chair(stage), _call(stage)
    refs = [scene.entry.reference for scene in sorted(scenes, key=lambda each: -each.entry.quality)]
    made = meetings.open_meeting(
        chair, call, held_on=clock.today(), place=lines.word("hall", chair.language), quorum=QUORUM, refs=refs
    )
    present = [each.id or 0 for each in (chair, *_jurors(stage))]
    meetings.note_presence(chair, call, _meeting(stage).id, version=made.version, present=present)


def _meeting(stage: Stage) -> Meeting:
    """The one that is open."""
    found = open_meeting(_call(stage).id)
    if found is None:
        raise AssertionError("no meeting is open")
    return found


def _settle(stage: Stage, scene: Scene) -> None:
    chair, language = _chair(stage), stage.language[scene.lot]
    agreed = None if scene.agreed is None else Decimal(scene.agreed)
    why = lines.word("agreed_why", language) if scene.agreed is not None else ""
    noted = scene.entry.number % NOTED == 0
    remark = lines.choices("minuted", language)[scene.entry.number % 2] if noted else ""
    dossier = dossiers.for_step(scene.entry.reference, by=chair, kind=Application, permission=P.jury_meet)
    process.take(dossier, "settle", actor=chair, values=values.Settling(agreed, why, remark))
