"""What tests on whole files and calls ask for: the demo calls loaded, commands run, a small call played."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.core import clock

GRANT, SEED = "dorpen-aan-zet-2026", "zaad-voor-het-dorp-2026"
EXAMPLES = Path("callflow/calls/examples")
Command = Callable[..., Result]
TITLES = {
    "nl": [
        "'t Lichtpunt: een kamer voor heel het dorp",
        "+ groen op het plein",
        "-5 graden: warme soep",
        '=HYPERLINK("http://x","klik")',
        "Café  ‘De Tuin’ – één buurt",
        "Bloemen 🌻 & bijen <b>",
    ],
    "fr": ["Halte aux moustiques !", "L’été au village… « ensemble »", "Un jardin, une école"],
}


def written(header: Iterable[str], rows: Iterable[Iterable[str]], *, delimiter: str = ",") -> str:
    """A table as text."""
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=delimiter)
    table.writerow(header)
    table.writerows(rows)
    return text.getvalue()


@pytest.fixture
def command(app: Flask) -> Command:
    """``command("import", "ideas", …)`` runs it as on a terminal in English."""

    def run(*arguments: object, language: str = "C") -> Result:
        runner = app.test_cli_runner(env={"LC_ALL": language})
        return runner.invoke(args=[str(each) for each in arguments])

    return run


@pytest.fixture
def loaded(command: Command) -> Callable[[str], Call]:
    """``loaded(GRANT)``: that demo call, set up from its file."""

    def load(reference: str = GRANT) -> Call:
        result = command("call", "load", EXAMPLES / f"{reference}.yaml")
        assert result.exit_code == 0, result.output
        return calls.by_reference(reference)

    return load


@pytest.fixture
def opened(loaded: Callable[[str], Call]) -> Iterable[Call]:
    """The call with a grant, in its first week."""
    call = loaded(GRANT)
    with clock.fixed(call.opens_at + timedelta(days=3)):
        yield call


@pytest.fixture
def lists(tmp_path: Path) -> list[Path]:
    """Two lists of own ideas, one in each language."""
    files = []
    for language, titles in TITLES.items():
        rows = [
            (language, title, str(1000 + 700 * number), f"Idee {number}")
            for number, title in enumerate(titles)
        ]
        file = tmp_path / f"{language}.csv"
        file.write_text(written(("lang", "title", "cost", "description"), rows), encoding="utf-8", newline="")
        files.append(file)
    return files


@pytest.fixture
def played(loaded: Callable[[str], Call], lists: list[Path], command: Command) -> Result:
    """The call with a grant, played with these ideas."""
    loaded(GRANT)
    result = command("rehearse", "--call", GRANT, "--ideas", lists[0], "--ideas", lists[1], "--seed", 7)
    assert result.exit_code == 0, result.output
    return result
