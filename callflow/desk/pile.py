"""What a juror reads: the pile of each call, and one application beside its score sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
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
from callflow.dossiers.models import Dossier, PileItem
from callflow.dossiers.rules import on_pile, takes_jurors
from callflow.dossiers.states import State
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
    """One application beside the juror's sheet. ``position`` of ``of`` counts along the pile.

    ``scoring`` says whether scores may come and go, ``open`` whether the sheet may be written on, ``judged``
    whether the juror may still stand aside: before the scoring begins, and after handing in.
    """

    dossier: Application
    reading: Reading
    place: str
    criteria: Sequence[Criterion]
    sheet: Sheet | None
    given: Mapping[str, Given]
    scoring: bool
    open: bool
    judged: bool
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
    counted = _counted(actor, {call_id: scoring[call_id] for call_id in declared if call_id in scoring})
    last = max(1, -(-sum(each.total for each in counted.values()) // SIZE))
    page = min(max(page, 1), last)
    by_call: dict[int, list[OnPile]] = {}
    for row in _rows(actor, _cut(counted, (page - 1) * SIZE)):
        by_call.setdefault(row.call_id, []).append(_item(row, scoring.get(row.call_id)))
    found = []
    for call in calls:
        number = counted.get(call.id, _Numbers())
        items = by_call.get(call.id, [])
        found.append(Pile(call, call.id in declared, items, number.to_do, number.done, number.total))
    return Piles(found, page, last)


@dataclass(frozen=True)
class _Numbers:
    to_do: int = 0
    done: int = 0
    total: int = 0


def _counted(actor: Actor, scoring: Mapping[int, State]) -> dict[int, _Numbers]:
    """The numbers above the piles of these calls, newest call first; nothing of one on which nothing lies."""
    if not scoring:
        return {}
    found = db.session.execute(_numbers(actor, frozenset(scoring.items())))
    return {row.call_id: _Numbers(*map(int, row[1:])) for row in found}


@lru_cache(maxsize=256)
def _numbers(actor: Actor, scoring: frozenset[tuple[int, State]]) -> Select[*tuple[Any, ...]]:
    """Read in one index, whose order is that of the groups."""
    open_now = or_(*(and_(PileItem.call_id == call, PileItem.state == state) for call, state in scoring))
    to_do = func.sum(case((and_(~PileItem.given, open_now), 1), else_=0))
    given = func.sum(case((PileItem.given, 1), else_=0))
    calls = sorted(call for call, _ in scoring)
    return (
        select(PileItem.call_id, to_do, given, func.count())
        .where(on_pile(actor), PileItem.call_id.in_(calls))
        .group_by(PileItem.call_id)
        .order_by(PileItem.call_id.desc())
    )


def _cut(counted: Mapping[int, _Numbers], start: int) -> list[tuple[int, int, int]]:
    """Which part of which pile stands on the page that begins there: the call, from where, how many."""
    parts, left = [], SIZE
    for call_id, number in counted.items():
        here = min(number.total - start, left)
        if here > 0:
            parts.append((call_id, start, here))
            left -= here
        start = max(start - number.total, 0)
    return parts


def _rows(actor: Actor, parts: Sequence[tuple[int, int, int]]) -> Sequence[Any]:
    """What the page says of these, in the order of the piles."""
    if not parts:
        return []
    names = ("call", "start", "size")
    values = {
        f"{name}_{at}": value
        for at, part in enumerate(parts)
        for name, value in zip(names, part, strict=True)
    }
    return db.session.execute(_said(actor, len(parts)), values).all()


@lru_cache(maxsize=256)
def _said(actor: Actor, parts: int) -> Select[*tuple[Any, ...]]:
    """Only what stands on the page is looked up; the rest is passed over in the index."""

    def asked(name: str, at: int) -> BindParameter[int]:
        return bindparam(f"{name}_{at}", type_=Integer)

    order = (PileItem.given, PileItem.title_key, PileItem.dossier_id)
    cuts = [
        select(PileItem.dossier_id, PileItem.given)
        .where(on_pile(actor), PileItem.call_id == asked("call", at))
        .order_by(*order)
        .limit(asked("size", at))
        .offset(asked("start", at))
        .subquery()
        for at in range(parts)
    ]
    here = union_all(*(select(cut) for cut in cuts)).subquery("here")
    mine = (Sheet.dossier_id == Dossier.id) & (Sheet.juror_id == actor.id)
    return (
        select(
            Dossier.call_id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village,
            Dossier.state, Municipality.country, Municipality.name_nl, Municipality.name_fr,
            Sheet.given_at, Sheet.abstained, Sheet.saved_at,
        )
        .select_from(here)
        .join(Dossier, Dossier.id == here.c.dossier_id)
        .outerjoin(Sheet, mine)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .order_by(Dossier.call_id.desc(), here.c.given, Dossier.title_key, Dossier.id)
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
        scoring=(scoring := scoring_open(dossier)),
        open=scoring and (sheet is None or sheet.given_at is None),
        judged=takes_jurors(dossier),
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
    here = {"title": dossier.title_key, "dossier": dossier.id, "call": dossier.call_id}
    row = db.session.execute(_counting(actor), here).one()
    return row[0], row[1]


@lru_cache(maxsize=256)
def _counting(actor: Actor) -> Select[int, int]:
    """Kept for a juror who opens one application after another."""
    here = tuple_(bindparam("title", type_=String), bindparam("dossier", type_=Integer))
    above = tuple_(PileItem.title_key, PileItem.dossier_id) < here
    counted = select(func.count(case((above, 1))), func.count())
    return counted.where(on_pile(actor), PileItem.call_id == bindparam("call"))


def next_open(actor: Actor, call_id: int) -> str | None:
    """The next application on the pile of a call that still waits for this juror; None when all are done."""
    query = (
        select(Dossier.reference)
        .join(PileItem, PileItem.dossier_id == Dossier.id)
        .where(on_pile(actor), PileItem.call_id == call_id, ~PileItem.given)
        .order_by(PileItem.title_key, PileItem.dossier_id)
    )
    found: str | None = db.session.scalar(query.limit(1))
    return found
