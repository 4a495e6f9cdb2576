"""A stage with a new state is added by the kinds of files that the architecture names, and by no other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from callflow.dossiers.states import State
from tests.architecture import new_stage, tree

# what DESIGN.md 3 says that adding a state is; a stage that a call can leave out has its switch besides
KINDS = {
    "a member of the enum": r"callflow/dossiers/states\.py",
    "its rows": r"callflow/lifecycle/stages/\w+\.py",
    "its line and its shape": r"callflow/web/ui\.py",
    "its texts": r"callflow/web/(\w+_)?words\.py|callflow/translations/(nl|fr)/LC_MESSAGES/messages\.po",
    "a migration": r"migrations/versions/\d{4}_\w+\.py|migrations/\.current-head",
    "the drawing, made anew": r"docs/workflow\.md",
    "the switch of the call": r"callflow/calls/(procedure|schema/call)\.py|docs/setup-file\.md",
}
# the table of who is answered what plays whole calls and asks nothing about states; throw-away installations
# are about the tests themselves
LEFT_OUT = {"test_access.py", "test_fixtures.py", "test_new_stage.py"}
SKIPPED = shutil.ignore_patterns(*tree.SKIPPED, "screens", "*.mo", ".*_cache", ".hypothesis")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree with the patch in it, and the same virtual environment."""
    root = tmp_path_factory.mktemp("stage") / "callflow"
    shutil.copytree(tree.ROOT, root, ignore=SKIPPED)
    (root / ".venv").symlink_to(tree.ROOT / ".venv")
    new_stage.apply(root, tuple(state.value for state in State))
    return root


def changed(copy: Path) -> set[str]:
    """The files of the copy that differ from ours, compiled catalogs left out."""
    return {
        path.relative_to(copy).as_posix()
        for path in copy.rglob("*")
        if path.is_file() and path.suffix not in (".mo", ".pyc")
        if not tree.SKIPPED & set(path.relative_to(copy).parts)
        and _bytes(tree.ROOT / path.relative_to(copy)) != path.read_bytes()
    }


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def test_one_patch_adds_a_stage_that_a_dossier_goes_through(copy: Path):
    architecture = sorted(
        f"tests/architecture/{path.name}"
        for path in (copy / "tests" / "architecture").glob("test_*.py")
        if path.name not in LEFT_OUT
    )

    done = subprocess.run(
        [
            sys.executable, "-m", "tests.architecture.new_stage", "tests/architecture/walk_new_stage.py",
            *architecture,
        ],
        cwd=copy, capture_output=True, text=True, check=False,
        env=os.environ | {"CALLFLOW_TEST_DB": "sqlite", "PYTHONPATH": ""},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    files = changed(copy)
    assert {path for path in files if not any(re.fullmatch(kind, path) for kind in KINDS.values())} == set()
    assert [name for name, kind in KINDS.items() if not any(re.fullmatch(kind, path) for path in files)] == []


def test_an_edit_whose_anchor_is_gone_says_so(tmp_path: Path):
    (tmp_path / "words.py").write_text("a\nb\nb\n", encoding="utf-8")

    for anchor in ("c\n", "b\n"):
        with pytest.raises(new_stage.Unanchored, match=r"words\.py holds [02] times"):
            new_stage.Edit("words.py", anchor, "x").apply(tmp_path)
