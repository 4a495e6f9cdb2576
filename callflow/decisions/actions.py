"""Writes of decisions: prepared with a step, decided by the body, released to the applicant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from callflow.calls.models import Call, Criterion
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.decisions import board
from callflow.decisions.models import Board, Decision
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


def revise(
    actor: Actor, dossier: Dossier, decision: Decision, *, texts: Mapping[str, str], motivation: str
) -> None:
    """Edit the words of the letter before its release: the reasons by criterion, and those beside them.

    The figures stay as the jury gave them. The dossier comes from queries.for_step. Raises Refused after the
    release, or with the field of a reason that is left empty.
    """
    require(actor, P.dossier_decide, dossier)
    if decision.state is DecisionState.released:
        raise Refused("reasons_over")
    if empty := [
        each["key"] for each in decision.reasons if not texts.get(each["key"], each["text"]).strip()
    ]:
        raise Refused("reason_missing", field=f"reason-{empty[0]}")
    before = {each["key"]: each["text"] for each in decision.reasons}
    after = {key: texts.get(key, text).strip() for key, text in before.items()}
    changed = {f"reason_{key}": text for key, text in after.items() if text != before[key]}
    if motivation.strip() != decision.motivation:
        changed["motivation"] = motivation.strip()
    if not changed:
        return
    decision.reasons = [{**each, "text": after[each["key"]]} for each in decision.reasons]
    decision.motivation = motivation.strip()
    trail.record(
        dossier.trail, actor, "reasons_edited", data={"outcome": str(decision.outcome)}, texts=changed
    )


def discard(dossier: Dossier) -> None:
    """Take back a decision that nobody was told of. The trail keeps that there was one."""
    db.session.execute(
        delete(Decision).where(Decision.dossier_id == dossier.id, Decision.state != DecisionState.released)
    )


def keep_board(
    actor: Actor,
    call: Call,
    *,
    asked: board.Asked,
    table: board.Table,
    outcome: dict[str, Any],
    seen: int,
    changes: Sequence[dict[str, Any]] = (),
) -> Board:
    """Keep a selection as it was worked out; the call's row is locked. Raises Changed when somebody kept
    another after the one with the number ``seen``.
    """
    require(actor, P.dossier_decide, call)
    last = db.session.scalar(select(func.max(Board.number)).where(Board.call_id == call.id)) or 0
    if last != seen:
        raise Changed("board_newer")
    made = Board(
        call_id=call.id, number=last + 1, method=asked.method, asked=asked.as_stored(),
        table=table.as_stored(), digest=board.digest(table, asked), outcome=outcome, changes=list(changes),
        version=1, made_by=actor.id, made_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    told = {"number": made.number, "method": asked.method.value, "digest": made.digest}
    trail.record(call.trail, actor, "board_made", data=told)
    return made


def change_board(
    actor: Actor, call: Call, held: Board, *, version: int | None, change: dict[str, Any]
) -> None:
    """Keep one change by hand, with its reason; the call's row is locked. Raises Changed when the board is no
    longer as it was seen.
    """
    require(actor, P.dossier_decide, call)
    if held.applied_at is not None:
        raise Refused("board_over")
    if held.version != version:
        raise Changed("board_changed_meanwhile")
    others = [each for each in held.changes if each["ref"] != change["ref"]]
    kept = (
        [] if change["choice"] == "proposed" else [{**change, "by": actor.id, "at": clock.now().isoformat()}]
    )
    held.changes = [*others, *kept]
    held.version += 1
    told = {"number": held.number, **{name: change[name] for name in ("ref", "choice", "amount")}}
    trail.record(call.trail, actor, "board_changed", data=told, texts={"reason": change["reason"]})


def note_applied(actor: Actor, call: Call, held: Board, *, done: int, refused: int) -> None:
    """Note that the decisions of a board were prepared; the call's row is locked."""
    require(actor, P.dossier_decide, call)
    held.applied_by, held.applied_at = actor.id, clock.now()
    held.version += 1
    told = {"number": held.number, "version": held.version, "done": done, "refused": refused}
    trail.record(call.trail, actor, "board_applied", data=told)
