"""Proposals for an assignment: asked for, worked out by a worker under a lease, confirmed or out of date."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import defer

from callflow.calls.models import Call
from callflow.core import clock, trail
from callflow.core.actor import CLOCK, Actor
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Refused
from callflow.core.jobs import left_of, next_of
from callflow.core.permissions import P, may, require
from callflow.jury.assignment import Infeasible, Task, Unsolved
from callflow.jury.models import AssignmentRun
from callflow.jury.shortage import diagnosis
from callflow.jury.states import OPEN, RunState
from callflow.jury.wishes import Wishes
from callflow.lifecycle import conflicts, seating
from callflow.people import queries as people

LEASE = timedelta(minutes=10)
ATTEMPTS = 3


def ask(actor: Actor, call: Call, wishes: Wishes) -> AssignmentRun:
    """Ask for a proposal; one that is being worked on or waits for a confirmation is dropped for it.

    Raises Refused for loads that cross and for a juror who would be kept apart from themselves.
    """
    require(actor, P.dossier_assign, call)
    history = trail.locked(call.trail_id)
    panel = seating.panel_of(call.id)
    if not panel.jurors or not panel.dossiers:
        raise Refused("nothing_to_assign")
    if wishes.min_load > wishes.max_load:
        raise Refused("loads_cross", field="max_load")
    if any(one == other for one, other in wishes.apart):
        raise Refused("apart_from_self", field="apart")
    for held in db.session.scalars(_of(call.id).where(AssignmentRun.status.in_((*OPEN, RunState.proposed)))):
        _close(held, RunState.dropped)
    made = AssignmentRun(
        call_id=call.id, settings=wishes.stored(), status=RunState.waiting, stage="", asked_by=actor.id,
        asked_at=clock.now(), result={}, digest="", attempts=0,
    )  # fmt: skip
    db.session.add(made)
    trail.record(history, actor, "assignment_asked", data=wishes.stored())
    return made


def confirm(actor: Actor, call: Call, run_id: int) -> int:
    """Put everybody on the dossiers as proposed, all in one go; how many came or went.

    Raises Changed when anything that the proposal was made of changed since, Refused when it is none.
    """
    require(actor, P.dossier_assign, call)
    history = trail.locked(call.trail_id)
    run = db.session.scalar(_of(call.id).where(AssignmentRun.id == run_id))
    if run is None or run.status is not RunState.proposed:
        raise Changed("proposal_gone")
    seating.lock(call.id)
    panel = seating.panel_of(call.id)
    if seating.digest_of(seating.task_of(panel, Wishes.of(run.settings))) != run.digest or _conflicts_of(
        call
    ):
        raise Changed("proposal_stale")
    pairings = [(each["juror"], each["dossier"]) for each in run.result["pairings"]]
    changed = seating.seat(actor, call, panel, pairings)
    _close(run, RunState.confirmed)
    trail.record(
        history, actor, "assignment_confirmed",
        data={"digest": run.digest, "changed": changed, **{end: run.result[end] for end in ("most", "fair")}},
    )  # fmt: skip
    return changed


def latest(call_id: int) -> AssignmentRun | None:
    """The proposal asked for last, with all that was found."""
    found: AssignmentRun | None = db.session.scalar(_newest(call_id))
    return found


def brief(call_id: int) -> tuple[AssignmentRun | None, str]:
    """The same without what was found, which is long in a large call; and why it failed, when it did."""
    why = case((AssignmentRun.status == RunState.failed, AssignmentRun.result["failure"].as_string()))
    query = _newest(call_id).options(defer(AssignmentRun.result, raiseload=True)).add_columns(why)
    row = db.session.execute(query).first()
    return (row[0], row[1] or "") if row else (None, "")


def _newest(call_id: int) -> Any:
    mine = select(AssignmentRun).where(AssignmentRun.call_id == call_id)
    return mine.order_by(AssignmentRun.id.desc()).limit(1)


def drain(holder: str, stopping: Callable[[], bool]) -> int:
    """Work out the proposal that waits longest; how many were done."""
    claimed = _claim(holder)
    if claimed is None or stopping():
        return 0
    run_id, task = claimed
    if task is not None:
        _work_out(run_id, holder, task)
    return 1


def sweep() -> int:
    """Free what dead workers held; one that ended several of them is not tried for ever. How many."""
    with unit_of_work():
        left = left_of(AssignmentRun, RunState.running)
        for each in left:
            spent = each.attempts >= ATTEMPTS
            _close(each, RunState.failed if spent else RunState.waiting)
    return len(left)


def _claim(holder: str) -> tuple[int, Task | None] | None:
    """The task of the oldest proposal that waits, its conflicts looked up anew on behalf of who asked."""
    with unit_of_work():
        run = next_of(AssignmentRun, RunState.waiting)
        if run is None:
            return None
        run.status, run.stage = RunState.running, "conflicts"
        run.lease_by, run.lease_until = holder, clock.now() + LEASE
        run.attempts += 1
        call, actor = db.session.get_one(Call, run.call_id), people.actor(run.asked_by)
        if not may(actor, P.dossier_assign, call):
            run.result = {"failure": "asker_lost_role"}
            _close(run, RunState.failed)
            return run.id, None
        conflicts.renew(actor, call, seating.jurors_of(call.id))
        db.session.flush()  # the conflicts found just now count
        task = seating.task_of(seating.panel_of(call.id), Wishes.of(run.settings))
        run.digest = seating.digest_of(task)
        return run.id, task


def _work_out(run_id: int, holder: str, task: Task) -> None:
    """Without a transaction open, but for the moments at which a stage is told."""
    status, result = RunState.proposed, {}
    try:
        try:
            result = seating.solved(task, progress=lambda stage: _tell(run_id, holder, stage))
        except Infeasible:
            _tell(run_id, holder, "diagnosis")
            status, result = RunState.impossible, _lacking(task)
    except Unsolved:
        status, result = RunState.failed, {"failure": "search_given_up"}
    with unit_of_work():
        of_call = select(Call.trail_id).join(AssignmentRun, AssignmentRun.call_id == Call.id)
        history = trail.locked(of_call.where(AssignmentRun.id == run_id).scalar_subquery())
        run = _held(run_id, holder)
        if run is not None:
            run.result = result
            _close(run, status)
            trail.record(history, CLOCK, "assignment_worked_out", data={"outcome": status.value})


def _lacking(task: Task) -> dict[str, Any]:
    found = [
        {
            "lack": each.lack.value, "name": each.name, "need": each.need, "have": each.have,
            "conflicts": each.conflicts, "demand": each.demand, "other": each.other,
        }
        for each in diagnosis(task)
    ]  # fmt: skip
    return {"lacking": found}


def _tell(run_id: int, holder: str, stage: str) -> None:
    with unit_of_work():
        run = _held(run_id, holder)
        if run is not None:
            run.stage, run.lease_until = stage, clock.now() + LEASE


def _held(run_id: int, holder: str) -> AssignmentRun | None:
    run = db.session.get(AssignmentRun, run_id, with_for_update=True, populate_existing=True)
    return run if run and run.lease_by == holder and run.status is RunState.running else None


def _close(run: AssignmentRun, status: RunState) -> None:
    run.status, run.lease_by, run.lease_until = status, None, None
    run.ended_at = None if status in OPEN else clock.now()


def _conflicts_of(call: Call) -> bool:
    """Whether a conflict came to light that is not kept yet, or one that is kept lost its cause."""
    return conflicts.pending(call.id, seating.jurors_of(call.id))


def _of(call_id: int) -> Any:
    return select(AssignmentRun).where(AssignmentRun.call_id == call_id).with_for_update()
