"""The page of a lot's ranking: a page of its list, with what is of the whole. Worked out at once in a small
call, kept for each rule in a large one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P, may
from callflow.decisions.models import Decision
from callflow.decisions.selection import Outcome, Rule, TooManyWays
from callflow.decisions.states import DecisionState
from callflow.desk import kept
from callflow.desk.dossiers import place_of
from callflow.desk.ranking import Ranked, Ranking, lot_of, ranked
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State
from callflow.territory.models import Municipality

Twin = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A project in the list; ``cut`` is the first that is not eligible, ``last`` the last selected."""

    reference: str
    place: int
    tied: bool
    total: Decimal
    cost: Decimal
    summed: Decimal | None
    outcome: Outcome
    why: str
    below: tuple[str, ...]
    cut: bool
    last: bool


@dataclass(frozen=True)
class Figures:
    """Of the ranking of a lot. ``taken`` is what prepared and decided selections take of its budget,
    ``after`` the cost of the first project below the budget line, which is on ``page``.
    """

    digest: str
    taken: Decimal
    days_taken: int
    waiting: int
    after: Decimal | None
    page: int


@dataclass(frozen=True)
class Lots:
    """The figures of each lot by its key; none where the rule can be followed in too many ways."""

    lots: dict[str, Figures | None]


@dataclass(frozen=True)
class Project:
    """What is shown of a project beside its line: as it is now, with what is prepared for it."""

    title: str
    language: str
    where: str
    state: State
    decision: DecisionState | None
    amount: Decimal | None

    @property
    def open(self) -> bool:
        """Nothing is prepared for it yet."""
        return self.state is State.scored


@dataclass(frozen=True)
class Shown:
    """A line of the page; ``below`` names the criteria under their minimum."""

    line: Line
    project: Project
    below: Sequence[Twin]


@dataclass(frozen=True)
class RankingPage:
    """A page of the ranking of a lot. Without ``figures`` they are being worked out."""

    call: Call
    lot: Lot
    lots: Sequence[Lot]
    rule: Rule
    reading: kept.Reading[Lots, Line] | None
    figures: Figures | None
    lines: Sequence[Shown]

    @property
    def in_money(self) -> bool:
        return self.lot.envelope is not None

    @property
    def budget(self) -> Decimal:
        """In euro, or in days where the lot gives no money."""
        return self.lot.envelope if self.lot.envelope is not None else Decimal(self.lot.coaching_days or 0)

    @property
    def taken(self) -> Decimal:
        return self.figures.taken if self.figures else Decimal(0)

    @property
    def left(self) -> Decimal:
        """What the prepared and decided selections leave of the budget."""
        return self.budget - self.taken


def ranking_page(
    actor: Actor, reference: str, key: str, *, rule: Rule, page: int | None = None
) -> RankingPage:
    """One page of the ranking of a lot, without ``page`` the one with the budget line; in a fixed number of
    statements. Raises NotFound out of reach, TooManyWays.
    """
    lot = lot_of(actor, reference, key)
    every = list(db.session.scalars(select(Lot).where(Lot.call_id == lot.call_id).order_by(Lot.position)))
    lots = [each for each in every if may(actor, P.scores_view, each)]
    kind = replace(KINDS[rule], work=partial(_of_lots, rule, [lot]))
    found = kept.read_parts(
        kind, actor, lot.call_id, lambda head: {key: _first(head, key) if page is None else page},
        lots=[each.id for each in every],
    )  # fmt: skip
    if found is None or key not in found[0].head.lots:
        return RankingPage(lot.call, lot, lots, rule, None, None, ())
    reading, leaf = found[0], found[1][key]
    figures = reading.head.lots[key]
    if figures is None:
        raise TooManyWays
    reading = replace(reading, page=leaf.page, pages=leaf.pages)
    return RankingPage(lot.call, lot, lots, rule, reading, figures, _shown(actor, lot, leaf.rows))


def renew(actor: Actor, call_id: int, rule: Rule) -> None:
    """After somebody prepared decisions from it, within their unit of work."""
    lots = db.session.scalars(select(Lot.id).where(Lot.call_id == call_id)).all()
    kept.renew(KINDS[rule], actor, call_id, lots=lots)


def _first(head: Lots, key: str) -> int:
    figures = head.lots.get(key)
    return figures.page if figures else 1


def _shown(actor: Actor, lot: Lot, lines: Sequence[Line]) -> list[Shown]:
    """What this person may see now, as it is now: one statement."""
    rows = db.session.execute(
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.state,
            Decision.state.label("decision"), Decision.amount, Municipality.country, Municipality.name_nl,
            Municipality.name_fr,
        )
        .outerjoin(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(
            Dossier.reference.in_([line.reference for line in lines]), Dossier.lot_id == lot.id,
            visible_to(actor, P.scores_view),
        )
    )  # fmt: skip
    projects = {row.reference: _project(row) for row in rows}
    titles = {each.key: each.title for each in lot.call.criteria}
    return [
        Shown(line, projects[line.reference], [titles[each] for each in line.below if each in titles])
        for line in lines
        if line.reference in projects
    ]


def _project(row: Any) -> Project:
    town = row.name_nl if row.country == "BE" else row.name_fr
    where = place_of(row.village, town, row.country)
    return Project(row.title, row.language, where, row.state, row.decision, row.amount)


def _work(rule: Rule, actor: Actor, call_id: int) -> kept.Work[Lots, Line]:
    """Of every lot of a call that this person may see."""
    query = select(Call).where(Call.id == call_id)
    call = db.session.scalars(
        query.options(selectinload(Call.criteria), selectinload(Call.lots).joinedload(Lot.call))
    ).one()
    return _of_lots(rule, [lot for lot in call.lots if may(actor, P.scores_view, lot)], actor, call_id)


def _of_lots(rule: Rule, lots: Sequence[Lot], actor: Actor, _call_id: int) -> kept.Work[Lots, Line]:
    heads: dict[str, Figures | None] = {}
    parts: dict[str, list[Line]] = {}
    for lot in lots:
        try:
            heads[lot.key], parts[lot.key] = _of_lot(ranked(actor, lot, rule))
        except TooManyWays:
            heads[lot.key] = None
    return kept.Work(Lots(heads), parts)


def _of_lot(found: Ranking) -> tuple[Figures, list[Line]]:
    last, after = found.last_in, found.after
    low = (number for number, line in enumerate(found.lines) if line.outcome is Outcome.below_minimum)
    cut = next(low, None)
    figures = Figures(
        found.digest, found.taken, found.days_taken, found.waiting, after.cost if after else None,
        1 if last is None else last // kept.PAGE + 1,
    )  # fmt: skip
    lines = [_line(line, cut=number == cut, last=number == last) for number, line in enumerate(found.lines)]
    return figures, lines


def _line(line: Ranked, *, cut: bool, last: bool) -> Line:
    return Line(
        line.reference, line.place, line.tied, line.total, line.cost, line.summed, line.outcome, line.why,
        line.below, cut, last,
    )  # fmt: skip


READERS = (Role.coordinator, Role.signatory)
KINDS = {
    rule: kept.Kind(f"ranking {rule.value}", Lots, Line, partial(_work, rule), READERS, (P.scores_view,))
    for rule in Rule
}
