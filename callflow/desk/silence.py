"""The clock of silent refusal over a whole call: which dossiers it runs out for, told both ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, desc, func, select, union_all

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
LAW = Law.fr_public


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
    last = received_before(clock.today() + SOON)
    heard = (
        select(Lot.id)
        .join(Authority, Authority.id == Lot.authority_id)
        .where(Lot.call_id == call.id, Authority.law == LAW)
    )
    here = (
        Dossier.call_id == call.id,
        Dossier.lot_id.in_(heard),
        Dossier.submitted_at < clock.at(last + timedelta(days=1), time(0)),
        *mine,
    )
    rows = db.session.execute(_latest(here)).all()
    asked = requests_of([row.id for row in rows]) if rows else {}
    return Running([_alarm(row, asked.get(row.id, ())) for row in rows], rows[0].total if rows else 0)


def _latest(here: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """The latest of each state by their index, then the latest of these; all are counted in one."""
    total = select(func.count()).where(*here, Dossier.shown_state.in_(ASKING)).scalar_subquery()
    order = (Dossier.submitted_at.desc(), Dossier.id.desc())  # as an index is walked backwards
    each = [
        select(Dossier.submitted_at, Dossier.id).where(*here, Dossier.shown_state == state).order_by(*order)
        for state in ASKING
    ]
    pieces = [select(piece.limit(SHOWN).subquery()) for piece in each]
    latest = union_all(*pieces).order_by(desc("submitted_at"), desc("id")).limit(SHOWN).subquery()
    return (
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.state,
            Dossier.submitted_at, total.label("total"),
        )
        .join(latest, latest.c.id == Dossier.id)
        .order_by(*order)
    )  # fmt: skip


def _alarm(row: Any, requests: Any) -> Alarm:
    found = silence(LAW, clock.local(row.submitted_at).date(), pauses(requests))
    if found is None:
        raise ValueError("silence says nothing under this law")
    return Alarm(
        row.reference, row.title, row.language, row.state, row.submitted_at, found,
        found.alarm(clock.today()),
    )  # fmt: skip
