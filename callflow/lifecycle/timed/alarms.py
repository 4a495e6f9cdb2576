"""Alarms to whoever is responsible: silence that soon counts as a refusal, reserve places that lapse.

Silence is never a step that the software takes (CRPA L231-4): somebody is told in time, and decides.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from callflow.calls import silence
from callflow.calls.models import Authority, Call, Lot
from callflow.calls.states import Law
from callflow.core import clock
from callflow.core.db import db
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Kind as DossierKind
from callflow.dossiers.states import State
from callflow.lifecycle.timed.plan import Kind, Planned, before, counted_from, end_of, hour_of
from callflow.lifecycle.timed.reminders import Row, loaded
from callflow.lifecycle.timed.telling import responsible_for, tell

SILENCE_DAYS, RESERVE_DAYS = (21, 7, 2), (14, 1)
UNDECIDED = (State.draft, State.invited, State.withdrawn, State.lapsed)


def _waiting_for_a_decision() -> Select[*tuple[Any, ...]]:
    """Dossiers under French law of which the group was told no decision yet."""
    told = select(Decision.id).where(
        Decision.dossier_id == Dossier.id, Decision.state == DecisionState.released
    )
    return (
        select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference)
        .join(Lot, Lot.id == Dossier.lot_id)
        .join(Authority, Authority.id == Lot.authority_id)
        .where(
            Authority.law == Law.fr_public,
            Dossier.kind == DossierKind.application,
            Dossier.submitted_at.is_not(None),
            Dossier.state.not_in(UNDECIDED),
            ~told.exists(),
        )
    )


def _silences(call: Call, now: datetime) -> list[Planned]:
    """One moment for each day on which silence becomes a refusal: those received on one day share it."""
    return [
        planned
        for day in sorted(_by_day_of_silence(call))
        for planned in before("silence_near", call, day, SILENCE_DAYS, hour=hour_of(call))
    ]


def _by_day_of_silence(call: Call) -> Mapping[date, int]:
    query = _waiting_for_a_decision().add_columns(Dossier.submitted_at).where(Dossier.call_id == call.id)
    received = (clock.local(row.submitted_at).date() for row in db.session.execute(query))
    return Counter(silence.counted_from(each) for each in received)


def _silent(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    """The dossiers whose day of silence is that of this moment; a month's end gathers several days."""
    day = counted_from(planned)
    months = (day - timedelta(days=n) for n in range(56, 66))
    received = [each for each in months if silence.counted_from(each) == day]
    if not received:
        return _waiting_for_a_decision().where(Dossier.id.is_(None))
    first, last = clock.at(received[-1], time()), end_of(received[0])
    return _waiting_for_a_decision().where(
        Dossier.call_id == call.id, Dossier.submitted_at >= first, Dossier.submitted_at < last
    )


def _say_silence(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        responsible_for(call, dossier), "silence_near", f"/coordinator/dossiers/{dossier.reference}",
        call=call, dossier=dossier, day=counted_from(planned),
    )  # fmt: skip


def _lapsing(call: Call, _now: datetime) -> list[Planned]:
    return [
        planned
        for day in sorted(_by_last_day(call))
        for planned in before("reserve_near", call, day, RESERVE_DAYS, hour=hour_of(call))
    ]


def _by_last_day(call: Call) -> Mapping[date, int]:
    return Counter(db.session.scalars(_reserved(call).with_only_columns(Decision.valid_until)))


def _reserved(call: Call) -> Select[*tuple[Any, ...]]:
    return (
        select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference)
        .join(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .where(
            Dossier.call_id == call.id,
            Dossier.shown_state == State.reserve,
            Dossier.state == State.reserve,
            Decision.valid_until.is_not(None),
        )
    )


def _on_reserve(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    return _reserved(call).where(Decision.valid_until == counted_from(planned))


def _say_lapsing(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        responsible_for(call, dossier), "reserve_near", f"/coordinator/dossiers/{dossier.reference}",
        call=call, dossier=dossier, day=counted_from(planned),
    )  # fmt: skip


KINDS = (
    Kind("silence_near", _silences, _silent, Dossier.id, _say_silence, _by_day_of_silence),
    Kind("reserve_near", _lapsing, _on_reserve, Dossier.id, _say_lapsing, _by_last_day),
)
