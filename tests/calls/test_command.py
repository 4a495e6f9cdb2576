"""flask call at the terminal: exit codes, lines to click on, the language of who reads."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from callflow.calls.models import Call
from callflow.core.db import db
from callflow.lifecycle import process
from tests import factories
from tests.calls import files
from tests.conftest import Installation


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


def run(app: Flask, *arguments: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["call", *map(str, arguments)])


def written(folder: Path, data: bytes) -> Path:
    path = folder / "setup.yaml"
    path.write_bytes(data)
    return path


def calls() -> int:
    return db.session.scalar(select(func.count()).select_from(Call))


def test_check_says_that_a_file_is_in_order_and_what_is_worth_a_look(app: Flask):
    done = run(app, "check", files.COACHED)

    assert done.exit_code == 0
    assert done.stdout == "dorpen-aan-zet-2026.yaml is in order.\n"
    line = files.line_of("  decision_on:", files.text())
    assert done.stderr.startswith(f"{files.COACHED}:{line}: Worth a look: Lot flandre: two months of silence")
    assert calls() == 0


@pytest.mark.parametrize(
    "language, sentence",
    [
        ("en_GB.UTF-8", "call.title: the text in French is missing."),
        ("nl_BE.UTF-8", "call.title: de tekst in het Frans ontbreekt."),
        ("fr_FR.UTF-8", "call.title\u00a0: il manque le texte en français."),
        ("C", "call.title: the text in French is missing."),
    ],
)
def test_a_mistake_is_told_with_file_and_line_in_the_language_of_the_terminal(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
):
    monkeypatch.setenv("LANG", language)
    data = files.changed(("    fr: Villages en projet 2026\n", ""))
    path = written(tmp_path, data)
    done = run(app, "load", path)

    assert done.exit_code == 2
    assert done.stderr.splitlines()[0] == f"{path}:{files.line_of('  title:', data.decode())}: {sentence}"
    assert calls() == 0


def test_a_file_full_of_mistakes_is_cut_short_and_counted(app: Flask, tmp_path: Path):
    data = "\n".join(f"key{n}: x" for n in range(300)).encode()
    done = run(app, "check", written(tmp_path, data))

    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 102
    assert done.stderr.splitlines()[-2:] == [
        "And 211 more.",
        "311 places must be put right; nothing was written.",
    ]


def test_a_procedure_with_a_hole_is_told_on_its_line(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(_procedure: object) -> None:
        raise ValueError("coached cannot be left")

    monkeypatch.setattr(process, "workflow", broken)
    done = run(app, "check", files.COACHED)

    line = files.line_of("procedure:", files.text())
    assert done.exit_code == 2
    assert f"{files.COACHED}:{line}: The procedure has a hole: coached cannot be left." in done.stderr


def test_load_sets_up_and_a_second_time_writes_nothing(app: Flask):
    first, second = run(app, "load", files.COACHED), run(app, "load", files.COACHED)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == ("Municipalities new or changed: 108.\nThe call dorpen-aan-zet-2026 was set up.\n")
    assert second.stdout == "The call dorpen-aan-zet-2026 is already so; nothing was written.\n"
    assert calls() == 1


def test_load_tells_what_changed_and_refuses_what_may_not(app: Flask, tmp_path: Path):
    run(app, "load", files.COACHED)
    title = ("    nl: Dorpen aan zet 2026\n", "    nl: Dorpen aan zet, 2026\n")
    changed = run(app, "load", written(tmp_path, files.changed(title)))
    call = db.session.scalars(select(Call)).one()
    person = factories.person()
    factories.draft(factories.lots(call)[0], person, factories.group({person: factories.Right.submit}))
    refused = run(app, "load", files.COACHED)

    assert changed.stdout.splitlines() == ["The call dorpen-aan-zet-2026 was changed:", "  call.title.nl"]
    assert refused.exit_code == 2
    assert "These keys can no longer change: call.title.nl." in refused.stderr


def test_show_tells_what_a_call_holds(app: Flask):
    run(app, "load", files.COACHED)
    shown, absent = run(app, "show", "dorpen-aan-zet-2026"), run(app, "show", "nowhere")

    assert shown.exit_code == 0
    assert "  flandre: Lot Flandre (France) - Communauté de communes des Trois Moulins (demo)" in shown.stdout
    assert "    €40,000, 60 coaching days, 46 municipalities" in shown.stdout
    assert (absent.exit_code, absent.stderr) == (2, "Error: There is no call “nowhere”.\n")


def test_ten_megabytes_are_refused_by_the_real_command_without_reading_them(
    committed: Installation, tmp_path: Path
):
    path = written(tmp_path, b"x: y\n" * 2_000_000)
    with committed.run("flask", "call", "load", str(path)) as program:
        program.process.wait(60)

    assert program.process.returncode == 2
    assert f"{path}:1: " in program.output()


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(app: Flask, tmp_path: Path):
    run(app, "load", files.COACHED)
    call = db.session.scalars(select(Call)).one()
    person = factories.person()
    factories.draft(factories.lots(call)[0], person, factories.group({person: factories.Right.submit}))
    jury = ("  jury_on: 2027-03-12", "  jury_on: 2027-03-15")
    title = ("    nl: Dorpen aan zet 2026\n", "    nl: Dorpen aan zet, 2026\n")

    same = run(app, "load", files.COACHED, "--dry-run")
    borne = run(app, "load", written(tmp_path, files.changed(jury)), "--dry-run")
    frozen = run(app, "load", written(tmp_path, files.changed(title)), "--dry-run")

    assert (same.exit_code, same.stdout) == (0, "The call is already so: nothing would change.\n")
    assert (borne.exit_code, borne.stdout) == (0, "  calendar.jury_on: 12 March 2027 -> 15 March 2027\n")
    assert frozen.exit_code == 2
    assert "    Groups read this when they began to write: it stays as it was.\n" in frozen.stderr
    assert frozen.stderr.endswith("This change cannot be made.\n")
    db.session.expire_all()
    assert db.session.get_one(Call, call.id).calendar["jury_on"] == "2027-03-12"


def test_a_dry_run_of_a_call_that_is_not_there_says_so(app: Flask):
    done = run(app, "load", files.COACHED, "--dry-run")

    assert (done.exit_code, calls()) == (0, 0)
    assert done.stdout == "There is no such call yet: the file would set it up.\n"
