"""Agreements on offer: the group is reminded before its day, the case handler told when it has passed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, union_all

from callflow.agreements.models import PayeeChange, ProjectAgreement
from callflow.agreements.states import AgreementState, ChangeState
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle.timed.plan import Kind, Planned, before, by_date, counted_from, hour_of
from callflow.lifecycle.timed.reminders import Row, loaded
from callflow.lifecycle.timed.telling import responsible_for, tell, writers_of

AGREEMENT_DAYS = (7, 1)


def _offered(call: Call) -> Select[*tuple[Any, ...]]:
    """Agreements that wait for their group, and texts that a change of payee made."""
    fresh = and_(Dossier.state == State.selected, ProjectAgreement.state == AgreementState.offered)
    waiting = union_all(
        select(ProjectAgreement.id).where(
            ProjectAgreement.state == AgreementState.offered, ProjectAgreement.ended_at.is_(None)
        ),
        select(PayeeChange.agreement_id).where(PayeeChange.state == ChangeState.offered),
    )
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
            ProjectAgreement.id.in_(waiting),
            ProjectAgreement.ended_at.is_(None),
            or_(fresh, PayeeChange.id.is_not(None)),
        )
    )


def _until() -> Any:
    """Until when the text that waits is to be accepted."""
    return func.coalesce(PayeeChange.due_on, ProjectAgreement.due_on)


def _moments(call: Call, _now: datetime) -> list[Planned]:
    """Of both kinds, from one statement."""
    if not Procedure.of(call.procedure).agreement:
        return []
    found = []
    for day, number in sorted(by_date(_offered(call), _until()).items()):
        found += before("agreement_due", call, day, AGREEMENT_DAYS, hour=hour_of(call), number=number)
        at = clock.at(day + timedelta(days=1), hour_of(call))
        edition, until = f"0d@{day.isoformat()}", at + timedelta(days=30)
        found.append(Planned("agreement_over", edition, call.id, at, until, number=number))
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
    Kind("agreement_due", _moments, _due_that_day, Dossier.id, _say_due),
    Kind("agreement_over", _moments, _due_that_day, Dossier.id, _say_over),
)
