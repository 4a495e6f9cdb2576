"""Sessions: noted for one dossier or several, corrected by the coach who noted them, with their advice."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select

from callflow.applications.answers import fields_of
from callflow.applications.models import Submission
from callflow.calls.models import Criterion
from callflow.calls.procedure import Procedure
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.rules import Told, check_session, coachable, stretch_of
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Forbidden, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier

WRITTEN = ("place", "present", "summary", "next_note")
"""What a person wrote of a session: in history it goes where it can be erased."""


@dataclass(frozen=True)
class Counsel:
    """One piece of advice to one dossier; ``subject`` is the key of a criterion or the id of a question.

    None is the whole. ``id`` names advice that was given before and is corrected; an empty text takes it out.
    """

    reference: str
    text: str
    criterion: str | None = None
    field: str | None = None
    id: int | None = None


def log_session(
    actor: Actor, dossiers: Sequence[Dossier], told: Told, *, advice: Sequence[Counsel] = ()
) -> Session:
    """Note one session of this coach with one dossier or several, each loaded for a step in order of ids.

    Advice is tied to the version of the text that stands now. Raises Refused, with the field, for what
    cannot be.
    """
    for dossier in dossiers:
        require(actor, P.coaching_log, dossier)
    _refuse_closed(dossiers)
    check_session(told, since=_opened(dossiers), today=clock.today())
    session = Session(coach_id=actor.id, logged_at=clock.now(), version=1, **_clean(told))
    db.session.add(session)
    db.session.flush()  # dossiers and advice refer to its id
    _serve(session, dossiers)
    _advise(session, dossiers, [each for each in advice if each.text.strip()])
    for dossier in dossiers:
        others = [other.reference for other in dossiers if other is not dossier]
        trail.record(
            dossier.trail, actor, "session_logged",
            data={
                "session_id": session.id, "held_on": session.held_on, "minutes": session.minutes,
                "way": session.way.value, "together_with": others,
            },
            texts={"summary": session.summary},
        )  # fmt: skip
    return session


def _opened(dossiers: Sequence[Dossier]) -> date:
    """The day from which there can be sessions: a year of another century is a slip, and counts as hours."""
    return min(clock.local(dossier.call.opens_at).date() for dossier in dossiers)


def correct_session(
    actor: Actor,
    session: Session,
    dossiers: Sequence[Dossier],
    told: Told,
    *,
    version: int,
    advice: Sequence[Counsel] = (),
) -> Session:
    """Put right what the coach noted; what stood there before goes to the history of each dossier.

    ``dossiers`` are those it served, loaded for a step in order of ids. Advice that is not named stays.
    Raises Changed when it was corrected elsewhere meanwhile.
    """
    for dossier in dossiers:
        require(actor, P.coaching_log, dossier)
    _refuse_closed(dossiers)
    if session.coach_id != actor.id:
        raise Forbidden("not_allowed", permission=P.coaching_log.value)
    if session.version != version:
        raise Changed("session_changed")
    check_session(told, since=_opened(dossiers), today=clock.today())
    before, after = _state_of(session), _clean(told)
    for name, value in after.items():
        setattr(session, name, value)
    changed = sorted(name for name, value in before.items() if after[name] != value)
    touched = _correct_advice(session, dossiers, advice)
    if changed or touched:
        session.version += 1
        session.corrected_at = clock.now()
        _tell(actor, session, dossiers, changed=changed, before=before, touched=touched)
    return session


def _refuse_closed(dossiers: Sequence[Dossier]) -> None:
    if not dossiers:
        raise Refused("no_dossier_chosen", field="refs")
    if closed := [dossier.reference for dossier in dossiers if not coachable(dossier)]:
        raise Refused("coaching_over", field="refs", reference=closed[0])


def _clean(told: Told) -> dict[str, Any]:
    return {**asdict(told), **{name: getattr(told, name).strip() for name in WRITTEN}}


def _state_of(session: Session) -> dict[str, Any]:
    return {name: getattr(session, name) for name in Told.__dataclass_fields__}


def _serve(session: Session, dossiers: Sequence[Dossier]) -> None:
    rows = [
        {
            "session_id": session.id, "dossier_id": dossier.id,
            "stretch": stretch_of(Procedure.of(dossier.call.procedure), dossier.shown_state),
        }
        for dossier in dossiers
    ]  # fmt: skip
    db.session.execute(insert(session_dossier), rows)


def _tell(
    actor: Actor,
    session: Session,
    dossiers: Sequence[Dossier],
    *,
    changed: list[str],
    before: dict[str, Any],
    touched: dict[int, dict[str, str]],
) -> None:
    """What stood there before: figures as data, words as texts; of advice only that to this dossier."""
    figures = {name: str(before[name]) for name in changed if name not in WRITTEN}
    words = {f"{name}_before": before[name] for name in changed if name in WRITTEN and before[name]}
    for dossier in dossiers:
        trail.record(
            dossier.trail, actor, "session_corrected",
            data={
                "session_id": session.id, "version": session.version, "held_on": session.held_on,
                "changed": changed, "before": figures,
            },
            texts={**words, **touched.get(dossier.id, {})},
        )  # fmt: skip


def _advise(session: Session, dossiers: Sequence[Dossier], advice: Sequence[Counsel]) -> list[Advice]:
    if not advice:
        return []
    served = {dossier.reference: dossier for dossier in dossiers}
    criteria, numbers = _criteria(dossiers), _numbers(dossiers)
    given = []
    for each in advice:
        dossier = served.get(each.reference)
        if dossier is None:
            raise Refused("advice_elsewhere", field="refs", reference=each.reference)
        given.append(
            Advice(
                session_id=session.id, dossier_id=dossier.id, **_subject(dossier, each, criteria),
                content_version=dossier.content_version, submission_number=numbers.get(dossier.id, 0),
                text=each.text.strip(),
            )
        )  # fmt: skip
    db.session.add_all(given)
    return given


def _subject(
    dossier: Dossier, each: Counsel, criteria: dict[tuple[int, str], int]
) -> dict[str, int | str | None]:
    criterion = criteria.get((dossier.call_id, each.criterion)) if each.criterion else None
    if each.criterion and criterion is None:
        raise Refused("criterion_unknown")
    if each.field and each.field not in fields_of(dossier.call.form):
        raise Refused("question_unknown")
    return {"criterion_id": criterion, "field": None if criterion else each.field or None}


def _correct_advice(
    session: Session, dossiers: Sequence[Dossier], advice: Sequence[Counsel]
) -> dict[int, dict[str, str]]:
    """Advice put right, taken out or added; by dossier, the words that stood there before."""
    held = {
        each.id: each
        for each in db.session.scalars(
            select(Advice).where(Advice.session_id == session.id).order_by(Advice.id)
        )
    }
    served = {dossier.id: dossier for dossier in dossiers}
    criteria = _criteria(dossiers)
    touched: dict[int, dict[str, str]] = {}
    for each in (each for each in advice if each.id is not None):
        given = held.get(each.id or 0)
        if given is None or given.dossier_id not in served:
            raise Refused("advice_unknown")
        subject = _subject(served[given.dossier_id], each, criteria)
        same = (given.criterion_id, given.field) == (subject["criterion_id"], subject["field"])
        if same and given.text == each.text.strip():
            continue
        touched.setdefault(given.dossier_id, {})[f"advice_{given.id}_before"] = given.text
        _rewrite(given, each.text.strip(), subject)
    new = [each for each in advice if each.id is None and each.text.strip()]
    for given in _advise(session, dossiers, new):
        touched.setdefault(given.dossier_id, {})
    return touched


def _rewrite(given: Advice, text: str, subject: dict[str, Any]) -> None:
    if not text:
        db.session.execute(delete(Advice).where(Advice.id == given.id))
        return
    given.text, given.criterion_id, given.field = text, subject["criterion_id"], subject["field"]


def _criteria(dossiers: Sequence[Dossier]) -> dict[tuple[int, str], int]:
    calls = {dossier.call_id for dossier in dossiers}
    rows = db.session.execute(
        select(Criterion.call_id, Criterion.key, Criterion.id).where(Criterion.call_id.in_(calls))
    )
    return {(row.call_id, row.key): row.id for row in rows}


def _numbers(dossiers: Sequence[Dossier]) -> dict[int, int]:
    """By dossier, the number of what was handed in last."""
    rows = db.session.execute(
        select(Submission.application_id, func.max(Submission.number))
        .where(Submission.application_id.in_([dossier.id for dossier in dossiers]))
        .group_by(Submission.application_id)
    )
    return {row[0]: row[1] for row in rows}
