"""Writes of decisions: prepared with a step, its words edited, taken back, ended."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, update

from callflow.calls.models import Criterion
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.decisions.models import Condition, Decision
from callflow.decisions.rules import ON_SCORES
from callflow.decisions.states import DecisionState, Ending
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.jury.models import Score, Sheet
from callflow.jury.totals import Line, rounded, total


def prepare(
    dossier: Dossier, actor: Actor, *, outcome: State, origin: State, values: Any, at: datetime, first: bool
) -> Decision:
    """Write the prepared decision, which is the current one from now on; called by the step that prepares
    it, under the locks that the step took. An earlier one that was told holds until this one is told:
    ``first`` says that there is none.
    """
    mine = Decision.dossier_id == dossier.id
    if not first:
        db.session.execute(update(Decision).where(mine, Decision.current).values(current=False))
    number: Any = select(func.coalesce(func.max(Decision.number), 0) + 1).where(mine).scalar_subquery()
    decision = Decision(
        dossier_id=dossier.id,
        number=number,
        lot_id=dossier.lot_id,
        outcome=outcome,
        origin=origin,
        state=DecisionState.prepared,
        amount=getattr(values, "amount", None),
        coaching_days=getattr(values, "coaching_days", None),
        rank=getattr(values, "rank", None),
        valid_until=getattr(values, "valid_until", None),
        postponed_until=getattr(values, "until", None),
        answer_by=getattr(values, "answer_by", None),
        repayment=getattr(values, "repayment", None),
        article=getattr(values, "article", ""),
        motivation=values.motivation,
        reasons=reasons(dossier) if outcome in ON_SCORES else [],
        prepared_by=actor.id,
        prepared_at=at,
    )
    decision.conditions = [
        Condition(position=place, text=each.text, proof=each.proof, due_on=each.due_on)
        for place, each in enumerate(getattr(values, "conditions", ()), start=1)
    ]
    db.session.add(decision)
    return decision


def _latest(dossier: Dossier) -> Select[Decision]:
    mine = select(Decision).where(Decision.dossier_id == dossier.id)
    return mine.order_by(Decision.number.desc()).limit(1)


def reasons(dossier: Dossier) -> list[dict[str, Any]]:
    """Per criterion: weight, mean, minimum, and what the jurors wrote, each text once and without a name, in
    an order that does not show whose it is.
    """
    rows = db.session.execute(_scored(), {"call": dossier.call_id, "dossier": dossier.id}).all()
    criteria: dict[str, Criterion] = {}
    sheets: dict[int, dict[str, Any]] = {}
    written: dict[str, set[str]] = {}
    for criterion, sheet_id, value, text in rows:
        criteria[criterion.key] = criterion
        if sheet_id is not None:
            sheets.setdefault(sheet_id, {})[criterion.key] = value
        if text:
            written.setdefault(criterion.key, set()).add(text)
    lines = [Line(c.key, c.weight, c.minimum) for c in criteria.values()]
    means = total(lines, list(sheets.values()), scale_max=dossier.call.scale_max).means
    return [
        {
            "key": c.key,
            "title": c.title,
            "weight": c.weight,
            "mean": str(rounded(means[c.key], 2)) if c.key in means else None,
            "minimum": None if c.minimum is None else str(c.minimum),
            "text": " ".join(_shuffled(written.get(c.key, ()), dossier.reference, c.key)),
        }
        for c in criteria.values()
    ]


def _shuffled(texts: Iterable[str], reference: str, criterion: str) -> list[str]:
    """By a hash: always the same, but another one for each criterion, and nothing of who wrote what."""
    return sorted(texts, key=lambda text: sha256(f"{reference} {criterion} {text}".encode()).digest())


@lru_cache(maxsize=1)
def _scored() -> Select[*tuple[Any, ...]]:
    """The rubric with what a dossier's sheets say: read from these few, not from all of a criterion."""
    mine = (
        select(Score.criterion_id, Score.sheet_id, Score.value, Score.reason)
        .join(Sheet, Sheet.id == Score.sheet_id)
        .where(Sheet.dossier_id == bindparam("dossier"), Sheet.given_at.is_not(None), ~Sheet.abstained)
        .subquery()
    )
    return (
        select(Criterion, mine.c.sheet_id, mine.c.value, mine.c.reason)
        .outerjoin(mine, mine.c.criterion_id == Criterion.id)
        .where(Criterion.call_id == bindparam("call"))
        .order_by(Criterion.position, mine.c.sheet_id)
    )


def revise(
    actor: Actor,
    dossier: Dossier,
    decision: Decision,
    *,
    texts: Mapping[str, str],
    motivation: str,
    answer_by: date | None = None,
) -> None:
    """Edit the words of the letter before its release: the reasons by criterion, and those beside them; and
    until when an offer can be answered, which is not what the body decides about.

    The figures stay as the jury gave them. The dossier comes from queries.for_step. Raises Refused after the
    release, or with the field of a reason that is left empty or of a day that has come.
    """
    require(actor, P.dossier_decide, dossier)
    if decision.state is DecisionState.released:
        raise Refused("reasons_over")
    if decision.outcome not in ON_SCORES and not motivation.strip():
        raise Refused("motivation_missing", field="motivation")
    if empty := [
        each["key"] for each in decision.reasons if not texts.get(each["key"], each["text"]).strip()
    ]:
        raise Refused("reason_missing", field=f"reason-{empty[0]}")
    data = {"outcome": str(decision.outcome), **_moved(decision, answer_by)}
    before = {each["key"]: each["text"] for each in decision.reasons}
    after = {key: texts.get(key, text).strip() for key, text in before.items()}
    changed = {f"reason_{key}": text for key, text in after.items() if text != before[key]}
    if motivation.strip() != decision.motivation:
        changed["motivation"] = motivation.strip()
    if not changed and "answer_by" not in data:
        return
    decision.reasons = [{**each, "text": after[each["key"]]} for each in decision.reasons]
    decision.motivation = motivation.strip()
    trail.record(dossier.trail, actor, "reasons_edited", data=data, texts=changed or None)


def _moved(decision: Decision, answer_by: date | None) -> dict[str, str]:
    """Give an offer its other day; what the trail says of it."""
    if decision.answer_by is None or answer_by in (None, decision.answer_by):
        return {}
    if answer_by <= clock.today():
        raise Refused("date_past", field="answer_by")
    decision.answer_by = answer_by
    return {"answer_by": answer_by.isoformat()}


def discard(dossier: Dossier) -> None:
    """Take back a decision that nobody was told of; the one before it holds as before. The trail keeps that
    there was one.
    """
    untold = (Decision.dossier_id == dossier.id, Decision.state != DecisionState.released)
    db.session.execute(delete(Condition).where(Condition.decision_id.in_(select(Decision.id).where(*untold))))
    db.session.execute(delete(Decision).where(*untold))
    before = db.session.scalar(_latest(dossier))
    if before is not None and before.ended_at is None:
        before.current = True


def end(dossier: Dossier, how: Ending, *, at: datetime, but: Decision | None = None) -> None:
    """What was decided and told no longer holds, ``but`` for the decision that takes its place; what it
    promised is free again.
    """
    standing = [
        Decision.dossier_id == dossier.id,
        Decision.state == DecisionState.released,
        Decision.ended_at.is_(None),
    ]
    if but is not None:
        standing.append(Decision.id != but.id)
    db.session.execute(update(Decision).where(*standing).values(ended_at=at, ended_how=how, current=False))


def accept(dossier: Dossier, *, at: datetime) -> None:
    """The group accepts what it was offered."""
    decision = db.session.scalars(_latest(dossier)).one()
    decision.answered_at = at
