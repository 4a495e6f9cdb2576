"""What must hold of pilots: partners, agreements, report and log are what the state and the history say."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from callflow.core.db import db
from callflow.core.trail import Event
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier, Party
from callflow.dossiers.states import Kind, Part, State
from callflow.jury.models import Sheet
from callflow.lifecycle.checking import Break, Checks, Query
from callflow.pilots import queries
from callflow.pilots.actions.reporting import digest
from callflow.pilots.models import Agreement, Entry, Pilot, PilotReport
from callflow.pilots.states import CHOSEN, GUIDES_NEEDED, REPORTED, Verdict

check = Checks()


def breaks() -> Iterator[Break]:
    """Every break about pilots: one statement a check, then the frozen reports one by one."""
    yield from check.breaks()
    frozen = (PilotReport.sha256.is_not(None), Pilot.kind == Kind.pilot)
    sent = select(Pilot).join(PilotReport).where(*frozen).order_by(Pilot.id)
    for pilot in db.session.scalars(sent).all():
        report = queries.report_of(pilot)
        if report is not None and digest(report, queries.findings_of(pilot)) != report.sha256:
            yield Break("pilot_report_altered", pilot.reference)


def _number(*where: ColumnElement[bool]) -> Any:
    return select(func.count()).where(*where).correlate(Pilot, Dossier).scalar_subquery()


@check
def pilot_without_partners() -> Query:
    """A pilot that was selected has a local government and partners who guide it."""
    guides = _number(Party.dossier_id == Pilot.id, Party.part == Part.guide)
    governments = _number(Party.dossier_id == Pilot.id, Party.part == Part.government)
    lacking = or_(guides < GUIDES_NEEDED, governments < 1)
    return select(Pilot.reference, guides).where(Pilot.state.in_(CHOSEN), lacking)


@check
def pilot_not_agreed() -> Query:
    """Every guiding partner of a pilot that was selected agreed with it."""
    agreed = and_(Agreement.party_id == Party.id, Agreement.verdict == Verdict.agreed)
    return (
        select(Pilot.reference, Party.id)
        .join(Party, Party.dossier_id == Pilot.id)
        .outerjoin(Agreement, agreed)
        .where(Pilot.state.in_(CHOSEN), Party.part == Part.guide, Agreement.id.is_(None))
    )


@check
def pilot_report_disagrees() -> Query:
    """A reported pilot has its report, sent; a closed one has it approved; before that it is not sent."""
    sent = func.coalesce(PilotReport.submitted_at.is_not(None), False)
    unapproved = and_(Pilot.state == State.closed, PilotReport.approved_at.is_(None))
    wrong = or_(and_(Pilot.state.in_(REPORTED), not_(sent)), and_(Pilot.state.not_in(REPORTED), sent))
    return (
        select(Pilot.reference, Pilot.state)
        .outerjoin(PilotReport, PilotReport.pilot_id == Pilot.id)
        .where(or_(wrong, unapproved))
    )


@check
def pilot_log_disagrees() -> Query:
    """Each line of the log is on the trail, and none is gone."""
    lines = _number(Entry.pilot_id == Pilot.id)
    told = _number(Event.trail_id == Pilot.trail_id, Event.action == "pilot_logged")
    return select(Pilot.reference, lines).where(lines != told)


@check
def pilot_judged() -> Query:
    """No pilot has scores or a decision: its partners select it."""
    judged = or_(Sheet.id.is_not(None), Decision.id.is_not(None))
    return (
        select(Dossier.reference, Dossier.state)
        .outerjoin(Sheet, Sheet.dossier_id == Dossier.id)
        .outerjoin(Decision, Decision.dossier_id == Dossier.id)
        .where(Dossier.kind == Kind.pilot, judged)
        .distinct()
    )


@check
def partners_of_application() -> Query:
    """Only pilots are carried by several groups."""
    return (
        select(Dossier.reference, Party.id)
        .join(Party, Party.dossier_id == Dossier.id)
        .where(Dossier.kind != Kind.pilot)
    )
