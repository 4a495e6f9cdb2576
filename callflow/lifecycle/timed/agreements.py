"""Agreements on offer: the group is reminded before its day, the case handler told when it has passed."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from callflow.agreements.models import PayeeChange, ProjectAgreement
from callflow.agreements.states import AgreementState, ChangeState
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle.timed.plan import Kind, Planned, before, counted_from, hour_of
from callflow.lifecycle.timed.reminders import Row, loaded
from callflow.lifecycle.timed.telling import responsible_for, tell, writers_of

AGREEMENT_DAYS = (7, 1)


def _offered(call: Call) -> Select[*tuple[Any, ...]]:
    """Agreements that wait for their group, and texts that a change of payee made."""
    fresh = and_(Dossier.state == State.selected, ProjectAgreement.state == AgreementState.offered)
    return (
        select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference)
        .join(ProjectAgreement, ProjectAgreement.dossier_id == Dossier.id)
        .outerjoin(
            PayeeChange,
            and_(PayeeChange.agreement_id == ProjectAgreement.id, PayeeChange.state == ChangeState.offered),
        )
        .where(
            Dossier.call_id == call.id,
            Dossier.shown_state == Dossier.state,
            ProjectAgreement.ended_at.is_(None),
            or_(fresh, PayeeChange.id.is_not(None)),
        )
    )


def _until() -> Any:
    """Until when the text that waits is to be accepted."""
    return func.coalesce(PayeeChange.due_on, ProjectAgreement.due_on)


def _by_day(call: Call) -> Mapping[date, int]:
    if not Procedure.of(call.procedure).agreement:
        return {}
    return Counter(db.session.scalars(_offered(call).with_only_columns(_until())))


def _before_due(call: Call, _now: datetime) -> list[Planned]:
    return [
        planned
        for day in sorted(_by_day(call))
        for planned in before("agreement_due", call, day, AGREEMENT_DAYS, hour=hour_of(call))
    ]


def _after_due(call: Call, _now: datetime) -> list[Planned]:
    found = []
    for day in sorted(_by_day(call)):
        at = clock.at(day + timedelta(days=1), hour_of(call))
        edition = f"0d@{day.isoformat()}"
        found.append(Planned("agreement_over", edition, call.id, at, at + timedelta(days=30)))
    return found


def _due_that_day(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    return _offered(call).where(_until() == counted_from(planned))


def _say_due(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        writers_of(dossier), "agreement_due", f"/applications/{dossier.reference}/agreement", call=call,
        dossier=dossier, day=counted_from(planned),
    )  # fmt: skip


def _say_over(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        responsible_for(call, dossier), "agreement_over",
        f"/coordinator/dossiers/{dossier.reference}/agreement", call=call, dossier=dossier,
        day=counted_from(planned),
    )  # fmt: skip


KINDS = (
    Kind("agreement_due", _before_due, _due_that_day, Dossier.id, _say_due, _by_day),
    Kind("agreement_over", _after_due, _due_that_day, Dossier.id, _say_over, _by_day),
)
