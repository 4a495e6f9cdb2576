"""Reads of pilots: always through the visibility of dossiers, with everybody who carries one."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Party
from callflow.dossiers.states import Part
from callflow.pilots.models import Agreement, Entry, Feed, Finding, Milestone, Pilot, PilotReport, Track
from callflow.pilots.rules import Facts, unreported
from callflow.pilots.states import EntryKind, FindingKind, Progress, Verdict


def seen(ref: str, *, by: Actor) -> Pilot:
    """The pilot with all who carry it. Raises NotFound when it may not be seen."""
    return dossiers.seen(ref, by=by, kind=Pilot, permission=P.pilot_view)


def for_step(ref: str, *, by: Actor) -> Pilot:
    """The same, locked: whatever changes a pilot waits for its row first, and reads afterwards."""
    return dossiers.for_step(ref, by=by, kind=Pilot, permission=P.pilot_view)


def facts_of(pilot: Pilot) -> Facts:
    """What the guards of a pilot's steps ask, in one statement and the report."""
    row = db.session.execute(_facts(pilot)).one()
    report = report_of(pilot)
    approved = report is not None and report.approved_at is not None
    return Facts(**row._asdict(), unreported=unreported(report), approved=approved)


def _facts(pilot: Pilot) -> Select[Any]:
    standing = (Agreement.pilot_id == pilot.id, Agreement.content_version == pilot.content_version)
    counted = {
        "governments": (Party, (Party.dossier_id == pilot.id, Party.part == Part.government)),
        "guides": (Party, (Party.dossier_id == pilot.id, Party.part == Part.guide)),
        "milestones": (
            Milestone, (Milestone.pilot_id == pilot.id, Milestone.progress != Progress.dropped)
        ),
        "agreed": (Agreement, (*standing, Agreement.verdict == Verdict.agreed)),
        "objected": (Agreement, (*standing, Agreement.verdict == Verdict.objected)),
        "coached": (Entry, (Entry.pilot_id == pilot.id, Entry.kind == EntryKind.coaching)),
        "methods": (Finding, (Finding.pilot_id == pilot.id, Finding.kind == FindingKind.method)),
    }  # fmt: skip
    return select(*(_count(model, where).label(name) for name, (model, where) in counted.items()))


def _count(model: Any, where: tuple[ColumnElement[bool], ...]) -> Any:
    return select(func.count()).select_from(model).where(*where).scalar_subquery()


def report_of(pilot: Pilot) -> PilotReport | None:
    """The report as far as it is written."""
    return db.session.get(PilotReport, pilot.id)


def plan_of(pilot: Pilot) -> list[Milestone]:
    """The plan by date; lines that were dropped stand where they stood."""
    found = select(Milestone).where(Milestone.pilot_id == pilot.id).options(_with_group(Milestone.party))
    return list(db.session.scalars(found.order_by(Milestone.due_on, Milestone.id)))


def log_of(pilot: Pilot) -> list[Entry]:
    """The log, newest day first."""
    found = select(Entry).where(Entry.pilot_id == pilot.id)
    with_names = found.options(joinedload(Entry.writer), _with_group(Entry.party))
    return list(db.session.scalars(with_names.order_by(Entry.held_on.desc(), Entry.id.desc())))


def agreements_of(pilot: Pilot) -> dict[int, Agreement]:
    """What each guiding partner said last, by the id of the party."""
    found = select(Agreement).where(Agreement.pilot_id == pilot.id).options(joinedload(Agreement.giver))
    return {each.party_id: each for each in db.session.scalars(found)}


def findings_of(pilot: Pilot) -> list[Finding]:
    """Methods first, then lessons, with the calls they fed."""
    found = select(Finding).where(Finding.pilot_id == pilot.id)
    with_calls = found.options(selectinload(Finding.feeds).joinedload(Feed.call))
    return list(db.session.scalars(with_calls.order_by(Finding.kind.desc(), Finding.id)))


def milestone(pilot: Pilot, number: int) -> Milestone:
    """A line of this pilot's plan. Raises NotFound."""
    found: Milestone = _of(pilot, Milestone, number)
    return found


def finding(pilot: Pilot, number: int) -> Finding:
    """A method or lesson of this pilot. Raises NotFound."""
    found: Finding = _of(pilot, Finding, number)
    return found


def _of(pilot: Pilot, model: Any, number: int) -> Any:
    # a pilot that was waited for is read as it is now, not as this session saw it before
    query = select(model).where(model.id == number, model.pilot_id == pilot.id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _with_group(party: Any) -> Any:
    return joinedload(party).joinedload(Party.group)


def track_of(call_id: int, *, lock: bool = False) -> Track | None:
    """What was promised for this call, if it has pilots; ``lock`` takes the row."""
    query = select(Track).where(Track.call_id == call_id).options(joinedload(Track.call))
    return db.session.scalar(query.with_for_update(of=Track) if lock else query)
