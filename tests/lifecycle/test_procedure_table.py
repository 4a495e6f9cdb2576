"""The whole procedure, state by trigger, against a table written by hand."""

import itertools

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.dossiers.states import State
from callflow.lifecycle import process
from callflow.lifecycle.stages import rows_of

# completion, coaching on both sides, a second round, a meeting, a reserve list and reports: every row
TABLE = """
draft         submit           submitted
draft         withdraw         withdrawn
submitted     screen           screened
submitted     refuse           inadmissible
submitted     return_for_completion incomplete
submitted     withdraw         withdrawn
incomplete    complete         submitted
incomplete    judge_as_is      submitted
incomplete    refuse           inadmissible
incomplete    withdraw         withdrawn
inadmissible  reopen           submitted
inadmissible  withdraw         withdrawn
screened      finish_coaching  coached
screened      revise           screened
screened      withdraw         withdrawn
coached       close_scoring    scored
coached       withdraw         withdrawn
scored        settle           scored
scored        score_again      coached
scored        select           selected
scored        reserve          reserve
scored        decline          not_selected
scored        withdraw         withdrawn
selected      reopen           scored
selected      withdraw         withdrawn
selected      finish_guidance  guided
reserve       reopen           scored
reserve       withdraw         withdrawn
not_selected  reopen           scored
not_selected  withdraw         withdrawn
guided        report           reported
reported      close            closed
"""
EVERY_PROCEDURE = [
    Procedure(
        coaching=coaching,
        reserve=reserve,
        report=report,
        completion=completion,
        meeting=meeting,
        second_round=again,
    )
    for coaching, reserve, report, completion, meeting, again in itertools.product(
        Coaching, *[(True, False)] * 5
    )
]


def test_each_state_and_trigger_leads_where_the_table_says():
    workflow = process.workflow(
        Procedure(coaching=Coaching.both, second_round=True, meeting=True, reserve=True, report=True)
    )
    expected = {
        (source, trigger): dest for source, trigger, dest in map(str.split, TABLE.strip().splitlines())
    }

    found = {
        (state.value, trigger): step.dest
        for state in State
        for trigger, step in workflow.steps_from(state).items()
    }

    assert found == expected


@pytest.mark.parametrize("procedure", EVERY_PROCEDURE, ids=str)
def test_no_combination_of_switches_has_a_hole(procedure):
    assert process.holes(rows_of(procedure)) == []


def test_a_procedure_with_a_dead_end_is_named():
    rows = [row for row in rows_of(Procedure()) if row["trigger"] != "close_scoring"]

    assert "scored cannot be reached" in process.holes(rows)
    assert "screened cannot be left" in process.holes(rows)


def test_a_stage_that_is_off_adds_no_state_and_no_step():
    off = Procedure(coaching=Coaching.none, reserve=False, report=False, completion=False)
    without = process.workflow(off)

    states = {State[name] for name in without.states}
    assert not states & {State.coached, State.guided, State.reserve, State.reported, State.incomplete}
    assert not set(without.events) & {
        "finish_coaching", "finish_guidance", "settle", "score_again", "reserve", "report", "complete",
    }  # fmt: skip
