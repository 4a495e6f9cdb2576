"""What a juror reads: the pile of each call, and one application beside its score sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.calls.models import Criterion
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.desk.dossiers import place_of
from callflow.desk.scope import CallLine, calls_of
from callflow.desk.submission import Reading, reading_of
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State, Task
from callflow.jury import queries
from callflow.jury.models import Sheet
from callflow.jury.rules import Given, scoring_from, scoring_open
from callflow.territory.models import Municipality


@dataclass(frozen=True)
class OnPile:
    """One application on a juror's pile. ``sheet`` is none, begun, given or abstained."""

    reference: str
    title: str
    language: str
    place: str
    sheet: str
    saved_at: datetime | None
    open: bool


@dataclass(frozen=True)
class Pile:
    """A call and its pile for this juror; ``declared`` says whether anything of it may be shown."""

    call: CallLine
    declared: bool
    items: Sequence[OnPile]

    @property
    def to_do(self) -> int:
        """How many still wait for this juror."""
        return sum(1 for item in self.items if item.open and item.sheet in ("none", "begun"))

    @property
    def done(self) -> int:
        """How many were handed in, abstentions included."""
        return sum(1 for item in self.items if item.sheet in ("given", "abstained"))


@dataclass(frozen=True)
class ScorePage:
    """One application beside the juror's sheet. ``position`` of ``of`` counts along the pile."""

    dossier: Application
    reading: Reading
    place: str
    criteria: Sequence[Criterion]
    sheet: Sheet | None
    given: Mapping[str, Given]
    open: bool
    position: int
    of: int

    @property
    def version(self) -> int:
        """The version of the sheet that the page shows; 0 before the first save."""
        return self.sheet.version if self.sheet else 0


def piles(actor: Actor) -> list[Pile]:
    """Every call in which this person is a juror, in three statements however long the piles are.

    What lies on a pile is left out until the declaration is signed.
    """
    calls = calls_of(actor, Role.juror)
    declared = queries.declared_for(actor)
    by_call: dict[int, list[OnPile]] = {}
    scoring = {call.id: scoring_from(call.procedure) for call in calls}
    for row in _rows(actor, declared):
        by_call.setdefault(row.call_id, []).append(_item(row, scoring.get(row.call_id)))
    return [Pile(call, call.id in declared, by_call.get(call.id, [])) for call in calls]


def _rows(actor: Actor, declared: set[int]) -> Sequence[Any]:
    return db.session.execute(
        select(
            Dossier.call_id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village,
            Dossier.state,
            Municipality.country, Municipality.name_nl, Municipality.name_fr,
            Sheet.given_at, Sheet.abstained, Sheet.saved_at,
        )
        .select_from(Assignment)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .outerjoin(Sheet, (Sheet.dossier_id == Dossier.id) & (Sheet.juror_id == actor.id))
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(
            Assignment.person_id == actor.id, Assignment.task == Task.juror,
            Dossier.call_id.in_(declared), visible_to(actor, P.jury_score),
        )
        .order_by(Dossier.title_key, Dossier.reference)
    ).all()  # fmt: skip


def _item(row: Any, scoring: State | None) -> OnPile:
    town = row.name_nl if row.country == "BE" else row.name_fr
    sheet = "none" if row.saved_at is None else "begun"
    if row.given_at is not None:
        sheet = "abstained" if row.abstained else "given"
    return OnPile(
        row.reference, row.title, row.language, place_of(row.village, town, row.country), sheet, row.saved_at,
        row.state is scoring,
    )  # fmt: skip


def score_page(ref: str, *, by: Actor, language: str) -> ScorePage:
    """The application that this juror may read, beside their sheet.

    Raises NotFound for anybody who is not its juror, has a conflict, or has not signed the declaration.
    """
    dossier = dossiers.seen(ref, by=by, kind=Application, permission=P.jury_score)
    if dossier.call_id not in queries.declared_for(by):
        raise NotFound("declaration_first")
    criteria = queries.criteria_of(dossier.call_id)
    sheet = queries.sheet_of(by, dossier)
    pile = [row.reference for row in _rows(by, {dossier.call_id})]
    town = db.session.get(Municipality, dossier.municipality_code) if dossier.municipality_code else None
    return ScorePage(
        dossier=dossier,
        reading=reading_of(dossier, language=language),
        place=place_of(dossier.village, town.name if town else None, town.country if town else None),
        criteria=criteria,
        sheet=sheet,
        given=queries.given_on(sheet, criteria),
        open=scoring_open(dossier) and (sheet is None or sheet.given_at is None),
        position=pile.index(ref) + 1 if ref in pile else 1,
        of=len(pile),
    )


def next_open(actor: Actor, call_id: int) -> str | None:
    """The next application on the pile of a call that still waits for this juror; None when all are done."""
    for row in _rows(actor, {call_id}):
        if row.given_at is None:
            return str(row.reference)
    return None
