"""Writes of selection boards: kept as they were worked out, changed by hand, applied."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from callflow.calls.models import Call
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.decisions import board
from callflow.decisions.models import Board


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
