"""What a juror reads: the pile of each call, and one application beside its score sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from callflow.applications.models import Application
from callflow.calls.models import Criterion
from callflow.calls.procedure import Procedure
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.desk.dossiers import place_of
from callflow.desk.scope import CallLine, calls_of
from callflow.desk.submission import Reading, reading_of
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import unbarred
from callflow.dossiers.states import State, Task
from callflow.jury import queries
from callflow.jury.models import Presentation, Sheet
from callflow.jury.rules import Given, scoring_from, scoring_open
from callflow.jury.totals import Line, total
from callflow.territory.models import Municipality

SIZE = 50


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
    """A call and what of its pile stands on this page; ``declared`` says whether anything of it may be shown.

    ``to_do`` counts what still waits for this juror, ``done`` what was handed in, abstentions included.
    """

    call: CallLine
    declared: bool
    items: Sequence[OnPile]
    to_do: int = 0
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Piles:
    """The piles of a juror, what is still to be done first; ``page`` of ``last`` runs over all of them."""

    piles: Sequence[Pile]
    page: int = 1
    last: int = 1


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
    percent: float | None
    presentation: Presentation | None = None

    @property
    def version(self) -> int:
        """The version of the sheet that the page shows; 0 before the first save."""
        return self.sheet.version if self.sheet else 0


def piles(actor: Actor, *, page: int = 1) -> Piles:
    """Every call in which this person is a juror, in four statements however high the piles are.

    What lies on a pile is left out until the declaration is signed.
    """
    calls = calls_of(actor, Role.juror)
    declared = queries.declared_for(actor)
    scoring = {call.id: scoring_from(call.procedure) for call in calls}
    signed = frozenset((call_id, state) for call_id, state in scoring.items() if call_id in declared)
    lying = _lying(actor, signed, page)
    counted = _counted(lying)
    last = max(1, -(-sum(each.total for each in counted.values()) // SIZE))
    if page > last:
        lying, page = _lying(actor, signed, last), last
    by_call: dict[int, list[OnPile]] = {}
    for row in _rows(actor, [each.id for each in lying if each.id is not None]):
        by_call.setdefault(row.call_id, []).append(_item(row, scoring.get(row.call_id)))
    found = []
    for call in calls:
        number = counted.get(call.id, _Numbers())
        items = by_call.get(call.id, [])
        found.append(Pile(call, call.id in declared, items, number.to_do, number.done, number.total))
    return Piles(found, page, last)


@dataclass
class _Numbers:
    to_do: int = 0
    done: int = 0
    total: int = 0


def _lying(actor: Actor, scoring: frozenset[tuple[int, State]], page: int) -> Sequence[Any]:
    """What lies on the piles: the ids of this page, and the numbers of each call."""
    if not scoring:
        return []
    values = {"size": SIZE, "start": (max(page, 1) - 1) * SIZE}
    return db.session.execute(_walked(actor, scoring), values).all()


@lru_cache(maxsize=256)
def _walked(actor: Actor, scoring: frozenset[tuple[int, State]]) -> CompoundSelect[*tuple[Any, ...]]:
    """Walked through once. Each call is added up by itself: in groups all would be sorted for it."""
    open_now = or_(*(and_(Dossier.call_id == call, Dossier.state == state) for call, state in scoring))
    given = case((Sheet.given_at.is_not(None), 1), else_=0).label("given")
    to_do = case((and_(Sheet.given_at.is_(None), open_now), 1), else_=0).label("to_do")
    columns = (Dossier.id, Dossier.call_id, to_do, given, Dossier.title_key, Dossier.reference)
    calls = sorted(call for call, _ in scoring)
    lying = _on_pile(actor, *columns).where(Dossier.call_id.in_(calls)).cte("lying")
    it, size, start = lying.c, bindparam("size", type_=Integer), bindparam("start", type_=Integer)
    here = (
        select(it.id, it.call_id, it.to_do, it.given, literal(1).label("number"))
        .order_by(it.call_id.desc(), it.given, it.title_key, it.reference)
        .limit(size)
        .offset(start)
        .subquery()
    )
    numbers = [
        select(
            null().label("id"), literal(call), func.coalesce(func.sum(it.to_do), 0),
            func.coalesce(func.sum(it.given), 0), func.count(),
        ).where(it.call_id == call)
        for call in calls
    ]  # fmt: skip
    return union_all(select(here), *numbers)


def _counted(lying: Sequence[Any]) -> dict[int, _Numbers]:
    return {row.call_id: _Numbers(*map(int, row[2:])) for row in lying if row.id is None}


def _on_pile(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """From what lies on this juror's piles, whether signed for or not."""
    mine = (Sheet.dossier_id == Dossier.id) & (Sheet.juror_id == actor.id)
    return _assigned(actor, *columns).outerjoin(Sheet, mine)


def _assigned(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The same without the sheets."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Assignment.person_id == actor.id, Assignment.task == Task.juror, unbarred(actor))
    )


def _rows(actor: Actor, chosen: Sequence[int]) -> Sequence[Any]:
    """What the page says of these, in the order of the pile."""
    return db.session.execute(_said(), {"person_id": actor.id, "chosen": chosen}).all()


@lru_cache(maxsize=1)
def _said() -> Select[*tuple[Any, ...]]:
    chosen: BindParameter[int] = bindparam("chosen", expanding=True)
    mine = (Sheet.dossier_id == Dossier.id) & (Sheet.juror_id == bindparam("person_id"))
    return (
        select(
            Dossier.call_id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village,
            Dossier.state, Municipality.country, Municipality.name_nl, Municipality.name_fr,
            Sheet.given_at, Sheet.abstained, Sheet.saved_at,
        )
        .outerjoin(Sheet, mine)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(Dossier.id.in_(chosen))
        .order_by(
            Dossier.call_id.desc(), Sheet.given_at.is_not(None), Dossier.title_key, Dossier.reference
        )
    )  # fmt: skip


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
    before, of = _place_on_pile(by, dossier)
    asked = Procedure.of(dossier.call.procedure)
    town = db.session.get(Municipality, dossier.municipality_code) if dossier.municipality_code else None
    return ScorePage(
        dossier=dossier,
        reading=reading_of(dossier, language=language),
        place=place_of(dossier.village, town.name if town else None, town.country if town else None),
        criteria=criteria,
        sheet=sheet,
        given=queries.given_on(sheet, criteria),
        open=scoring_open(dossier) and (sheet is None or sheet.given_at is None),
        percent=percent_of(criteria, queries.given_on(sheet, criteria), scale_max=dossier.call.scale_max),
        position=before + 1,
        of=of,
        presentation=queries.presentation_of(dossier.id) if asked.presentation else None,
    )


def percent_of(criteria: Sequence[Criterion], given: Mapping[str, Given], *, scale_max: int) -> float | None:
    """What one sheet comes to so far, by the weights of the rubric; None without any score."""
    lines = [Line(criterion.key, criterion.weight) for criterion in criteria]
    found = total(lines, [{key: each.value for key, each in given.items()}], scale_max=scale_max).percent
    return None if found is None else float(found)


def _place_on_pile(actor: Actor, dossier: Dossier) -> tuple[int, int]:
    """How many lie above this one by title, and how many there are in its call."""
    here = {"title": dossier.title_key, "reference": dossier.reference, "call": dossier.call_id}
    row = db.session.execute(_counting(actor), here).one()
    return row[0], row[1]


@lru_cache(maxsize=256)
def _counting(actor: Actor) -> Select[int, int]:
    """Kept for a juror who opens one application after another."""
    here = tuple_(bindparam("title", type_=String), bindparam("reference", type_=String))
    above = tuple_(Dossier.title_key, Dossier.reference) < here
    counted = _assigned(actor, func.count(case((above, 1))), func.count())
    return counted.where(Dossier.call_id == bindparam("call"))


def next_open(actor: Actor, call_id: int) -> str | None:
    """The next application on the pile of a call that still waits for this juror; None when all are done."""
    query = _on_pile(actor, Dossier.reference).where(Dossier.call_id == call_id, Sheet.given_at.is_(None))
    found: str | None = db.session.scalar(query.order_by(Dossier.title_key, Dossier.reference).limit(1))
    return found
