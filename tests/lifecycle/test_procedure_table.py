"""The whole procedure, state by trigger, against a table written by hand."""

import itertools

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.dossiers.states import State
from callflow.lifecycle import process
from callflow.lifecycle.stages import rows_of

# completion, coaching on both sides, presenting, two rounds, a meeting, a reserve list, agreement, reports
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
coached       invite_to_present coached
coached       note_presentation presented
coached       withdraw         withdrawn
presented     close_scoring    scored
presented     withdraw         withdrawn
scored        settle           scored
scored        score_again      presented
scored        select           selected
scored        reserve          reserve
scored        decline          not_selected
scored        withdraw         withdrawn
scored        select_with_conditions selected_with_conditions
scored        postpone         postponed
selected      reopen           scored
selected      restore_reserve  reserve
selected      accept_offer     selected
selected      decline_offer    withdrawn
selected      lapse            not_selected
selected      withdraw         withdrawn
selected      accept_agreement agreed
selected      hear             selected
selected      note_remarks     selected
selected      drop_hearing     selected
selected      revoke           revoked
selected_with_conditions reopen       scored
selected_with_conditions confirm      selected
selected_with_conditions withdraw     withdrawn
selected_with_conditions hear         selected_with_conditions
selected_with_conditions note_remarks selected_with_conditions
selected_with_conditions drop_hearing selected_with_conditions
selected_with_conditions revoke       revoked
reserve       reopen           scored
reserve       promote          selected
reserve       lapse            not_selected
reserve       withdraw         withdrawn
not_selected  reopen           scored
not_selected  withdraw         withdrawn
postponed     reopen           scored
postponed     resume           scored
postponed     withdraw         withdrawn
agreed        finish_guidance  guided
agreed        withdraw         withdrawn
agreed        hear             agreed
agreed        note_remarks     agreed
agreed        drop_hearing     agreed
agreed        revoke           revoked
guided        report_interim   interim_reported
interim_reported approve_interim interim_approved
interim_reported return_interim  guided
interim_reported withdraw        withdrawn
interim_reported hear            interim_reported
interim_reported note_remarks    interim_reported
interim_reported drop_hearing    interim_reported
interim_reported revoke          revoked
interim_approved report          reported
interim_approved withdraw        withdrawn
interim_approved hear            interim_approved
interim_approved note_remarks    interim_approved
interim_approved drop_hearing    interim_approved
interim_approved revoke          revoked
guided        withdraw         withdrawn
guided        hear             guided
guided        note_remarks     guided
guided        drop_hearing     guided
guided        revoke           revoked
reported      close            closed
reported      return_report    interim_approved
reported      hear             reported
reported      note_remarks     reported
reported      drop_hearing     reported
reported      revoke           revoked
revoked       withdraw         withdrawn
revoked       restore_selected selected
revoked       restore_agreed   agreed
revoked       restore_interim_reported interim_reported
revoked       restore_interim_approved interim_approved
revoked       restore_guided   guided
revoked       restore_reported reported
revoked       restore_selected_with_conditions selected_with_conditions
"""
SWITCHES = (
    "reserve", "report", "conditions", "postponing", "completion", "meeting", "second_round", "presentation",
)  # fmt: skip
EVERY_PROCEDURE = [
    Procedure(coaching, **dict(zip(SWITCHES, switches, strict=True)))
    for coaching, *switches in itertools.product(Coaching, *[(True, False)] * len(SWITCHES))
]
# what follows a selection, beside what stands next to it
EVERY_PROCEDURE += [
    Procedure(
        coaching, agreement=agreement, interim=interim, report=report, reserve=reserve, conditions=conditions
    )
    for coaching, agreement, interim, report, reserve, conditions in itertools.product(
        Coaching, *[(True, False)] * 5
    )
    if (agreement or interim) and (report or not interim)
]


def test_each_state_and_trigger_leads_where_the_table_says():
    everything = dict.fromkeys((*SWITCHES, "agreement", "interim"), True)
    workflow = process.workflow(Procedure(coaching=Coaching.both, **everything))
    expected = {
        (source, trigger): dest for source, trigger, dest in map(str.split, TABLE.strip().splitlines())
    }

    found = {
        (state.value, trigger): step.dest
        for state in State
        for trigger, step in workflow.steps_from(state).items()
    }

    assert found == expected


def test_no_combination_of_switches_has_a_hole():
    found = {str(procedure): process.holes(rows_of(procedure)) for procedure in EVERY_PROCEDURE}

    assert len(found) == len(Coaching) * (2 ** len(SWITCHES) + 16)
    assert {procedure: holes for procedure, holes in found.items() if holes} == {}


def test_a_procedure_with_a_dead_end_is_named():
    rows = [row for row in rows_of(Procedure()) if row["trigger"] != "close_scoring"]

    assert "scored cannot be reached" in process.holes(rows)
    assert "screened cannot be left" in process.holes(rows)


def test_a_stage_that_is_off_adds_no_state_and_no_step():
    without = process.workflow(Procedure(Coaching.none, **dict.fromkeys(SWITCHES, False)))

    states = {State[name] for name in without.states}
    assert not states & {
        State.coached, State.guided, State.reserve, State.reported, State.selected_with_conditions,
        State.postponed, State.incomplete, State.presented, State.agreed, State.interim_reported,
        State.interim_approved,
    }  # fmt: skip
    assert not set(without.events) & {
        "finish_coaching", "finish_guidance", "settle", "score_again", "reserve", "promote", "lapse",
        "confirm", "resume", "report", "complete", "invite_to_present", "note_presentation",
        "accept_agreement", "report_interim", "approve_interim", "return_interim",
        "return_report",
    }  # fmt: skip
