"""Writes of decisions: prepared with a step, decided by the body, released to the applicant."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from callflow.calls.models import Criterion
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.jury.models import Score, Sheet
from callflow.jury.totals import Line, rounded, total


def prepare(dossier: Dossier, actor: Actor, *, outcome: State, values: Any, at: datetime) -> Decision:
    """Write the prepared decision; called by the step that prepares it, under the locks that the step
    took.
    """
    decision = Decision(
        dossier_id=dossier.id,
        lot_id=dossier.lot_id,
        outcome=outcome,
        state=DecisionState.prepared,
        amount=getattr(values, "amount", None),
        coaching_days=getattr(values, "coaching_days", None),
        rank=getattr(values, "rank", None),
        valid_until=getattr(values, "valid_until", None),
        article=getattr(values, "article", ""),
        motivation=values.motivation,
        reasons=[] if outcome is State.inadmissible else reasons(dossier),
        prepared_by=actor.id,
        prepared_at=at,
    )
    db.session.add(decision)
    return decision


def reasons(dossier: Dossier) -> list[dict[str, Any]]:
    """Per criterion: weight, mean, minimum, and what the jurors wrote, each text once and without a name."""
    rows = db.session.execute(
        select(Criterion, Sheet.id, Score.value, Score.reason)
        .outerjoin(Score, Score.criterion_id == Criterion.id)
        .outerjoin(
            Sheet,
            (Sheet.id == Score.sheet_id)
            & (Sheet.dossier_id == dossier.id)
            & Sheet.given_at.is_not(None)
            & ~Sheet.abstained,
        )
        .where(Criterion.call_id == dossier.call_id, (Score.id.is_(None)) | Sheet.id.is_not(None))
        .order_by(Criterion.position, Sheet.id)
    ).all()
    criteria: dict[str, Criterion] = {}
    sheets: dict[int, dict[str, Any]] = {}
    written: dict[str, list[str]] = {}
    for criterion, sheet_id, value, text in rows:
        criteria[criterion.key] = criterion
        if sheet_id is not None:
            sheets.setdefault(sheet_id, {})[criterion.key] = value
        if text and text not in written.setdefault(criterion.key, []):
            written[criterion.key].append(text)
    lines = [Line(c.key, c.weight, c.minimum) for c in criteria.values()]
    means = total(lines, list(sheets.values()), scale_max=dossier.call.scale_max).means
    return [
        {
            "key": c.key,
            "title": c.title,
            "weight": c.weight,
            "mean": str(rounded(means[c.key], 2)) if c.key in means else None,
            "minimum": None if c.minimum is None else str(c.minimum),
            "text": " ".join(written.get(c.key, [])),
        }
        for c in criteria.values()
    ]


def discard(dossier: Dossier) -> None:
    """Take back a decision that nobody was told of. The trail keeps that there was one."""
    db.session.execute(
        delete(Decision).where(Decision.dossier_id == dossier.id, Decision.state != DecisionState.released)
    )
