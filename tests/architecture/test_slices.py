"""Slices are built alike: five files, permission at the head of actions, a trail, one way to move a state."""

import ast
import re
from pathlib import Path

from tests.architecture import tree

# delivery is no procedure of a dossier: the status of such a row is set by the module that works on it
OWN_STATUS = {"callflow/core/outbox.py", "callflow/core/jobs.py"}


def test_a_slice_holds_the_five_files_and_names_any_other():
    unnamed = []
    for package in tree.slices():
        said = ast.get_docstring(tree.parsed(package / "__init__.py")) or ""
        modules = {path.stem for path in package.glob("*.py")} | {
            path.parent.name for path in package.glob("*/*.py")
        }
        unnamed += [
            f"{package.name}/{module}"
            for module in sorted(modules - {"__init__", *tree.SLICE_FILES})
            if not re.search(rf"\b{module}\b", said)
        ]

    assert unnamed == []


def test_what_the_web_can_call_takes_the_actor_first_and_asks_for_permission_at_its_head():
    careless = []
    for path, function in _actions():
        first = function.args.args[0].arg if function.args.args else ""
        if first != "actor" or not _asks(function):
            careless.append(f"{tree.name(path)}:{function.lineno} {function.name}")

    assert careless == []


def test_what_the_web_can_call_records_on_a_trail():
    silent = []
    for path, function in _actions():
        own = {
            node.name: tree.calls(node)
            for node in tree.parsed(path).body
            if isinstance(node, ast.FunctionDef)
        }
        if not _reaches(function.name, own, ("record", "recorded", "take", "fire")):
            silent.append(f"{tree.name(path)}:{function.lineno} {function.name}")

    assert silent == []


def test_a_state_changes_only_in_the_engine():
    assigned = [
        f"{tree.name(path)}:{node.lineno}"
        for path in tree.product()
        if tree.name(path) not in OWN_STATUS | {"callflow/core/workflow.py"}
        for node in ast.walk(tree.parsed(path))
        if _sets_a_state(node)
    ]

    assert assigned == []


def _actions() -> list[tuple[Path, ast.FunctionDef]]:
    """The public writes, less those that only lifecycle/ reaches: there the engine asked and wrote."""
    within_steps = _used_in("lifecycle", "*.py") - _used_in("web", "*.py") - _used_in("cli", "*.py")
    return [
        (path, function)
        for package in tree.slices()
        for path in tree.members(package, "actions")
        for function in tree.public_functions(path)
        if (f"callflow.{package.name}.actions", function.name) not in within_steps
    ]


def _used_in(package: str, pattern: str) -> set[tuple[str, str]]:
    """The functions of action modules that a package uses, as (module, name)."""
    used = set()
    for path in tree.files(pattern, under=tree.PACKAGE / package):
        modules: dict[str, str] = {}
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                used |= {
                    (node.module, alias.name) for alias in node.names if node.module.endswith(".actions")
                }
                modules |= {
                    a.asname or a.name: f"{node.module}.{a.name}" for a in node.names if a.name == "actions"
                }
        used |= {
            (modules[node.value.id], node.attr)
            for node in ast.walk(tree.parsed(path))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in modules
        }
    return used


def _asks(function: ast.FunctionDef) -> bool:
    """Whether require() is among the first statements, before anything is added or changed."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return any("require" in tree.calls(statement) for statement in body[:3])


def _reaches(
    function: str, own: dict[str, set[str]], wanted: tuple[str, ...], seen: frozenset[str] = frozenset()
) -> bool:
    called = own.get(function, set())
    if called & set(wanted):
        return True
    return any(_reaches(each, own, wanted, seen | {function}) for each in called & set(own) - seen)


def _sets_a_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "setattr" and len(node.args) > 1:
            return isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
        return called == "values" and any(keyword.arg == "state" for keyword in node.keywords)
    return False
