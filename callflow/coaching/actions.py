"""Writes of coaching: sessions, each for one or several dossiers, and the advice given there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select

from callflow.calls.models import Criterion
from callflow.coaching.models import Advice, Session, Way, session_dossier
from callflow.coaching.rules import check_session, coachable
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier


@dataclass(frozen=True)
class Counsel:
    """One piece of advice to one dossier; ``criterion`` is the key of its subject, None for the whole."""

    reference: str
    text: str
    criterion: str | None = None


def log_session(
    actor: Actor,
    dossiers: Sequence[Dossier],
    *,
    held_on: date,
    minutes: int,
    way: Way,
    language: str,
    summary: str,
    place: str = "",
    present: str = "",
    advice: Sequence[Counsel] = (),
) -> Session:
    """Log one session of this coach with one dossier or several, each loaded for a step in order of ids.

    Advice is tied to the version of the text that stands now. Raises Refused, with the field, for what
    cannot be.
    """
    for dossier in dossiers:
        require(actor, P.coaching_log, dossier)
    if not dossiers:
        raise Refused("no_dossier_chosen", field="refs")
    if closed := [dossier.reference for dossier in dossiers if not coachable(dossier)]:
        raise Refused("coaching_over", field="refs", reference=closed[0])
    check_session(
        held_on=held_on, minutes=minutes, way=way, place=place, summary=summary, today=clock.today()
    )
    session = Session(
        coach_id=actor.id, held_on=held_on, minutes=minutes, way=way, place=place.strip(), language=language,
        present=present.strip(), summary=summary.strip(), logged_at=clock.now(),
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()  # dossiers and advice refer to its id
    db.session.execute(
        insert(session_dossier),
        [{"session_id": session.id, "dossier_id": dossier.id} for dossier in dossiers],
    )
    _advise(session, dossiers, advice)
    _tell(actor, session, dossiers)
    return session


def mark_advice_done(actor: Actor, dossier: Dossier, *, advice_id: int, done: bool = True) -> Advice:
    """Note that a piece of advice was followed up, or that it was not after all.

    Raises Refused when it is not of this dossier.
    """
    require(actor, P.coaching_log, dossier)
    found = db.session.scalar(select(Advice).where(Advice.id == advice_id, Advice.dossier_id == dossier.id))
    if found is None:
        raise Refused("advice_unknown")
    found.done_at = clock.now() if done else None
    trail.record(
        dossier.trail, actor, "advice_done" if done else "advice_open",
        data={"advice_id": advice_id, "content_version": dossier.content_version},
    )  # fmt: skip
    return found


def _tell(actor: Actor, session: Session, dossiers: Sequence[Dossier]) -> None:
    """The session on the trail of each dossier, with the others it served."""
    for dossier in dossiers:
        trail.record(
            dossier.trail, actor, "session_logged",
            data={
                "session_id": session.id, "held_on": session.held_on, "minutes": session.minutes,
                "way": session.way.value,
                "together_with": [other.reference for other in dossiers if other is not dossier],
            },
            texts={"summary": session.summary},
        )  # fmt: skip


def _advise(session: Session, dossiers: Sequence[Dossier], advice: Sequence[Counsel]) -> None:
    given = [each for each in advice if each.text.strip()]
    if not given:
        return
    served = {dossier.reference: dossier for dossier in dossiers}
    criteria = _criteria({dossier.call_id for dossier in dossiers})
    for each in given:
        dossier = served.get(each.reference)
        if dossier is None:
            raise Refused("advice_elsewhere", field="refs", reference=each.reference)
        criterion = criteria.get((dossier.call_id, each.criterion)) if each.criterion else None
        if each.criterion and criterion is None:
            raise Refused("criterion_unknown")
        db.session.add(
            Advice(
                session_id=session.id, dossier_id=dossier.id, criterion_id=criterion,
                content_version=dossier.content_version, text=each.text.strip(),
            )
        )  # fmt: skip


def _criteria(call_ids: set[int]) -> dict[tuple[int, str | None], int]:
    rows = db.session.execute(
        select(Criterion.call_id, Criterion.key, Criterion.id).where(Criterion.call_id.in_(call_ids))
    )
    return {(row.call_id, row.key): row.id for row in rows}
