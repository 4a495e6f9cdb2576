"""The scores of a project as its own group reads them once it was told of the decision: no names, and nothing
by which one juror's sheet could be put together again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.calls.models import Criterion
from callflow.calls.procedure import Procedure
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.decisions.models import Decision
from callflow.decisions.rules import ON_SCORES
from callflow.decisions.states import DecisionState
from callflow.desk.applicant.own import own
from callflow.jury.models import Score, Sheet
from callflow.jury.totals import mean, rounded

FEWEST = 2
"""Of fewer scores the mean alone is shown: a single score is somebody's."""


@dataclass(frozen=True)
class OwnCriterion:
    """One criterion. ``scores`` and ``reasons`` are each in an order of their own, lowest and first letter
    first, so that nobody's score stands beside their reason; empty where only the mean is shown.
    """

    title: dict[str, str]
    weight: int
    mean: Decimal | None
    minimum: Decimal | None
    text: str
    scores: tuple[Decimal, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def piles(self) -> list[tuple[Decimal, int]]:
        """Each different score with how many gave it, for the drawing."""
        return [(score, self.scores.count(score)) for score in sorted(set(self.scores))]


@dataclass(frozen=True)
class OwnScores:
    """``each`` says that the call shows every score, and not only the means."""

    application: Application
    criteria: Sequence[OwnCriterion]
    each: bool

    @property
    def sealed(self) -> bool:
        """Whether a criterion has too few scores to show them one by one."""
        return self.each and any(not one.scores for one in self.criteria if one.mean is not None)


def told_on(decisions: Sequence[Decision]) -> Decision | None:
    """The newest of these decisions that the group was told of and that rests on scores.

    After it nobody scores the project again: only what was put off is taken up once more.
    """
    told = (each for each in decisions if each.state is DecisionState.released)
    return next((each for each in told if each.outcome in ON_SCORES and each.reasons), None)


def own_scores(reference: str, actor: Actor) -> OwnScores:
    """The page of one application, in a fixed number of statements. Raises NotFound for whoever is not of
    its group, and for its group before it was told.
    """
    application = own(reference, actor)
    released = (
        select(Decision)
        .where(Decision.dossier_id == application.id, Decision.state == DecisionState.released)
        .order_by(Decision.number.desc())
    )
    decision = told_on(db.session.scalars(released).all())
    if decision is None:
        raise NotFound
    each = Procedure.of(application.call.procedure).own_scores
    given = _given(application) if each else {}
    criteria = [_criterion(said, given.get(said["key"], ())) for said in decision.reasons]
    return OwnScores(application, criteria, each)


def _given(application: Application) -> dict[str, list[tuple[Decimal, str]]]:
    """What the sheets that count say on each criterion; never whose they are."""
    rows = db.session.execute(
        select(Criterion.key, Score.value, Score.reason)
        .join(Score, Score.criterion_id == Criterion.id)
        .join(Sheet, Sheet.id == Score.sheet_id)
        .where(
            Sheet.dossier_id == application.id, Sheet.given_at.is_not(None), ~Sheet.abstained,
            Score.value.is_not(None),
        )
    )  # fmt: skip
    found: dict[str, list[tuple[Decimal, str]]] = {}
    for key, value, reason in rows:
        if value is not None:
            found.setdefault(key, []).append((value, reason))
    return found


def _criterion(said: dict[str, Any], given: Sequence[tuple[Decimal, str]]) -> OwnCriterion:
    """What the decision froze; the scores with it where there are enough, and where they still come to it."""
    frozen = None if said["mean"] is None else Decimal(said["mean"])
    minimum = None if said["minimum"] is None else Decimal(said["minimum"])
    shown = OwnCriterion(said["title"], said["weight"], frozen, minimum, said["text"])
    values = sorted(value for value, _reason in given)
    if len(values) < FEWEST or rounded(mean([Fraction(value) for value in values]), 2) != frozen:
        return shown
    reasons = sorted({reason.strip() for _value, reason in given} - {""}, key=str.casefold)
    return OwnCriterion(
        said["title"], said["weight"], frozen, minimum, said["text"], tuple(values), tuple(reasons)
    )
