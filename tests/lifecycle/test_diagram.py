"""The picture of a procedure: every state once, no box upon another, every step numbered."""

from functools import cache
from itertools import combinations

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.dossiers.states import State
from callflow.lifecycle import process
from callflow.lifecycle.diagram import BOX, HEIGHT, Diagram, diagram
from callflow.lifecycle.drawing import every_procedure

drawing = cache(diagram)  # three tests look at each: more than the product itself keeps
EVERY = pytest.mark.parametrize("procedure", every_procedure(), ids=str)


def numbers(drawn: Diagram) -> set[int]:
    return {int(each) for line in drawn.lines for each in line.label.split()}


@EVERY
def test_every_state_and_step_is_drawn_and_no_other(procedure: Procedure):
    drawn, workflow = drawing(procedure), process.workflow(procedure)
    steps = {
        (source, trigger, State(step.dest))
        for source in State
        if source.name in workflow.states
        for trigger, step in workflow.steps_from(source).items()
    }

    assert sorted(box.state for box in drawn.boxes) == sorted(State(name) for name in workflow.states)
    assert {(source, step.trigger, step.dest) for step in drawn.steps for source in step.sources} == steps
    assert numbers(drawn) == {step.number for step in drawn.steps}
    assert all(step.roles for step in drawn.steps)


@EVERY
def test_no_box_stands_upon_another_and_all_are_inside(procedure: Procedure):
    drawn = drawing(procedure)

    for one, other in combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= BOX or abs(one.y - other.y) >= HEIGHT
    assert all(0 <= box.x <= drawn.width - BOX and 0 <= box.y <= drawn.height - HEIGHT for box in drawn.boxes)


@EVERY
def test_every_line_begins_and_ends_at_a_box_or_at_the_wire(procedure: Procedure):
    drawn = drawing(procedure)
    edges = {
        (x, y)
        for box in drawn.boxes
        for x in (box.x, box.x + BOX // 4, box.x + BOX)
        for y in range(box.y, box.y + HEIGHT + 1)
    }

    for line in drawn.lines:
        assert line.points[0] in edges or line.gathered
        assert line.points[-1] in edges or line.gathered


def test_the_road_runs_down_in_the_order_of_the_stages():
    drawn = diagram(Procedure(coaching=Coaching.before, reserve=True, report=True))
    road = sorted((box for box in drawn.boxes if box.x == drawn.boxes[0].x), key=lambda box: box.y)

    assert [box.state.value for box in road] == [
        "draft", "submitted", "screened", "coached", "scored", "selected", "reported", "closed",
    ]  # fmt: skip


def test_a_step_back_shares_the_line_of_the_step_it_undoes():
    drawn = diagram(Procedure(coaching=Coaching.none))
    by_number = {step.number: step.trigger for step in drawn.steps}
    shared = [[by_number[int(each)] for each in line.label.split()] for line in drawn.lines if line.both]

    assert sorted(shared) == [
        ["decline", "reopen"], ["postpone", "reopen", "resume"], ["refuse", "reopen"],
        ["report", "return_report"], ["reserve", "reopen"],
        ["restore_reserve", "promote"], ["return_for_completion", "complete", "judge_as_is"],
        ["revoke", "restore_reported"], ["revoke", "restore_selected"],
        ["revoke", "restore_selected_with_conditions"], ["select", "reopen"],
        ["select_with_conditions", "reopen"],
    ]  # fmt: skip
