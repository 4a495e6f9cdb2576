"""Alarms to whoever is responsible: silence that soon counts as a refusal, reserve places that lapse.

Silence is never a step that the software takes (CRPA L231-4): somebody is told in time, and decides.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from callflow.calls import silence
from callflow.calls.models import Authority, Call, Lot
from callflow.calls.states import Law
from callflow.core import clock
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Kind as DossierKind
from callflow.dossiers.states import State
from callflow.lifecycle.timed.plan import (
    Kind,
    Planned,
    before,
    by_date,
    by_day,
    counted_from,
    end_of,
    hour_of,
)
from callflow.lifecycle.timed.reminders import Row, loaded
from callflow.lifecycle.timed.telling import responsible_for, tell

SILENCE_DAYS, RESERVE_DAYS = (21, 7, 2), (14, 1)
UNHEARD = (State.draft, State.invited, State.withdrawn, State.lapsed)
WAITING = tuple(state for state in State if state not in UNHEARD)


def _waiting_for_a_decision() -> Select[*tuple[Any, ...]]:
    """Dossiers under French law of which the group was told no decision yet. That it is put off answers
    nothing: the clock runs on.
    """
    heard = select(Lot.id).join(Authority, Authority.id == Lot.authority_id)
    told = select(Decision.id).where(
        Decision.dossier_id == Dossier.id,
        Decision.state == DecisionState.released,
        Decision.outcome != State.postponed,
    )
    return select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference).where(
        Dossier.lot_id.in_(heard.where(Authority.law == Law.fr_public)),
        Dossier.kind == DossierKind.application,
        Dossier.submitted_at.is_not(None),
        Dossier.state.in_(WAITING),
        ~told.exists(),
    )


def _silences(call: Call, now: datetime) -> list[Planned]:
    """One moment for each day on which silence becomes a refusal: those received on one day share it. Days
    that are over bring nothing any more.
    """
    over = silence.received_before(clock.local(now).date() - timedelta(days=1))
    received = by_day(
        _waiting_for_a_decision().where(Dossier.call_id == call.id, Dossier.submitted_at >= end_of(over)),
        Dossier.submitted_at,
    )
    days: Counter[date] = Counter()
    for day, number in received.items():
        days[silence.counted_from(day)] += number
    return [
        planned
        for day, number in sorted(days.items())
        for planned in before("silence_near", call, day, SILENCE_DAYS, hour=hour_of(call), number=number)
    ]


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
        for day, number in sorted(by_date(_reserved(call), Decision.valid_until).items())
        for planned in before("reserve_near", call, day, RESERVE_DAYS, hour=hour_of(call), number=number)
    ]


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
    Kind("silence_near", _silences, _silent, Dossier.id, _say_silence),
    Kind("reserve_near", _lapsing, _on_reserve, Dossier.id, _say_lapsing),
)
