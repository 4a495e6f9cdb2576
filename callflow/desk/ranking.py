"""The ranking of a lot: weights, minima and threshold applied, ties shown, and what the rule proposes."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.core.trail import canonical
from callflow.decisions.models import Decision
from callflow.decisions.selection import Outcome, Row, Rule, Why, propose
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import AFTER_SELECTION, JUDGED, State
from callflow.jury.models import Score, Sheet
from callflow.jury.totals import rounded

HELD = (State.selected_with_conditions, *AFTER_SELECTION)
"""What takes of the budget of the lot: from a selection that is prepared to a project that is closed."""
RANKED = (State.scored, *HELD, State.reserve, State.not_selected, State.postponed)
MINIMUM = "minimum_of_criterion"


@dataclass(frozen=True)
class Ranked:
    """One project in the ranking. ``cost`` is in euro, or in days where the lot gives no money;
    ``days`` of coaching are those of its decision, else what a project of the lot gets.

    ``place`` is shared by equals; ``below`` names the criteria under their minimum; ``summed`` is what all
    down to here ask together; ``why`` says why the rule proposes ``outcome``.
    """

    reference: str
    title: str
    state: State
    version: int
    total: Decimal
    means: Mapping[str, Decimal]
    cost: Decimal
    days: int
    place: int = 0
    tied: bool = False
    below: tuple[str, ...] = ()
    summed: Decimal | None = None
    outcome: Outcome = Outcome.undecided
    why: str = ""

    @property
    def open(self) -> bool:
        """Nothing is prepared for it yet."""
        return self.state is State.scored


@dataclass(frozen=True)
class Ranking:
    """A lot's ranking and the proposal; ``digest`` changes with anything it was made from."""

    call: Call
    lot: Lot
    rule: Rule
    budget: Decimal
    in_money: bool
    lines: Sequence[Ranked]
    taken: Decimal
    days_taken: int
    waiting: int
    digest: str

    @property
    def last_in(self) -> int | None:
        """The number of the line after which the budget line is drawn: the last that the rule selects."""
        chosen = [number for number, line in enumerate(self.lines) if line.outcome is Outcome.selected]
        return chosen[-1] if chosen else None

    @property
    def after(self) -> Ranked | None:
        """The first above the threshold that the money does not reach, or that a tie leaves open."""
        return next(
            (line for line in self.lines if line.outcome in (Outcome.reserve, Outcome.undecided)), None
        )


def ranking(actor: Actor, reference: str, lot_key: str, *, rule: Rule) -> Ranking:
    """The ranking of one lot, in a fixed number of statements. Raises NotFound out of reach, TooManyWays."""
    return ranked(actor, lot_of(actor, reference, lot_key), rule)


def lot_of(actor: Actor, reference: str, key: str) -> Lot:
    """A lot with its authority, and its call with the criteria. Raises NotFound out of reach."""
    whole = joinedload(Lot.call).selectinload(Call.criteria)
    lot = db.session.scalar(
        select(Lot)
        .join(Call, Call.id == Lot.call_id)
        .where(Call.reference == reference, Lot.key == key)
        .options(whole, joinedload(Lot.authority))
    )
    if lot is None or not may(actor, P.scores_view, lot):
        raise NotFound
    return lot


def ranked(actor: Actor, lot: Lot, rule: Rule) -> Ranking:
    """The ranking of a lot that is loaded with its call. Raises TooManyWays."""
    budget = lot.envelope if lot.envelope is not None else Decimal(lot.coaching_days or 0)
    found = _found(actor, lot, in_money=lot.envelope is not None)
    lines = _proposed(_placed(found, lot.call), lot.call, budget, rule)
    selected = [line for line in lines if line.state in HELD]
    return Ranking(
        lot.call, lot, rule, budget, lot.envelope is not None, lines,
        taken=sum((line.cost for line in selected), Decimal(0)),
        days_taken=sum(line.days for line in selected),
        waiting=_waiting(actor, lot),
        digest=_digest(lines, budget, rule),
    )  # fmt: skip


def _found(actor: Actor, lot: Lot, *, in_money: bool) -> list[Ranked]:
    here = (
        Dossier.lot_id == lot.id, Dossier.state.in_(RANKED), Dossier.total_percent.is_not(None),
        visible_to(actor, P.scores_view),
    )  # fmt: skip
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.state, Dossier.version,
            Dossier.total_percent, Dossier.requested, Decision.amount, Decision.coaching_days,
        )
        .outerjoin(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .where(*here)
    ).all()  # fmt: skip
    means = means_of(lot.call, *here)
    return [
        Ranked(
            row.reference, row.title, row.state, row.version, row.total_percent, means.get(row.id, {}),
            _cost(row, lot, in_money=in_money), _days(row, lot),
        )
        for row in rows
    ]  # fmt: skip


def _cost(row: Any, lot: Lot, *, in_money: bool) -> Decimal:
    """What a project would take: what was granted, else what it asks within the maximum; or days."""
    if not in_money:
        return Decimal(_days(row, lot))
    if row.amount is not None:
        return Decimal(row.amount)
    asked = row.requested or Decimal(0)
    return asked if lot.maximum_amount is None else min(asked, lot.maximum_amount)


def _days(row: Any, lot: Lot) -> int:
    return lot.coaching_days_each or 0 if row.coaching_days is None else int(row.coaching_days)


def means_of(call: Call, *dossiers: ColumnElement[bool]) -> dict[int, dict[str, Decimal]]:
    """Per dossier the mean of the sheets that count on each criterion that can decide a rank, for its minimum
    or to break ties; rounded as the letters show it. Nothing is asked where none can.
    """
    keys = {
        each.id: each.key for each in call.criteria if each.minimum is not None or each.key in call.tie_breaks
    }
    if not keys:
        return {}
    rows = db.session.execute(
        select(Sheet.dossier_id, Score.criterion_id, func.sum(Score.value), func.count(Score.value))
        .join(Score, Score.sheet_id == Sheet.id)
        .join(Dossier, Dossier.id == Sheet.dossier_id)
        .where(
            *dossiers, Score.criterion_id.in_(keys), Sheet.given_at.is_not(None), ~Sheet.abstained,
            Score.value.is_not(None),
        )
        .group_by(Sheet.dossier_id, Score.criterion_id)
    )  # fmt: skip
    found: dict[int, dict[str, Decimal]] = {}
    for dossier_id, criterion_id, points, number in rows:
        found.setdefault(dossier_id, {})[keys[criterion_id]] = rounded(Fraction(points or 0) / number, 2)
    return found


def _standing(line: Ranked, call: Call) -> tuple[Decimal, ...]:
    """What a project is ranked by: its total, then the means that the call names to break ties."""
    return (line.total, *(line.means.get(key, Decimal(-1)) for key in call.tie_breaks))


def _placed(found: Sequence[Ranked], call: Call) -> list[Ranked]:
    """Best first; equals share a place and stand in the order of their titles, which decides nothing."""
    ordered = sorted(
        found, key=lambda line: ([-each for each in _standing(line, call)], line.title.casefold())
    )
    standings = [_standing(line, call) for line in ordered]
    equals, first = Counter(standings), dict[tuple[Decimal, ...], int]()
    for place, standing in enumerate(standings, start=1):
        first.setdefault(standing, place)
    return [
        replace(line, place=first[standing], tied=equals[standing] > 1)
        for line, standing in zip(ordered, standings, strict=True)
    ]


def _proposed(lines: Sequence[Ranked], call: Call, budget: Decimal, rule: Rule) -> list[Ranked]:
    """Each line with the outcome of the rule, which sees places and not totals: tie-breaks are in them."""
    low = {line.reference: _below(line, call) for line in lines}
    running = [line for line in lines if not low[line.reference] and line.total >= call.threshold_percent]
    rows = [Row(line.reference, line.cost, Decimal(-line.place)) for line in running]
    proposals = {proposal.id: proposal for proposal in propose(rows, budget, rule)}
    summed = Decimal(0)
    done = []
    for line in lines:
        proposal = proposals.get(line.reference)
        if proposal is None:
            why = MINIMUM if low[line.reference] else Why.scores_too_little
            line = replace(line, below=low[line.reference], outcome=Outcome.below_minimum, why=str(why))
        else:
            summed += line.cost
            line = replace(line, summed=summed, outcome=proposal.outcome, why=str(proposal.why))
        done.append(line)
    return done


def _below(line: Ranked, call: Call) -> tuple[str, ...]:
    return tuple(
        criterion.key
        for criterion in call.criteria
        if criterion.minimum is not None
        and criterion.key in line.means
        and line.means[criterion.key] < criterion.minimum
    )


def _waiting(actor: Actor, lot: Lot) -> int:
    """Dossiers of the lot that are not scored yet."""
    query = select(func.count()).select_from(Dossier)
    query = query.where(Dossier.lot_id == lot.id, Dossier.state.in_(JUDGED), visible_to(actor, P.scores_view))
    return db.session.scalar(query) or 0


def _digest(lines: Sequence[Ranked], budget: Decimal, rule: Rule) -> str:
    table: list[Any] = sorted([line.reference, str(line.total), str(line.cost), line.state] for line in lines)
    return hashlib.sha256(canonical([table, str(budget), rule]).encode()).hexdigest()[:16]
