"""The report of a pilot: written together, frozen when it is sent, approved before the pilot closes."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.states import State
from callflow.pilots import queries
from callflow.pilots.models import Finding, Pilot, PilotReport


@dataclass(frozen=True)
class Said:
    """What was tried, with whom, what was learnt, and the numbers; costs in euro, if any."""

    tried: str
    with_whom: str
    lessons: str
    participants: int | None
    gatherings: int | None
    costs: Decimal | None


def save_report(actor: Actor, pilot: Pilot, said: Said, *, version: int, language: str) -> PilotReport:
    """Keep what is written. Raises Changed when another partner wrote meanwhile: both are shown."""
    require(actor, P.pilot_edit, pilot)
    if pilot.state is not State.running:
        raise Refused("pilot_report_fixed")
    report = queries.report_of(pilot)
    if version != (report.version if report else 0):
        raise Changed("pilot_report_changed")
    if report is None:
        report = PilotReport(pilot_id=pilot.id, version=0, language=language)
        db.session.add(report)
    for name, value in asdict(said).items():
        setattr(report, name, value)
    report.version += 1
    trail.record(pilot.trail, actor, "report_saved", data={"version": report.version})
    return report


def freeze_report(pilot: Pilot, *, at: datetime) -> None:
    """Fix the report with the findings beside it; part of the step that sends it."""
    report = queries.report_of(pilot)
    if report is None:
        raise ValueError(f"{pilot.reference} has no report")
    findings = queries.findings_of(pilot)
    report.submitted_at, report.sha256 = at, digest(report, findings)


def reopen_report(pilot: Pilot) -> None:
    """Let the partners write again; part of the step that returns it."""
    report = queries.report_of(pilot)
    if report is not None:
        report.approved_at, report.submitted_at, report.sha256 = None, None, None


def digest(report: PilotReport, findings: list[Finding]) -> str:
    """One hash over all that the report says, so that a later change shows."""
    said: list[Any] = [report.tried, report.with_whom, report.lessons, report.participants]
    said += [report.gatherings, None if report.costs is None else str(report.costs)]
    said += [[each.kind, each.title, each.body, each.worked] for each in findings]
    return hashlib.sha256(trail.canonical(said).encode()).hexdigest()


def approve_report(actor: Actor, pilot: Pilot, *, version: int) -> None:
    """Find the report in order, after which the pilot can be closed."""
    require(actor, P.pilot_manage, pilot)
    report = queries.report_of(pilot)
    if pilot.state is not State.reported or report is None:
        raise Refused("pilot_report_not_sent")
    if version != report.version:
        raise Changed("pilot_report_changed")
    if report.approved_at is None:
        report.approved_at = clock.now()
        trail.record(pilot.trail, actor, "pilot_report_approved", data={"sha256": report.sha256})
