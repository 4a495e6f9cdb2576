"""Reads of the jury: declarations, a juror's sheet, and the sheets of a dossier."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import selectinload

from callflow.calls.models import Call, Criterion
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.states import Fate, Task
from callflow.jury.calibration import Rating
from callflow.jury.models import Count, Declaration, Habits, Meeting, MeetingItem, Presentation, Score, Sheet
from callflow.jury.rules import REMINDER, REST, Given, scoring_from
from callflow.jury.totals import Line, Terms, Total, counted, rounded, total
from callflow.people.models import User


@dataclass(frozen=True)
class Seat:
    """One juror of a dossier: their name, their sheet if they began, and why they stand apart if they do."""

    person_id: int
    name: str
    sheet: Sheet | None
    conflict: str | None
    fate: Fate | None
    scores: dict[str, Given]


def declared_for(actor: Actor) -> set[int]:
    """Ids of the calls for which this juror signed the declaration."""
    return set(db.session.scalars(_declared(), {"person": actor.id}))


@lru_cache(maxsize=1)
def _declared() -> Select[int]:
    """Kept, as the others below: to put a statement together takes longer than to carry it out."""
    return select(Declaration.call_id).where(Declaration.person_id == bindparam("person"))


def criteria_of(call_id: int) -> list[Criterion]:
    """The rubric of a call, in its order."""
    return list(db.session.scalars(_rubric(), {"call": call_id}))


@lru_cache(maxsize=1)
def _rubric() -> Select[Criterion]:
    return select(Criterion).where(Criterion.call_id == bindparam("call")).order_by(Criterion.position)


def sheet_of(actor: Actor, dossier: Dossier) -> Sheet | None:
    """This juror's sheet with its scores."""
    return db.session.scalar(_sheet(), {"dossier": dossier.id, "juror": actor.id})


@lru_cache(maxsize=1)
def _sheet() -> Select[Sheet]:
    return (
        select(Sheet)
        .where(Sheet.dossier_id == bindparam("dossier"), Sheet.juror_id == bindparam("juror"))
        .options(selectinload(Sheet.scores))
    )


def given_on(sheet: Sheet | None, criteria: Sequence[Criterion]) -> dict[str, Given]:
    """By the key of its criterion, what a sheet with its scores holds."""
    keys = {criterion.id: criterion.key for criterion in criteria}
    return {keys[score.criterion_id]: _given(score) for score in (sheet.scores if sheet else ())}


def _given(score: Score) -> Given:
    return Given(score.value, score.not_applicable, score.reason)


def seats_of(dossier: Dossier, criteria: Sequence[Criterion]) -> list[Seat]:
    """Every juror of a dossier with sheet and scores, by name: two statements."""
    rows = db.session.execute(_seated(), {"dossier": dossier.id}).all()
    return [Seat(row[0], row[1], row[2], row[3], row[4], given_on(row[2], criteria)) for row in rows]


@lru_cache(maxsize=1)
def _seated() -> Select[*tuple[Any, ...]]:
    return (
        select(User.id, User.name, Sheet, Exclusion.reason, Exclusion.scores)
        .select_from(Assignment)
        .join(User, User.id == Assignment.person_id)
        .outerjoin(Sheet, (Sheet.dossier_id == Assignment.dossier_id) & (Sheet.juror_id == User.id))
        .outerjoin(
            Exclusion, (Exclusion.dossier_id == Assignment.dossier_id) & (Exclusion.person_id == User.id)
        )
        .where(Assignment.dossier_id == bindparam("dossier"), Assignment.task == Task.juror)
        .order_by(User.name, User.id)
        .options(selectinload(Sheet.scores))
    )


def presentation_of(dossier_id: int) -> Presentation | None:
    """When and where the group presents its project, once it was invited."""
    return db.session.scalar(select(Presentation).where(Presentation.dossier_id == dossier_id))


def presentations_of(dossier_ids: Collection[int]) -> dict[int, Presentation]:
    """The same of many, by dossier: no statement for none."""
    if not dossier_ids:
        return {}
    rows = db.session.scalars(select(Presentation).where(Presentation.dossier_id.in_(dossier_ids)))
    return {row.dossier_id: row for row in rows}


def open_meeting(call_id: int) -> Meeting | None:
    """The meeting of a call that is under way."""
    return db.session.scalar(select(Meeting).where(Meeting.call_id == call_id, Meeting.closed_at.is_(None)))


def total_of(dossier: Dossier) -> Total:
    """What the sheets handed in for this dossier come to, counted as its call counts: four statements."""
    criteria = criteria_of(dossier.call_id)
    sheets = counting_sheets(criteria, Sheet.dossier_id == dossier.id).get(dossier.id, {})
    terms = terms_of([dossier.call_id])[dossier.call_id]
    agreed = agreed_on([dossier.id]).get(dossier.id)
    return counted(lines_of(criteria), sheets, terms, scale_max=dossier.call.scale_max, agreed=agreed)


def agreed_on(dossier_ids: Collection[int]) -> dict[int, Decimal]:
    """By dossier the total that a meeting agreed on and that stands."""
    rows = db.session.execute(
        select(MeetingItem.dossier_id, MeetingItem.agreed).where(
            MeetingItem.dossier_id.in_(dossier_ids), MeetingItem.stands, MeetingItem.agreed.is_not(None)
        )
    )
    return {row.dossier_id: row.agreed for row in rows}


def agreed_why(dossier_ids: Collection[int]) -> dict[int, str]:
    """By dossier why a meeting agreed on a total of its own that stands."""
    rows = db.session.execute(
        select(MeetingItem.dossier_id, MeetingItem.reason).where(
            MeetingItem.dossier_id.in_(dossier_ids), MeetingItem.stands, MeetingItem.agreed.is_not(None)
        )
    )
    return {row.dossier_id: row.reason for row in rows}


def lines_of(criteria: Sequence[Criterion]) -> list[Line]:
    """The rubric as the arithmetic needs it."""
    return [Line(criterion.key, criterion.weight, criterion.minimum) for criterion in criteria]


def counting_sheets(
    criteria: Sequence[Criterion], *which: ColumnElement[bool]
) -> dict[int, dict[int, dict[str, Decimal | None]]]:
    """The scores that count, by dossier, juror and key of the criterion; ``which`` chooses, on Sheet and
    Dossier.
    """
    keys = {criterion.id: criterion.key for criterion in criteria}
    rows = db.session.execute(
        select(Sheet.dossier_id, Sheet.juror_id, Score.criterion_id, Score.value)
        .join(Score, Score.sheet_id == Sheet.id)
        .join(Dossier, Dossier.id == Sheet.dossier_id)
        .where(Sheet.given_at.is_not(None), ~Sheet.abstained, *which)
    )
    found: dict[int, dict[int, dict[str, Decimal | None]]] = {}
    for dossier_id, juror_id, criterion_id, value in rows:
        found.setdefault(dossier_id, {}).setdefault(juror_id, {})[keys[criterion_id]] = value
    return found


def ratings_of(
    sheets: Mapping[int, Mapping[int, Mapping[str, Decimal | None]]],
    criteria: Sequence[Criterion],
    *,
    scale_max: int,
) -> list[Rating]:
    """What the model is given: each sheet in percent, by the ids of juror and dossier as text."""
    lines = lines_of(criteria)
    return [
        Rating(str(juror_id), str(dossier_id), rounded(percent, 4))
        for dossier_id, jurors in sheets.items()
        for juror_id, given in jurors.items()
        if (percent := total(lines, [given], scale_max=scale_max).percent) is not None
    ]


def terms_of(call_ids: Collection[int] | None = None) -> dict[int, Terms]:
    """By call how it counts, and with which frozen habits; of every call without ``call_ids``."""
    query = (
        select(Call.id, Call.procedure, Count.counting, Habits.offsets)
        .outerjoin(Count, Count.call_id == Call.id)
        .outerjoin(Habits, Habits.call_id == Call.id)
    )
    rows = db.session.execute(query if call_ids is None else query.where(Call.id.in_(call_ids)))
    return {
        row.id: Terms(row.counting or Procedure.of(row.procedure).counting, offsets_in(row.offsets))
        for row in rows
    }


def offsets_in(kept: Mapping[str, str] | None) -> dict[int, Decimal] | None:
    """Frozen habits as the arithmetic needs them."""
    return None if kept is None else {int(juror): Decimal(offset) for juror, offset in kept.items()}


def to_remind(call: Call, juror_ids: Collection[int]) -> list[tuple[User, int]]:
    """Those of these jurors who can score something now and have not, with how much; nobody who was reminded
    just now.
    """
    rested = select(OutboxMail.recipient_id).where(
        OutboxMail.call_id == call.id,
        OutboxMail.notice == REMINDER,
        OutboxMail.created_at > clock.now() - REST,
    )
    waiting = (
        select(Assignment.person_id, func.count().label("number"))
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .outerjoin(Sheet, (Sheet.dossier_id == Dossier.id) & (Sheet.juror_id == Assignment.person_id))
        .outerjoin(
            Exclusion, (Exclusion.dossier_id == Dossier.id) & (Exclusion.person_id == Assignment.person_id)
        )
        .where(
            Dossier.call_id == call.id, Assignment.task == Task.juror, Sheet.given_at.is_(None),
            Exclusion.id.is_(None), Dossier.state == scoring_from(Procedure.of(call.procedure)),
        )
        .group_by(Assignment.person_id)
        .subquery()
    )  # fmt: skip
    rows = db.session.execute(
        select(User, waiting.c.number)
        .join(waiting, waiting.c.person_id == User.id)
        .where(User.id.in_(juror_ids), User.active, User.id.not_in(rested))
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in rows]
