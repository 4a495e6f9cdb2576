"""Writes of hearings: nobody loses what was promised without being asked first."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.decisions.models import Hearing
from callflow.dossiers.models import Dossier


def hear(dossier: Dossier, actor: Actor, *, values: Any, at: datetime) -> Hearing:
    """Invite the group to comment; called by the step, whose guard lets no second hearing begin."""
    hearing = Hearing(
        dossier_id=dossier.id,
        article=values.article,
        facts=values.facts,
        comment_until=values.comment_until,
        invited_by=actor.id,
        invited_at=at,
    )
    db.session.add(hearing)
    return hearing


def _open(dossier: Dossier) -> Hearing:
    found = db.session.scalar(
        select(Hearing).where(Hearing.dossier_id == dossier.id, Hearing.closed_at.is_(None))
    )
    if found is None:
        raise Refused("hearing_over")
    return found


def remark(actor: Actor, dossier: Dossier, *, text: str) -> None:
    """What the group answers, once; more is told to the coordinator, who adds it."""
    require(actor, P.application_submit, dossier)
    hearing = _open(dossier)
    if not text.strip():
        raise Refused("remarks_missing", field="text")
    if hearing.remarks:
        raise Refused("remarks_given")
    hearing.remarks, hearing.remarks_by, hearing.remarks_at = text.strip(), actor.id, clock.now()
    trail.record(dossier.trail, actor, "remarks_sent", texts={"remarks": hearing.remarks})


def note_remarks(dossier: Dossier, actor: Actor, *, text: str, at: datetime) -> None:
    """What the group said otherwise, by letter or in a talk, added by the coordinator."""
    hearing = _open(dossier)
    before = f"{hearing.remarks}\n\n" if hearing.remarks else ""
    hearing.remarks, hearing.remarks_by, hearing.remarks_at = before + text.strip(), actor.id, at


def close_hearing(dossier: Dossier, *, at: datetime) -> None:
    """The hearing is over: nothing is revoked, or the revocation was told."""
    db.session.execute(
        update(Hearing)
        .where(Hearing.dossier_id == dossier.id, Hearing.closed_at.is_(None))
        .values(closed_at=at)
    )
