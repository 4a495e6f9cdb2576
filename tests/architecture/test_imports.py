"""The layers: import-linter's contracts hold, and they speak of every package there is."""

import subprocess
import tomllib

from tests.architecture import tree

CONTRACTS = tomllib.loads((tree.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def contract(name: str) -> dict[str, list[str]]:
    return next(each for each in CONTRACTS if each["name"] == name)


def test_the_import_contracts_hold():
    done = subprocess.run(
        [tree.ROOT / ".venv/bin/lint-imports", "--no-logo", "--no-cache"],
        cwd=tree.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_the_order_inside_a_slice_is_checked_for_every_slice():
    assert contract("Inside a slice")["containers"] == [
        f"callflow.{package.name}" for package in tree.slices()
    ]


def test_everything_below_the_web_is_kept_free_of_it():
    below = [f"callflow.{package.name}" for package in tree.slices()]
    below += [
        f"callflow.{name}" for name in ("desk", "lifecycle", "open_data") if (tree.PACKAGE / name).is_dir()
    ]

    assert sorted(contract("Below the web nobody knows of it")["source_modules"]) == sorted(below)
