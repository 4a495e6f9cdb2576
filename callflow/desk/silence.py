"""The clock of silent refusal over a whole call: which dossiers it runs out for, told both ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from callflow.calls.models import Authority, Lot
from callflow.calls.silence import SOON, Silence, received_before, silence
from callflow.calls.states import Law
from callflow.core import clock
from callflow.core.db import db
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import ASKING, State
from callflow.screening.queries import requests_of
from callflow.screening.rules import pauses

SHOWN = 5


@dataclass(frozen=True)
class Alarm:
    """A dossier whose silence is, or will soon be, a refusal; ``alarm`` is past or soon."""

    reference: str
    title: str
    language: str
    state: State
    received: datetime
    silence: Silence
    alarm: str


@dataclass(frozen=True)
class Running:
    """The alarms that come first, and how many there are in all."""

    alarms: Sequence[Alarm]
    total: int = 0


def running(call: CallLine, mine: Sequence[ColumnElement[bool]]) -> Running:
    """Those that come soon, then those that are past, the latest first: two statements, one where none is.

    A day in the past calls for a look as well: a decision that comes later is still possible.
    """
    today = clock.today()
    last = received_before(today + SOON)
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.state,
            Dossier.submitted_at, Authority.law, func.count().over().label("total"),
        )
        .join(Lot, Lot.id == Dossier.lot_id)
        .join(Authority, Authority.id == Lot.authority_id)
        .where(
            Dossier.call_id == call.id,
            Authority.law == Law.fr_public,
            Dossier.submitted_at < clock.at(last + timedelta(days=1), time(0)),
            Dossier.shown_state.in_(ASKING),
            *mine,
        )
        .order_by(Dossier.submitted_at.desc(), Dossier.id)
        .limit(SHOWN)
    ).all()  # fmt: skip
    asked = requests_of([row.id for row in rows]) if rows else {}
    return Running([_alarm(row, asked.get(row.id, ())) for row in rows], rows[0].total if rows else 0)


def _alarm(row: Any, requests: Any) -> Alarm:
    found = silence(row.law, clock.local(row.submitted_at).date(), pauses(requests))
    if found is None:
        raise ValueError("silence says nothing under this law")
    return Alarm(
        row.reference, row.title, row.language, row.state, row.submitted_at, found,
        found.alarm(clock.today()),
    )  # fmt: skip
