"""The ranking of a lot: weights, minima and threshold applied, ties shown, and what the rule proposes."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from callflow.calls.models import Call, Criterion, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.core.trail import canonical
from callflow.decisions.models import Decision
from callflow.decisions.selection import Outcome, Row, Rule, Why, propose
from callflow.decisions.states import DecisionState
from callflow.desk.dossiers import place_of
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import GRANTING, JUDGED, State
from callflow.jury.models import Score, Sheet
from callflow.jury.queries import criteria_of
from callflow.jury.totals import rounded
from callflow.territory.models import Municipality

RANKED = (State.scored, *GRANTING, State.reserve, State.not_selected, State.postponed)
MINIMUM = "minimum_of_criterion"


@dataclass(frozen=True)
class Ranked:
    """One project in the ranking. ``cost`` is in euro, or in days where the lot gives no money.

    ``place`` is shared by equals; ``below`` names the criteria under their minimum; ``summed`` is what all
    down to here ask together; ``why`` says why the rule proposes ``outcome``.
    """

    reference: str
    title: str
    language: str
    where: str
    state: State
    version: int
    total: Decimal
    means: Mapping[str, Decimal]
    cost: Decimal
    requested: Decimal | None
    place: int = 0
    tied: bool = False
    below: tuple[dict[str, str], ...] = ()
    summed: Decimal | None = None
    outcome: Outcome = Outcome.undecided
    why: str = ""
    decision: DecisionState | None = None
    amount: Decimal | None = None

    @property
    def open(self) -> bool:
        """Nothing is prepared for it yet."""
        return self.state is State.scored


@dataclass(frozen=True)
class Ranking:
    """A lot's ranking and the proposal; ``digest`` changes with anything it was made from."""

    call: Call
    lot: Lot
    lots: Sequence[Lot]
    criteria: Sequence[Criterion]
    rule: Rule
    budget: Decimal
    in_money: bool
    lines: Sequence[Ranked]
    taken: Decimal
    days_taken: int
    waiting: int
    digest: str

    @property
    def left(self) -> Decimal:
        """What the prepared and decided selections leave of the budget."""
        return self.budget - self.taken

    @property
    def last_in(self) -> str | None:
        """The reference after which the budget line is drawn: the last that the rule selects."""
        chosen = [line.reference for line in self.lines if line.outcome is Outcome.selected]
        return chosen[-1] if chosen else None

    @property
    def after(self) -> Ranked | None:
        """The first above the threshold that the money does not reach, or that a tie leaves open."""
        return next(
            (line for line in self.lines if line.outcome in (Outcome.reserve, Outcome.undecided)), None
        )


def ranking(actor: Actor, reference: str, lot_key: str, *, rule: Rule) -> Ranking:
    """The ranking of one lot, in six statements whatever its size. Raises NotFound out of reach."""
    lot = db.session.scalar(
        select(Lot)
        .join(Call, Call.id == Lot.call_id)
        .where(Call.reference == reference, Lot.key == lot_key)
        .options(joinedload(Lot.call), joinedload(Lot.authority))
    )
    if lot is None or not may(actor, P.scores_view, lot):
        raise NotFound
    in_money = lot.envelope is not None
    budget = lot.envelope if lot.envelope is not None else Decimal(lot.coaching_days or 0)
    criteria = criteria_of(lot.call_id)
    found = _found(actor, lot, criteria, in_money=in_money)
    lines = _proposed(_placed(found, lot.call), lot.call, criteria, budget, rule)
    selected = [line for line in lines if line.state in GRANTING]
    return Ranking(
        lot.call, lot, _lots(actor, lot.call_id), criteria, rule, budget, in_money, lines,
        taken=sum((line.cost for line in selected), Decimal(0)),
        days_taken=len(selected) * (lot.coaching_days_each or 0),
        waiting=_waiting(actor, lot),
        digest=_digest(lines, budget, rule),
    )  # fmt: skip


def _lots(actor: Actor, call_id: int) -> list[Lot]:
    found = db.session.scalars(select(Lot).where(Lot.call_id == call_id).order_by(Lot.position))
    return [lot for lot in found if may(actor, P.scores_view, lot)]


def _found(actor: Actor, lot: Lot, criteria: Sequence[Criterion], *, in_money: bool) -> list[Ranked]:
    rows = db.session.execute(
        select(Dossier, Decision, Municipality)
        .outerjoin(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(
            Dossier.lot_id == lot.id, Dossier.state.in_(RANKED), Dossier.total_percent.is_not(None),
            visible_to(actor, P.scores_view),
        )
    ).all()  # fmt: skip
    means = means_of([dossier.id for dossier, _, _ in rows], criteria)
    return [
        Ranked(
            dossier.reference, dossier.title, dossier.language,
            place_of(dossier.village, town.name if town else None, town.country if town else None),
            dossier.state, dossier.version, dossier.total_percent or Decimal(0), means.get(dossier.id, {}),
            _cost(dossier, lot, decision, in_money=in_money), dossier.requested,
            decision=decision.state if decision else None, amount=decision.amount if decision else None,
        )
        for dossier, decision, town in rows
    ]  # fmt: skip


def _cost(dossier: Dossier, lot: Lot, decision: Decision | None, *, in_money: bool) -> Decimal:
    """What a project would take: what was granted, else what it asks within the maximum; or days."""
    if not in_money:
        days = decision.coaching_days if decision and decision.coaching_days is not None else None
        return Decimal(days if days is not None else lot.coaching_days_each or 0)
    if decision is not None and decision.amount is not None:
        return decision.amount
    asked = dossier.requested or Decimal(0)
    return asked if lot.maximum_amount is None else min(asked, lot.maximum_amount)


def means_of(ids: Sequence[int], criteria: Sequence[Criterion]) -> dict[int, dict[str, Decimal]]:
    """Per dossier and criterion the mean of the sheets that count, rounded as the letters show it."""
    keys = {criterion.id: criterion.key for criterion in criteria}
    rows = db.session.execute(
        select(Sheet.dossier_id, Score.criterion_id, func.sum(Score.value), func.count(Score.value))
        .join(Score, Score.sheet_id == Sheet.id)
        .where(
            Sheet.dossier_id.in_(ids), Sheet.given_at.is_not(None), ~Sheet.abstained, Score.value.is_not(None)
        )
        .group_by(Sheet.dossier_id, Score.criterion_id)
    )
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


def _proposed(
    lines: Sequence[Ranked], call: Call, criteria: Sequence[Criterion], budget: Decimal, rule: Rule
) -> list[Ranked]:
    """Each line with the outcome of the rule, which sees places and not totals: tie-breaks are in them."""
    low = {line.reference: _below(line, criteria) for line in lines}
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


def _below(line: Ranked, criteria: Sequence[Criterion]) -> tuple[dict[str, str], ...]:
    return tuple(
        criterion.title
        for criterion in criteria
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
