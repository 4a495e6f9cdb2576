"""Reads of the jury: declarations, a juror's sheet, and the sheets of a dossier."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import selectinload

from callflow.calls.models import Criterion
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.states import Task
from callflow.jury.models import Declaration, Score, Sheet
from callflow.jury.rules import Given
from callflow.jury.totals import Line, Total, total
from callflow.people.models import User


@dataclass(frozen=True)
class Seat:
    """One juror of a dossier: their name, their sheet if they began, and why they stand apart if they do."""

    person_id: int
    name: str
    sheet: Sheet | None
    conflict: str | None
    scores: dict[str, Given]


def declared_for(actor: Actor) -> set[int]:
    """Ids of the calls for which this juror signed the declaration."""
    return set(db.session.scalars(select(Declaration.call_id).where(Declaration.person_id == actor.id)))


def criteria_of(call_id: int) -> list[Criterion]:
    """The rubric of a call, in its order."""
    return list(db.session.scalars(_rubric(), {"call": call_id}))


@lru_cache(maxsize=1)
def _rubric() -> Select[Criterion]:
    """Kept, as the others below: to put a statement together takes longer than to carry it out."""
    return select(Criterion).where(Criterion.call_id == bindparam("call")).order_by(Criterion.position)


def sheet_of(actor: Actor, dossier: Dossier) -> Sheet | None:
    """This juror's sheet with its scores."""
    return db.session.scalar(
        select(Sheet)
        .where(Sheet.dossier_id == dossier.id, Sheet.juror_id == actor.id)
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
    return [Seat(row[0], row[1], row[2], row[3], given_on(row[2], criteria)) for row in rows]


@lru_cache(maxsize=1)
def _seated() -> Select[*tuple[Any, ...]]:
    return (
        select(User.id, User.name, Sheet, Exclusion.reason)
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


def total_of(dossier: Dossier) -> Total:
    """What the sheets handed in for this dossier add up to: two statements."""
    criteria = criteria_of(dossier.call_id)
    rows = db.session.execute(
        select(Sheet.id, Score.criterion_id, Score.value)
        .join(Score, Score.sheet_id == Sheet.id)
        .where(Sheet.dossier_id == dossier.id, Sheet.given_at.is_not(None), ~Sheet.abstained)
    )
    keys = {criterion.id: criterion.key for criterion in criteria}
    sheets: dict[int, dict[str, object]] = {}
    for sheet_id, criterion_id, value in rows:
        sheets.setdefault(sheet_id, {})[keys[criterion_id]] = value
    lines = [Line(criterion.key, criterion.weight, criterion.minimum) for criterion in criteria]
    return total(lines, list(sheets.values()), scale_max=dossier.call.scale_max)  # type: ignore[arg-type]  # rows of numbers
