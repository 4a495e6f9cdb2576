"""House style that a machine can hold: sizes, names, reasons, and who may do what a single place does."""

import ast
import re
from pathlib import Path

from tests.architecture import tree

FILE_LINES, FUNCTION_LINES = 400, 40
GENERATED = re.compile(r"requirements|/vendor/|migrations/versions/|^docs/|/urls\.txt$|/golden/")
VAGUE = re.compile(r"(?:^|_)(helpers?|manager|utils?|common|base|handlers?|services?)(?:_|$)", re.IGNORECASE)
VAGUE_CLASS = re.compile(r"(Helper|Manager|Util|Utils|Common|Base|Handler|Service)s?$")
ALLOWED_CLASSES = {"callflow/core/db.py": {"Base"}, "callflow/inventory/models.py": {"Service"}}


def python_files() -> list[Path]:
    return [path for path in tree.files("*.py") if "migrations/versions" not in path.as_posix()]


def source_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_no_file_is_longer_than_a_head_can_hold():
    kinds = ("*.py", "*.html", "*.css", "*.js", "*.sh", "*.txt")
    written = [path for kind in kinds for path in tree.files(kind)]
    own = [path for path in written if not GENERATED.search(tree.name(path))]

    long = {tree.name(path): len(source_lines(path)) for path in own if len(source_lines(path)) > FILE_LINES}

    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{tree.name(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in python_files()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    }

    assert long == {}


def test_every_module_says_in_its_first_line_what_it_is_for():
    silent = [
        tree.name(path) for path in python_files() if not (ast.get_docstring(tree.parsed(path)) or "").strip()
    ]

    assert silent == []


def test_public_functions_of_the_product_are_documented():
    undocumented = [
        f"{tree.name(path)}:{node.lineno} {node.name}"
        for path in tree.product()
        if "web" not in path.parts and path.stem not in ("rules", "states")
        for node in tree.public_functions(path)
        if not ast.get_docstring(node) and (node.end_lineno or 0) - node.lineno > 3
    ]

    assert undocumented == []


def test_nothing_has_a_vague_name():
    packages = {path.parent for path in tree.product()}
    named = [tree.name(path) for path in (*tree.product(), *packages) if VAGUE.search(path.stem)]
    classes = [
        f"{tree.name(path)}: {node.name}"
        for path in tree.product()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.ClassDef)
        and VAGUE_CLASS.search(node.name)
        and node.name not in ALLOWED_CLASSES.get(tree.name(path), set())
    ]

    assert named + classes == []


def test_an_import_inside_a_function_gives_its_reason():
    unexplained = []
    for path in tree.product():
        lines = source_lines(path)
        for function in ast.walk(tree.parsed(path)):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            unexplained += [
                f"{tree.name(path)}:{node.lineno}"
                for node in ast.walk(function)
                if isinstance(node, ast.Import | ast.ImportFrom)
                and not re.search(
                    r"# (slow import|optional|type only)", lines[(node.end_lineno or node.lineno) - 1]
                )
            ]

    assert sorted(set(unexplained)) == []


def test_every_exemption_gives_its_reason():
    # the words are put together here, so that this file does not find itself
    exemption = re.compile(r"# (?:no" + r"qa|type: ig" + r"nore)\b(?::\s*[A-Z0-9, ]+)?(?:\[[\w, -]+\])?(.*)$")
    bare = [
        f"{tree.name(path)}:{number}"
        for path in python_files()
        for number, line in enumerate(source_lines(path), start=1)
        if (found := exemption.search(line)) and len(found[1].strip(" -#")) < 8
    ]

    assert bare == []


def test_nothing_is_left_to_do():
    left = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|raise NotImplemented" + r"Error")
    kinds = ("*.py", "*.html", "*.css", "*.js", "*.sh", "*.md")
    found = [
        f"{tree.name(path)}:{number}"
        for kind in kinds
        for path in tree.files(kind)
        if "vendor" not in path.parts
        for number, line in enumerate(source_lines(path), start=1)
        if left.search(line)
    ]

    assert found == []


def test_only_the_unit_of_work_commits():
    committing = [tree.name(path) for path in tree.product() if "commit" in tree.calls(tree.parsed(path))]

    assert [name for name in committing if name != "callflow/core/db.py"] == []


def test_only_the_pdf_module_imports_weasyprint_and_only_when_needed():
    importing = [
        (tree.name(path), node in tree.parsed(path).body)
        for path in tree.product()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Import | ast.ImportFrom) and "weasyprint" in ast.unparse(node)
    ]

    assert {name for name, _ in importing} <= {"callflow/core/pdf.py"}
    assert not any(at_the_top for _, at_the_top in importing)
