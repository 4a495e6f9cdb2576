"""Runs only in the patched copy: a dossier goes through the stage that was added, by the pages."""

from pathlib import Path

import callflow
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.dossiers.states import State, Task
from callflow.lifecycle import process
from callflow.lifecycle.stages import road_of, scoring_from
from tests import factories as make
from tests.architecture import new_stage
from tests.rounds import Round

VISITED = State(new_stage.STATE)


def with_visits(**switches):
    return Procedure(**{new_stage.SWITCH: True}, **switches)


def test_this_is_the_copy():
    assert Path(callflow.__file__).is_relative_to(Path.cwd())


def test_the_jury_waits_for_the_visit_whatever_comes_before():
    assert scoring_from(with_visits()) is VISITED
    assert scoring_from(with_visits(coaching=Coaching.before)) is VISITED
    assert scoring_from(Procedure()) is State.screened
    assert road_of(with_visits(coaching=Coaching.both))[3:6] == [State.coached, VISITED, State.scored]


def test_a_stage_that_is_off_adds_nothing():
    assert new_stage.STATE not in process.workflow(Procedure()).states
    assert new_stage.STEP not in process.workflow(Procedure()).events


def test_a_dossier_goes_through_it_by_the_pages_to_the_decision(client):
    call = Round(with_visits(scores_needed=1))
    dossier = call.screened()
    address = f"/coordinator/dossiers/{dossier.reference}"
    coordinator = client.sign_in(call.coordinator)

    answer = coordinator.submit(f"{address}/steps/{new_stage.STEP}")

    assert answer.status_code == 303
    assert make.state_of(dossier) is VISITED
    page = coordinator.page(address)
    assert "Plaatsbezoek genoteerd" in page.get_text()
    assert [each.get_text(strip=True) for each in page.select("ol.steps b")] == ["Plaats bezocht"]
    for path in ("/coordinator", "/coordinator/dossiers", f"/coordinator/calls/{call.call.reference}"):
        coordinator.page(path)
    client.sign_in(call.resident).page(f"/applications/{dossier.reference}")
    client.page(f"/calls/{call.call.reference}")

    call.give(dossier, Task.juror, call.juror)
    call.declare(call.juror)
    call.score(dossier, call.juror)
    make.take(dossier, "close_scoring", call.coordinator)

    assert make.state_of(dossier) is State.scored


def test_a_group_can_leave_from_it(client):
    call = Round(with_visits(scores_needed=1))
    dossier = make.take(call.screened(), new_stage.STEP, call.coordinator)

    client.sign_in(call.resident).submit(f"/applications/{dossier.reference}/withdraw", {"text": "Te druk"})

    assert make.state_of(dossier) is State.withdrawn
