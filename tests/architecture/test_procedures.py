"""Every procedure a call can ask for holds together, is drawn as it is, and has words and shapes."""

import ast
import re
from pathlib import Path

import pytest

from callflow.calls.states import Coaching
from callflow.cli.playing.examples import as_they_run
from callflow.dossiers.states import State
from callflow.lifecycle import agreeing, amending, drawing, process, stages
from callflow.web import setup_words, ui, words
from tests.architecture import tree

ERRORS = {"Reason", "Refused", "Changed", "Forbidden", "NotFound", "TooMany", "Problem"}


@pytest.mark.parametrize("coaching", Coaching)
def test_every_combination_of_switches_gives_a_procedure_without_holes(coaching: Coaching):
    chosen = [procedure for procedure in drawing.every_procedure() if procedure.coaching is coaching]

    assert len(chosen) == 2 ** len(drawing.SWITCHES) + 4 * len(drawing.AFTERWARDS) + len(drawing.FIRST)
    for procedure in chosen:
        workflow = process.workflow(procedure)
        permissions = {step.permission for state in State for step in workflow.steps_from(state).values()}
        assert workflow.initial == "draft", procedure
        assert "closed" in workflow.states, procedure
        assert None not in permissions, procedure


def test_the_drawing_in_the_documents_is_the_present_procedure():
    written = (tree.ROOT / "docs" / "workflow.md").read_text(encoding="utf-8")

    assert written == drawing.document(as_they_run()), "make workflow draws it anew"


def test_every_state_has_a_word_and_a_shape_of_its_own():
    shapes = [look.shape for look in ui.LOOKS.values()]

    assert set(ui.LOOKS) == set(words.STATES) == set(State)
    assert len(set(shapes)) == len(shapes)


def test_every_stage_has_its_line_on_the_page_of_a_call():
    names = {stage.name for each in drawing.every_procedure() for stage in stages.stages_of(each)}

    assert names == set(setup_words.STAGES)


def test_the_tone_of_every_state_is_known_to_the_style_sheet():
    sheets = "\n".join(path.read_text(encoding="utf-8") for path in tree.files("*.css", under=tree.PACKAGE))
    tones = {look.tone for look in [*ui.LOOKS.values(), *ui.MARKS.values()]}

    assert {tone for tone in tones if not re.search(rf"(?:\.|--){tone}\b", sheets)} == set()


def test_every_step_has_a_button_and_a_line_in_the_history():
    triggers = {row["trigger"] for each in drawing.every_procedure() for row in stages.rows_of(each)}
    of_agreements = {f"agreement_{trigger}" for trigger in agreeing.workflow().events}
    of_agreements |= {f"payee_change_{trigger}" for trigger in amending.workflow().events}

    assert triggers - words.STEPS.keys() == set()
    assert (triggers | of_agreements) - words.EVENTS.keys() == set()


def test_every_reason_and_refusal_in_the_code_has_its_sentence():
    known = {code for topic in words.TOPICS for code in topic} | {"words"}

    assert {f"{code} ({where})" for code, where in _codes(ERRORS) if code not in known} == set()


def test_every_action_on_a_trail_has_its_line_in_the_history():
    written = dict(_codes({"record", "recorded"}, position=2))

    assert {f"{code} ({where})" for code, where in written.items() if code not in words.EVENTS} == set()


def _codes(names: set[str], *, position: int = 0) -> list[tuple[str, str]]:
    """The literal codes given to these functions or classes, each with the place."""
    return [
        (code, f"{tree.name(path)}:{node.lineno}")
        for path in tree.product()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call) and _name(node.func) in names and len(node.args) > position
        for code in _literals(node.args[position], path)
    ]


def _literals(node: ast.AST, path: Path) -> list[str]:
    """The text of a literal, of both branches of a choice, or of a constant of the module."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _literals(node.body, path) + _literals(node.orelse, path)
    return []


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
