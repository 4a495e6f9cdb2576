"""Carrying out a change of a running call: only what somebody looked at in its dry run, and all of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callflow.applications.models import Application
from callflow.applications.rules import full_until
from callflow.calls import actions, queries
from callflow.calls.models import Lot
from callflow.calls.reading import Finding
from callflow.calls.setup import Setup
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db, in_turn
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.permissions import P, may, require
from callflow.core.workflow import Case, Workflow
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.jury import actions as jury
from callflow.lifecycle import effects, preapplying
from callflow.lifecycle.changing.dry_run import DryRun, Touched, dry_run

BATCH = 500
STEP = "move_with_call"


@dataclass(frozen=True)
class Confirmed:
    """What somebody says to a dry run: its digest, why the call changes, and where stuck dossiers go."""

    digest: str
    why: str
    goes: Mapping[State, State]


def confirm(
    actor: Actor, setup: Setup, said: Confirmed, *, file_sha256: str, warnings: Sequence[Finding] = ()
) -> DryRun:
    """Make a new version of the call, inside a unit of work; the dry run that was carried out.

    The call is locked first, then the lots (their money may change), then the dossiers: nothing can move
    before this is written. Raises Changed when the dry run would no longer say the same, Refused:
    nothing_to_change, change_forbidden, dossiers_stuck, way_unnamed, why_missing.
    """
    in_turn("calls")
    call = queries.whole(setup.call["reference"], lock=True)
    if call is None:
        raise NotFound
    require(actor, P.call_change, call)
    queries.lock_money(select(Lot.id).where(Lot.call_id == call.id))
    mine = select(Dossier.id).where(Dossier.call_id == call.id).order_by(Dossier.id)
    db.session.execute(mine.with_for_update(key_share=True)).all()
    run = dry_run(actor, setup, call=call)
    if run.digest != said.digest:
        raise Changed("dry_run_changed")
    _refuse(run, said)
    last_hour = full_until(call)
    about = {"file": file_sha256, "dry_run": run.digest, "dossiers": len(run.rows), "moved": _moved(run)}
    actions.change(actor, call, setup, why=said.why.strip(), about=about, warnings=warnings)
    db.session.flush()  # totals and moves rest on what was just written
    if run.totals:
        jury.reweigh(actor, call, run.totals)
    for row, dossier in _loaded(run.rows):
        _carry(actor, dossier, row, said.goes, file_sha256)
    preapplying.tell_moved(call, last_hour)
    return run


def _refuse(run: DryRun, said: Confirmed) -> None:
    if not run.changes:
        raise Refused("nothing_to_change")
    if run.refused:
        raise Refused("change_forbidden", count=len(run.refused))
    if run.lost:
        raise Refused("dossiers_stuck", count=sum(run.counts[state] for state in run.lost))
    for state, turn in run.stuck.items():
        if said.goes.get(state) is not turn.to:
            raise Refused("way_unnamed", field=f"goes-{state.value}", state=state.value)
    if run.running and not said.why.strip():
        raise Refused("change_why_missing", field="why")


def _moved(run: DryRun) -> int:
    return sum(run.counts[state] for state in run.stuck)


def _loaded(rows: Sequence[Touched]) -> Iterator[tuple[Touched, Application]]:
    """The touched dossiers with their trails, some hundred at a time; what was written of them is let go."""
    for first in range(0, len(rows), BATCH):
        part = rows[first : first + BATCH]
        query = select(Application).where(Application.id.in_([row.id for row in part]))
        found = db.session.scalars(query.options(joinedload(Application.trail))).all()
        by_id = {dossier.id: dossier for dossier in found}
        for row in part:
            yield row, by_id[row.id]
        db.session.flush()  # before they are let go
        for dossier in found:
            db.session.expunge(dossier)


def _carry(
    actor: Actor, dossier: Application, row: Touched, goes: Mapping[State, State], file_sha256: str
) -> None:
    """The event of a dossier; one that is stuck takes the step that leads out."""
    codes = sorted({effect.code for effect in row.effects})
    trail.record(dossier.trail, actor, "call_changed", data={"effects": codes, "file": file_sha256})
    if row.state in goes and any(effect.code == "moved" for effect in row.effects):
        workflow = moving(row.state, goes[row.state])
        workflow.fire(Case(dossier, actor, None, None, clock.now()), STEP)


@lru_cache(maxsize=64)
def moving(source: State, dest: State) -> Workflow:
    """The one step that a change of the call takes with a dossier: where to was checked in the dry run."""
    row: dict[str, Any] = {
        "trigger": STEP,
        "source": source,
        "dest": dest,
        "permission": P.call_change,
        "effects": [effects.reveal],
    }
    return Workflow(
        [state for state in State if state in (source, dest)], [row], initial=source, may=may,
        always=[effects.write_event],
    )  # fmt: skip
