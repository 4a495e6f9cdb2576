"""The one plan and the one log that all partners of a pilot share."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.people.states import Right
from callflow.pilots import rules
from callflow.pilots.models import Entry, Milestone, Pilot
from callflow.pilots.states import OVER, PLANNING, WRITING, EntryKind, Progress


@dataclass(frozen=True)
class Line:
    """A line of the plan as somebody wrote it."""

    title: str
    due_on: date
    party_id: int | None
    progress: Progress = Progress.planned


def add_milestone(actor: Actor, pilot: Pilot, line: Line) -> Milestone:
    """One more line at the end of the plan; the page shows it by date."""
    require(actor, P.pilot_edit, pilot)
    _plannable(pilot, line)
    made = Milestone(pilot_id=pilot.id, version=1, **asdict(line))
    db.session.add(made)
    db.session.flush()  # the event names its id
    pilot.content_version += 1
    _write(pilot, actor, "milestone_added", made, asdict(line))
    return made


def change_milestone(actor: Actor, pilot: Pilot, milestone: Milestone, line: Line, *, version: int) -> None:
    """Another date, owner, state or wording. Raises Changed when somebody was before: both are shown.

    How far a line is, is no change of what was agreed.
    """
    require(actor, P.pilot_edit, pilot)
    if version != milestone.version:
        raise Changed("milestone_changed")
    _plannable(pilot, line)
    changed = {name: value for name, value in asdict(line).items() if getattr(milestone, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(milestone, name, value)
    milestone.version += 1
    if changed.keys() != {"progress"} or Progress.dropped in changed.values():
        pilot.content_version += 1
    _write(pilot, actor, "milestone_changed", milestone, changed)


def _plannable(pilot: Pilot, line: Line) -> None:
    if pilot.state not in PLANNING:
        raise Refused("pilot_plan_fixed")
    if line.party_id is not None and rules.named(pilot.parties, line.party_id) is None:
        raise Refused("pilot_partner_gone", field="party_id")


def _write(pilot: Pilot, actor: Actor, action: str, milestone: Milestone, changed: dict[str, Any]) -> None:
    data = {name: value for name, value in changed.items() if name != "title"}
    texts = {"title": milestone.title}
    trail.record(pilot.trail, actor, action, data={"milestone": milestone.id, **data}, texts=texts)


def set_report_day(actor: Actor, pilot: Pilot, day: date, *, reason: str, version: int) -> None:
    """By which day the report is there. What all agreed upon is moved with a reason, which all may read.

    Raises Changed when text, plan or partners changed after ``version`` was shown.
    """
    require(actor, P.pilot_edit, pilot)
    if pilot.state not in PLANNING:
        raise Refused("pilot_plan_fixed")
    if version != pilot.content_version:
        raise Changed("pilot_report_day_changed")
    before = pilot.report_due_on
    if day == before:
        return
    if day < clock.today():
        raise Refused("pilot_report_day_past", field="report_due_on")
    if before and pilot.state not in WRITING and not reason.strip():
        raise Refused("pilot_report_day_unexplained", field="reason")
    pilot.report_due_on = day
    pilot.content_version += 1
    trail.record(
        pilot.trail, actor, "pilot_report_day_set", data={"day": day, "before": before},
        texts={"reason": reason} if reason.strip() else {},
    )  # fmt: skip


def log(actor: Actor, pilot: Pilot, *, kind: EntryKind, held_on: date, body: str, language: str) -> Entry:
    """What happened, on which day; every partner reads it, nobody changes it."""
    require(actor, P.pilot_log, pilot)
    if pilot.state in OVER:
        raise Refused("pilot_log_over")
    if held_on > clock.today():
        raise Refused("pilot_day_ahead", field="held_on")
    mine = rules.parties_of(actor, pilot, Right.edit)
    entry = Entry(
        pilot_id=pilot.id, kind=kind, held_on=held_on, body=body, language=language,
        party_id=mine[0].id if mine else None, written_by=actor.id, written_at=clock.now(),
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()  # the event names its id
    trail.record(
        pilot.trail, actor, "pilot_logged", data={"entry": entry.id, "kind": kind.value, "held_on": held_on}
    )
    return entry
