"""What is written about the project is true for what is there."""

import importlib
import pkgutil
import re
import tomllib

import click

from callflow import cli
from tests.architecture import tree

PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", re.MULTILINE)
SETTING = re.compile(r'"((?:CALLFLOW|DATABASE|SMTP|MAIL)_[A-Z_]+)"')
WANTED = re.compile(r"^([A-Za-z][A-Za-z0-9_.-]*)", re.MULTILINE)


def read(name: str) -> str:
    return (tree.ROOT / name).read_text(encoding="utf-8")


def wanted(name: str) -> set[str]:
    return {each.lower() for each in WANTED.findall(read(name))}


def pinned(name: str) -> dict[str, str]:
    return {package.lower(): version for package, version in PINNED.findall(read(name))}


def test_every_setting_is_documented_and_none_besides():
    asked = set(SETTING.findall(read("config.py")))
    asked |= {
        name for path in tree.files("*.py", under=tree.PACKAGE) for name in SETTING.findall(path.read_text())
    }
    asked -= {"CALLFLOW_FAILPOINT"}  # for tests that stop a process halfway, and nobody else
    example = set(re.findall(r"^([A-Z_]+)=", read(".env.example"), re.MULTILINE))

    assert example == asked
    assert {name for name in asked if f"`{name}`" not in read("README.md")} == set()


def test_every_dependency_is_wanted_for_a_reason():
    reasons = read("docs/decisions/0002-dependencies.md").lower()
    packages = wanted("requirements.in") | wanted("requirements-dev.in")

    assert {name for name in packages if not re.search(rf"\b{re.escape(name)}\b", reasons)} == set()


def test_both_locks_hold_what_is_wanted_in_the_same_versions():
    run, develop = pinned("requirements.txt"), pinned("requirements-dev.txt")

    assert wanted("requirements.in") - run.keys() == set()
    assert wanted("requirements-dev.in") - develop.keys() == set()
    assert {name: version for name, version in run.items() if develop.get(name) != version} == {}


def test_locks_are_hashed_and_name_no_host_and_no_folder():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = read(name)
        assert not re.search(r"://|--(?:index|extra-index|find-links|trusted)|@ file", text)
        assert all(f"{package}=={version}" in text for package, version in pinned(name).items())
        assert text.count("--hash=sha256:") > len(pinned(name))


def test_every_make_target_and_command_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`", read("README.md")))

    assert named - targets == set()
    assert {"setup", "run", "test", "lint", "bench", "screens", "fresh", "deep"} <= named


def test_every_command_is_in_the_readme():
    missing = {
        name
        for module in pkgutil.iter_modules(cli.__path__, "callflow.cli.")
        for command in cli.commands(importlib.import_module(module.name))
        for name in _names(command)
        if not re.search(rf"flask {name}\b", read("README.md"))
    }

    assert missing == set()


def _names(command: click.Command) -> list[str]:
    """A command, or each command of a group, as typed."""
    if not isinstance(command, click.Group):
        return [str(command.name)]
    return [f"{command.name} {inner}" for inner in command.commands]


def test_every_ruff_exemption_gives_its_reason():
    ignored = tomllib.loads(read("pyproject.toml"))["tool"]["ruff"]["lint"]["ignore"]

    assert [
        code for code in ignored if not re.search(rf'"{code}",\s+# \S.{{10,}}', read("pyproject.toml"))
    ] == []
