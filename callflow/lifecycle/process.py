"""Composing a call's procedure, checking it, and the one door through which a dossier moves."""

from collections import deque
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.rules import form_of
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.actor import CLOCK, Actor
from callflow.core.db import db
from callflow.core.errors import Changed
from callflow.core.permissions import P, Permission, may
from callflow.core.workflow import Blocked, Case, Reason, Workflow
from callflow.decisions import joint
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import effects
from callflow.lifecycle.facts import Facts, gather
from callflow.lifecycle.stages import Row, rows_of
from callflow.screening import queries as completions

FINAL = frozenset(
    {
        State.closed, State.not_selected, State.inadmissible, State.not_invited, State.withdrawn,
        State.lapsed, State.revoked,
    }
)  # fmt: skip
UNSAID = {"envelope_exceeded": "envelope_exceeded_unsaid", "days_exceeded": "days_exceeded_unsaid"}
"""Refusals that name what is left, and the same without."""
BY_CLOCK = frozenset({P.dossier_lapse, P.dossier_offer})
"""What happens by itself: a day that the group was told is over, or means came back for the next in line."""


@lru_cache(maxsize=1024)
def workflow(procedure: Procedure) -> Workflow:
    """The running procedure for these switches: built once, shared by all threads. Raises ValueError when it
    has a hole.
    """
    rows = rows_of(procedure)
    if problems := holes(rows):
        raise ValueError("; ".join(problems))
    return Workflow(_states(rows), rows, initial=State.draft, may=_may, always=[effects.write_event])


def _may(actor: Actor, permission: Permission, dossier: Dossier) -> bool:
    """The clock takes the steps that are its own, and no other; people what their roles let them."""
    return permission in BY_CLOCK if actor is CLOCK else may(actor, permission, dossier)


def _states(rows: list[Row]) -> list[State]:
    used = {row["source"] for row in rows} | {row["dest"] for row in rows}
    return [state for state in State if state in used]


def holes(rows: list[Row], *, start: State = State.draft, final: frozenset[State] = FINAL) -> list[str]:
    """What is wrong with a table of steps: states nobody can reach, cannot leave, or from which no way
    ends.
    """
    problems = []
    following: dict[State, set[State]] = {}
    for row in rows:
        following.setdefault(row["source"], set()).add(row["dest"])
    for state in _states(rows):
        if state is not start and state not in _reached(following, start):
            problems.append(f"{state} cannot be reached")
        if state not in final and not following.get(state, set()) - {State.withdrawn, state}:
            problems.append(f"{state} cannot be left")
        if state not in final and not final & _reached(following, state):
            problems.append(f"no way ends from {state}")
    pairs = [(row["trigger"], row["source"]) for row in rows]
    problems += [
        f"{trigger} leaves twice from {source}"
        for trigger, source in set(pairs)
        if pairs.count((trigger, source)) > 1
    ]
    return sorted(problems)


def _reached(following: dict[State, set[State]], start: State) -> set[State]:
    found: set[State] = set()
    waiting = deque([start])
    while waiting:
        for state in following.get(waiting.popleft(), set()) - found:
            found.add(state)
            waiting.append(state)
    return found


def of(dossier: Dossier) -> Workflow:
    """The procedure that this dossier's call runs."""
    return workflow(Procedure.of(dossier.call.procedure))


def facts_of(dossier: Dossier, *, trigger: str = "") -> Facts:
    """The facts of this dossier; for what is being written, what its form still misses as well."""
    if dossier.state in (State.draft, State.invited) or trigger == "revise":
        return gather(dossier, unanswered=answers.unanswered(dossier, form_of(dossier)))
    if dossier.state is State.incomplete:
        return gather(dossier, unanswered=completions.unanswered(dossier))
    return gather(dossier)


def offers(dossier: Dossier, actor: Actor, *, facts: Facts | None = None) -> dict[str, list[Reason]]:
    """The steps this person may take now, each with what still holds it back: buttons, tooltips and the API
    read this.
    """
    case = Case(dossier, actor, facts or facts_of(dossier), None, clock.now())
    return of(dossier).offers(case)


def take(
    dossier: Dossier, trigger: str, *, actor: Actor, version: int | None = None, values: Any = None
) -> None:
    """Take one step on a dossier that was loaded for it (dossiers.queries.for_step), inside a unit of work.

    ``version`` is the one the person saw; None for callers that saw none (rehearsal, scheduler).
    Raises Changed, or one of the WorkflowError family; without what is left in the lot where a conflict hides
    one of its projects from this person.
    """
    if version is not None and version != dossier.version:
        raise Changed("dossier_changed", state=dossier.state.value)
    case = Case(dossier, actor, facts_of(dossier, trigger=trigger), values, clock.now())
    try:
        of(dossier).fire(case, trigger)
    except Blocked as blocked:
        if not any(each.code in UNSAID for each in blocked.reasons) or not _hides(actor, dossier.lot_id):
            raise
        unsaid = [Reason(UNSAID[each.code]) if each.code in UNSAID else each for each in blocked.reasons]
        raise Blocked(trigger, unsaid) from None


def _hides(actor: Actor, lot_id: int | None) -> bool:
    return actor is not CLOCK and bool(db.session.scalar(select(joint.hides(actor, lot_id))))
