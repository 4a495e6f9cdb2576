"""Slices are built alike: five files, permission at the head of actions, a trail, one way to move a state."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.architecture import tree

# delivery is no procedure of a dossier: the status of such a row is set by the module that works on it
RECORDING = {"record", "recorded", "take", "fire"}
# what is only being written has versions of its own, and no history before it is handed in
NO_HISTORY = {"save_answers", "save_completion", "save_report", "attach", "remove_file"}
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
    silent = [
        f"{tree.name(path)}:{function.lineno} {function.name}"
        for path, function in _actions()
        if function.name not in NO_HISTORY and not _records(function.name, _calls_of_actions())
    ]

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
    """The public writes, less those that only steps and other writes reach: there somebody asked before."""
    called = _used_in("web") | _used_in("cli")
    within = _used_in("lifecycle").union(
        *(_used_in(package.name) for package in tree.slices()), _used_beside()
    )
    return [
        (path, function)
        for package in tree.slices()
        for path in tree.members(package, "actions")
        for function in tree.public_functions(path)
        if (package.name, function.name) not in within - called
    ]


def _used_in(package: str) -> set[tuple[str, str]]:
    """The functions of action modules that a package uses, as (slice, name)."""
    used = set()
    for path in tree.files("*.py", under=tree.PACKAGE / package):
        known: dict[str, str] = {}
        for node in ast.walk(tree.parsed(path)):
            found = re.match(r"callflow\.(\w+)(\.actions)?", getattr(node, "module", None) or "")
            if isinstance(node, ast.ImportFrom) and found:
                names = [alias for alias in node.names if found[2] or alias.name == "actions"]
                known |= {alias.asname or alias.name: found[1] for alias in names}
                used |= {(found[1], alias.name) for alias in names}
        used |= {
            (known[root], node.attr)
            for node in ast.walk(tree.parsed(path))
            if isinstance(node, ast.Attribute) and (root := _root(node)) in known
        }
    return used


def _used_beside() -> set[tuple[str, str]]:
    """The functions of action modules that their own module calls."""
    return {
        (package.name, name)
        for package in tree.slices()
        for path in tree.members(package, "actions")
        for name in tree.calls(tree.parsed(path)) & {each.name for each in tree.public_functions(path)}
    }


def _root(node: ast.Attribute) -> str:
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


@cache
def _calls_of_actions() -> dict[str, set[str]]:
    """What each function of an action module calls, by its name."""
    found: dict[str, set[str]] = {}
    for package in tree.slices():
        for path in tree.members(package, "actions"):
            for node in tree.parsed(path).body:
                if isinstance(node, ast.FunctionDef):
                    found.setdefault(node.name, set()).update(tree.calls(node))
    return found


def _asks(function: ast.FunctionDef) -> bool:
    """Whether require() is among the first statements, before anything is added or changed."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return any("require" in tree.calls(statement) for statement in body[:3])


def _records(function: str, calls: dict[str, set[str]], seen: frozenset[str] = frozenset()) -> bool:
    """Whether it writes an event, itself or through the writes that it calls."""
    called = calls.get(function, set())
    return bool(called & RECORDING) or any(
        _records(each, calls, seen | {function}) for each in called & calls.keys() - seen - {function}
    )


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
