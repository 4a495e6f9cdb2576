"""The catalogue of stages, one module a stretch, and how a call's switches choose among them."""

from functools import lru_cache

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.dossiers.states import State
from callflow.lifecycle.stages import after, agreement, before, deciding, leaving, preapplying, scoring
from callflow.lifecycle.stages.stage import Row, Stage

__all__ = ["Row", "Stage", "presenting_from", "road_of", "rows_of", "scoring_from", "stages_of"]


def stages_of(procedure: Procedure) -> list[Stage]:
    """The stages that a call's switches ask for, in their order."""
    chosen = [*_applying(procedure), Stage("screening", before.screening, State.screened)]
    if procedure.coaching in (Coaching.before, Coaching.both):
        chosen.append(Stage("coaching", before.coaching, State.coached))
    if procedure.presentation:
        chosen.append(Stage("presenting", before.presenting, State.presented))
    chosen += [
        Stage("scoring", scoring.scoring, State.scored),
        *([Stage("meeting", scoring.meeting, State.scored)] if procedure.meeting else []),
        Stage("deciding", deciding.deciding, State.selected),
    ]
    if procedure.agreement:
        chosen.append(Stage("agreement", agreement.agreeing, State.agreed))
    if procedure.coaching in (Coaching.after, Coaching.both):
        chosen.append(Stage("guiding", after.guiding, State.guided))
    if procedure.interim:
        chosen.append(Stage("interim_report", after.halfway, State.interim_approved))
    chosen.append(
        Stage("reporting", after.reporting, State.closed)
        if procedure.report
        else Stage("closing", after.closing, State.closed)
    )
    return chosen


def _applying(procedure: Procedure) -> list[Stage]:
    """At once, or in two steps."""
    if not procedure.preapplication:
        return [Stage("applying", before.applying, State.submitted)]
    return [
        Stage("preapplying", preapplying.preapply, State.preapplied),
        Stage("inviting", preapplying.inviting, State.invited),
        Stage("applying", preapplying.applying, State.submitted),
    ]


def road_of(procedure: Procedure) -> list[State]:
    """The states of the straight road, from the draft to the end."""
    states = [State.draft, *(stage.exit for stage in stages_of(procedure))]
    if procedure.report:
        states.insert(len(states) - 1, State.reported)
    if procedure.interim:
        states.insert(states.index(State.interim_approved), State.interim_reported)
    return list(dict.fromkeys(states))


@lru_cache(maxsize=1024)
def scoring_from(procedure: Procedure) -> State:
    """The state in which the jury scores: the exit of whatever comes before it."""
    return _entry_of(procedure, "scoring")


@lru_cache(maxsize=1024)
def presenting_from(procedure: Procedure) -> State | None:
    """The state in which a group waits to present its project; None where nobody presents."""
    return _entry_of(procedure, "presenting") if procedure.presentation else None


def _entry_of(procedure: Procedure, name: str) -> State:
    chosen = stages_of(procedure)
    names = [stage.name for stage in chosen]
    return chosen[names.index(name) - 1].exit


def rows_of(procedure: Procedure) -> list[Row]:
    """The whole table of a call: stages joined exit to entry, completion, the reserve list, and withdrawing
    beside them.
    """
    rows: list[Row] = []
    entry = State.draft
    for stage in stages_of(procedure):
        rows += stage.rows(entry)
        if stage.name == "screening" and procedure.completion:
            rows += before.completing(entry)
        if stage.name == "scoring" and procedure.second_round:
            rows += scoring.again(entry)
        if stage.name == "deciding":
            rows += _beside_selecting(procedure, entry)
        entry = stage.exit
    if procedure.meeting:
        rows = scoring.only_met(rows)
    rows += after.revoking([row["dest"] for row in rows])
    reached = {row["dest"] for row in rows}
    return rows + [
        row for row in leaving.withdrawing() if row["source"] in reached or row["source"] is State.draft
    ]


def _beside_selecting(procedure: Procedure, entry: State) -> list[Row]:
    """The other outcomes that a call's switches allow."""
    rows: list[Row] = []
    if procedure.conditions:
        rows += deciding.conditioning(entry)
    if procedure.reserve:
        rows += deciding.reserving(entry)
    if procedure.postponing:
        rows += deciding.postponing(entry)
    return rows
