"""Reminders to groups, jurors and coordinators: what is due soon, and what was due."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from callflow.applications.models import Application
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.states import AFTER_SELECTION, State, Task
from callflow.dossiers.states import Kind as DossierKind
from callflow.jury.models import Sheet
from callflow.jury.rules import scoring_from
from callflow.lifecycle.timed.plan import Kind, Planned, before, day_of, hour_of
from callflow.lifecycle.timed.telling import staff_of, tell, writers_of
from callflow.people.models import User
from callflow.reports.models import Report
from callflow.reports.states import ReportKind

CLOSING_DAYS, JURY_DAYS, REPORT_DAYS, INTERIM_DAYS = (7, 1), (7, 2), (30, 7, -1), (14, 3, -1)
"""Days before the day that counts; less than nothing is after it."""
UNDER_WAY = tuple(each for each in AFTER_SELECTION if each not in (State.reported, State.closed))
Row = Any


def loaded(row: Row) -> Application:
    """The dossier of a row, with what a mail says of it."""
    query = select(Application).where(Application.id == row.dossier_id).options(joinedload(Application.trail))
    return db.session.scalars(query).one()


def _closing(call: Call, _now: datetime) -> list[Planned]:
    day = clock.local(call.closes_at).date()
    return before("closing_soon", call, day, CLOSING_DAYS, hour=hour_of(call), end=call.closes_at)


def _drafts(call: Call, _planned: Planned) -> Select[*tuple[Any, ...]]:
    return select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference).where(
        Dossier.call_id == call.id, Dossier.state == State.draft
    )


def _say_closing(call: Call, _planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        writers_of(dossier), "closing_soon", f"/applications/{dossier.reference}", call=call, dossier=dossier,
        at=call.closes_at,
    )  # fmt: skip


def _closed(call: Call, _now: datetime) -> list[Planned]:
    day = clock.local(call.closes_at).date()
    until = call.closes_at + timedelta(days=30)
    return [Planned("call_closed", f"0d@{day.isoformat()}", call.id, call.closes_at, until)]


def _itself(call: Call, _planned: Planned) -> Select[*tuple[Any, ...]]:
    return select(Call.id.label("subject_id"), Call.reference).where(Call.id == call.id)


def _say_closed(call: Call, _planned: Planned, _row: Row) -> None:
    numbers: dict[State, int] = dict(
        db.session.execute(
            select(Dossier.state, func.count())
            .where(Dossier.call_id == call.id, Dossier.kind == DossierKind.application)
            .group_by(Dossier.state)
        ).all()
    )
    drafts = numbers.pop(State.draft, 0)
    tell(
        staff_of(call), "call_closed", f"/coordinator/dossiers?call={call.reference}", call=call,
        submitted=sum(numbers.values()), drafts=drafts, at=call.closes_at,
    )  # fmt: skip


def _judging(call: Call, _now: datetime) -> list[Planned]:
    day = day_of(call, "jury_on")
    if day is None:
        return []
    return before("sheets_open", call, day, JURY_DAYS, hour=hour_of(call), end=clock.at(day, time()))


def _late_jurors(call: Call, _planned: Planned) -> Select[*tuple[Any, ...]]:
    """Jurors with a dossier that is open for scoring and for which they handed nothing in."""
    given = select(Sheet.id).where(
        Sheet.dossier_id == Dossier.id, Sheet.juror_id == Assignment.person_id, Sheet.given_at.is_not(None)
    )
    aside = select(Exclusion.id).where(
        Exclusion.dossier_id == Dossier.id, Exclusion.person_id == Assignment.person_id
    )
    return (
        select(Assignment.person_id.label("subject_id"), func.count().label("number"))
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(
            Dossier.call_id == call.id,
            Assignment.task == Task.juror,
            Dossier.state == scoring_from(Procedure.of(call.procedure)),
            ~given.exists(),
            ~aside.exists(),
        )
        .group_by(Assignment.person_id)
    )


def _say_judging(call: Call, _planned: Planned, row: Row) -> None:
    juror = db.session.get_one(User, row.subject_id)
    if juror.active:
        tell([juror], "sheets_open", "/jury", call=call, number=row.number, day=day_of(call, "jury_on"))


def _reporting(call: Call, _now: datetime) -> list[Planned]:
    day = day_of(call, "report_due")
    if day is None or not Procedure.of(call.procedure).report:
        return []
    return before("report_due", call, day, REPORT_DAYS, hour=hour_of(call))


def _halfway(call: Call, _now: datetime) -> list[Planned]:
    day = day_of(call, "interim_due")
    if day is None or not Procedure.of(call.procedure).interim:
        return []
    return before("interim_due", call, day, INTERIM_DAYS, hour=hour_of(call))


def _without_interim(call: Call, _planned: Planned) -> Select[*tuple[Any, ...]]:
    return _unsent(call, ReportKind.interim)


def _without_report(call: Call, _planned: Planned) -> Select[*tuple[Any, ...]]:
    return _unsent(call, ReportKind.final)


def _unsent(call: Call, kind: ReportKind) -> Select[*tuple[Any, ...]]:
    """Projects that were told that they are supported, and whose report is not there. The last report is
    asked of one that did not send the one halfway as well; none of one without its agreement, which has
    nothing to report on and could not.
    """
    agreement = Procedure.of(call.procedure).agreement
    sent = select(Report.id).where(
        Report.dossier_id == Dossier.id, Report.kind == kind, Report.submitted_at.is_not(None)
    )
    return select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference).where(
        Dossier.call_id == call.id,
        Dossier.kind == DossierKind.application,
        Dossier.shown_state.in_([each for each in UNDER_WAY if not (agreement and each is State.selected)]),
        Dossier.state == Dossier.shown_state,
        ~sent.exists(),
    )


def _say_reporting(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        writers_of(dossier), "report_due", f"/applications/{dossier.reference}", call=call, dossier=dossier,
        day=day_of(call, "report_due"), late=planned.days < 0,
    )  # fmt: skip


def _say_halfway(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        writers_of(dossier), "interim_due", f"/applications/{dossier.reference}", call=call, dossier=dossier,
        day=day_of(call, "interim_due"), late=planned.days < 0,
    )  # fmt: skip


KINDS = (
    Kind("closing_soon", _closing, _drafts, Dossier.id, _say_closing),
    Kind("call_closed", _closed, _itself, Call.id, _say_closed),
    Kind("sheets_open", _judging, _late_jurors, Assignment.person_id, _say_judging),
    Kind("interim_due", _halfway, _without_interim, Dossier.id, _say_halfway),
    Kind("report_due", _reporting, _without_report, Dossier.id, _say_reporting),
)
