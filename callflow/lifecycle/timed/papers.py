"""Missing papers: the group is reminded before the term ends, its case handler told when it is over."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle.timed.plan import Kind, Planned, before, by_day, counted_from, end_of, hour_of
from callflow.lifecycle.timed.reminders import Row, loaded
from callflow.lifecycle.timed.telling import responsible_for, tell, writers_of
from callflow.screening.models import CompletionRequest

PAPERS_DAYS = (3, 1)


def _asked(call: Call) -> Select[*tuple[Any, ...]]:
    """Requests for papers that are still open."""
    return (
        select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference)
        .join(CompletionRequest, CompletionRequest.dossier_id == Dossier.id)
        .where(
            Dossier.call_id == call.id,
            Dossier.state == State.incomplete,
            CompletionRequest.ended_at.is_(None),
        )
    )


def _by_last_day(call: Call) -> Mapping[date, int]:
    return by_day(_asked(call), CompletionRequest.due_at)


def _moments(call: Call, _now: datetime) -> list[Planned]:
    """Of both kinds, from one statement."""
    found = []
    for day, number in sorted(_by_last_day(call).items()):
        found += before(
            "papers_due", call, day, PAPERS_DAYS, hour=hour_of(call), end=clock.at(day, time()), number=number
        )
        at = clock.at(day + timedelta(days=1), hour_of(call))
        edition = f"0d@{day.isoformat()}"
        until = at + timedelta(days=30)
        found.append(Planned("papers_over", edition, call.id, at, until, number=number))
    return found


def _due_that_day(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    day = counted_from(planned)
    first, last = clock.at(day, time()), end_of(day)
    return _asked(call).where(CompletionRequest.due_at >= first, CompletionRequest.due_at < last)


def _until(dossier_id: int) -> datetime:
    """The term ends at an hour, not with its day."""
    open_one = (CompletionRequest.dossier_id == dossier_id, CompletionRequest.ended_at.is_(None))
    return db.session.scalars(select(CompletionRequest.due_at).where(*open_one)).one()


def _say_due(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        writers_of(dossier), "papers_due", f"/applications/{dossier.reference}", call=call, dossier=dossier,
        day=counted_from(planned), at=_until(dossier.id),
    )  # fmt: skip


def _say_over(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        responsible_for(call, dossier), "papers_over", f"/coordinator/dossiers/{dossier.reference}",
        call=call, dossier=dossier, day=counted_from(planned),
    )  # fmt: skip


KINDS = (
    Kind("papers_due", _moments, _due_that_day, Dossier.id, _say_due),
    Kind("papers_over", _moments, _due_that_day, Dossier.id, _say_over),
)
