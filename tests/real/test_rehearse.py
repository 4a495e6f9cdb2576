"""flask rehearse: a whole call through the actions of the pages, the same again for the same seed."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from callflow.applications.models import Application
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.jury.models import Score
from callflow.letters import render
from callflow.letters.models import Letter
from callflow.lifecycle.digest import digest
from callflow.people.models import Grant, User
from callflow.reports.models import Report
from callflow.reports.states import ReportKind
from tests import databases
from tests.databases import SqliteFiles
from tests.real.conftest import EXAMPLES, GRANT, SEED, TITLES, Command

PLAYING = [*sorted(Path("callflow/cli/playing").glob("*.py")), Path("callflow/cli/rehearse.py")]
DIGEST = re.compile(r"^digest ([0-9a-f]{64})$", re.MULTILINE)


def count(model: type) -> int:
    return db.session.scalar(db.select(db.func.count(model.id)))


def test_every_idea_ends_where_a_call_leaves_it(played):
    states = Counter(each.value for each in db.session.scalars(db.select(Dossier.state)))

    titles = set(db.session.scalars(db.select(Dossier.title)))
    assert titles == {*TITLES["nl"], *TITLES["fr"]}
    assert set(states) <= {"closed", "reserve", "not_selected", "inadmissible", "withdrawn", "scored"}
    assert states["closed"] > 0
    assert "9 ideas played." in played.stdout


def test_it_ends_with_a_letter_and_a_mail_for_everybody_who_was_told(played):
    released = db.session.scalars(db.select(Decision)).all()

    assert {each.state for each in released} == {DecisionState.released}
    without_letter = db.session.scalars(db.select(OutboxMail.notice).where(OutboxMail.awaits.is_(None))).all()
    halfway = db.session.scalars(db.select(Report).where(Report.kind == ReportKind.interim)).all()
    assert without_letter == ["interim_approved"] * len(halfway)
    assert count(Letter) == count(OutboxMail) - len(halfway) >= len(released) + 9
    assert f"{count(Letter)} letters, 0 of them as PDF, {count(OutboxMail)} mails." in played.stdout


def test_staff_work_in_both_languages_and_nobody_in_two_roles(played):
    rows = db.session.execute(
        db.select(Grant.role, User.language, User.id).join(User, User.id == Grant.user_id)
    ).all()

    assert {(str(row.role), row.language) for row in rows} == {
        (role, language)
        for role in ("coach", "juror", "coordinator", "signatory")
        for language in ("nl", "fr")
    }
    assert len({row.id for row in rows}) == len(rows)


def test_acts_happen_on_the_days_of_the_calendar(played):
    spans = {
        action: (str(first)[:10], str(last)[:10])
        for action, first, last in db.session.execute(
            db.select(Event.action, db.func.min(Event.at), db.func.max(Event.at)).group_by(Event.action)
        )
    }

    assert "2026-10-05" <= spans["submit"][0] <= spans["submit"][1] <= "2026-12-18"
    assert spans["session_logged"] == ("2027-01-11", "2027-01-11")
    assert spans["scores_handed_in"] == ("2027-03-12", "2027-03-12")
    assert spans["decision_decided"] == ("2027-03-25", "2027-03-25")
    assert spans["close"] == ("2028-03-31", "2028-03-31")


def test_no_envelope_is_exceeded_and_amounts_are_those_asked(played):
    rows = db.session.execute(
        db.select(Decision.amount, Dossier.requested, Dossier.lot_id)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .where(Decision.outcome == "selected")
    ).all()

    assert rows
    assert all(row.amount == row.requested for row in rows)


@pytest.mark.unverified
def test_the_digest_changes_with_one_score_and_with_a_title(played):
    first = digest()
    with unit_of_work():
        score = db.session.scalars(db.select(Score).where(Score.value.is_not(None)).limit(1)).one()
        score.value += 1
    with_other_score = digest()
    with unit_of_work():
        db.session.scalars(db.select(Application).limit(1)).one().title += " "

    assert DIGEST.search(played.stdout)[1] == first
    assert len({first, with_other_score, digest()}) == 3


def test_the_digest_changes_with_one_word_of_a_template(played, tmp_path: Path, monkeypatch):
    first = digest()
    other = shutil.copytree(render.FOLDER, tmp_path / "letters")
    sheet = other / "letter.html"
    sheet.write_text(sheet.read_text().replace("Dear Madam, dear Sir,", "Dear neighbours,"))

    render._environment.cache_clear()
    monkeypatch.setattr(render, "FOLDER", other)
    changed = digest()
    monkeypatch.undo()
    render._environment.cache_clear()

    assert changed != first
    assert digest() == first


def test_a_call_that_coaches_what_it_selected(loaded, lists, command: Command):
    loaded(SEED)

    result = command("rehearse", "--call", SEED, "--ideas", lists[0], "--limit", 4)

    assert result.exit_code == 0, result.output
    decisions = db.session.scalars(db.select(Decision).where(Decision.outcome == "selected")).all()
    assert {(each.amount, each.coaching_days) for each in decisions} == {(None, 10)}
    assert "4 ideas played." in result.stdout
    assert command("verify").exit_code == 0


def test_a_second_play_beside_the_first(played, lists, command: Command):
    again = command("rehearse", "--call", GRANT, "--ideas", lists[1], "--seed", 7)

    assert again.exit_code == 0, again.output
    assert count(Dossier) == 12
    assert command("verify").exit_code == 0


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--call", "GEEN"], "There is no call “GEEN”."),
        (["--call", GRANT, "--limit", "0"], "--limit"),
        (["--call", GRANT, "--ideas", "pyproject.toml"], "title"),
    ],
)
def test_what_cannot_be_played_is_said(loaded, lists, command: Command, arguments, said):
    loaded(GRANT)

    result = command("rehearse", "--ideas", lists[0], *arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert count(Dossier) == 0


def test_a_play_imports_nothing_from_tests_and_inserts_no_row_itself():
    wrong = []
    for path in PLAYING:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = getattr(node, "module", None) or ""
            names = {alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)}
            called = getattr(getattr(node, "func", None), "attr", "")
            if module.startswith("tests") or {"insert", "update", "delete"} & names:
                wrong.append(f"{path}: {module} {names}")
            if called in ("add", "add_all", "merge", "bulk_save_objects"):
                wrong.append(f"{path}:{node.lineno} {called}")

    assert wrong == []


def _flask(environment: dict[str, str], *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flask", *(str(each) for each in arguments)],
        env={**os.environ, **environment, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def _digest(url: str, home: Path, lists: list[Path], seed: int, hashes: str) -> str:
    """Of a call played in a process of its own, as verify prints it too."""
    environment = {**databases.environment(url, home), "PYTHONHASHSEED": hashes}
    _flask(environment, "call", "load", EXAMPLES / f"{GRANT}.yaml")
    played = _flask(
        environment,
        "rehearse",
        "--call",
        GRANT,
        "--ideas",
        lists[0],
        "--ideas",
        lists[1],
        "--limit",
        2,
        "--seed",
        seed,
    )
    assert DIGEST.search(played)[1] == DIGEST.search(_flask(environment, "verify"))[1]
    return DIGEST.search(played)[1]


def test_the_same_seed_gives_the_same_digest_on_both_databases_and_another_does_not(
    fresh_databases, tmp_path: Path, lists
):
    plain = SqliteFiles(tmp_path)

    here = _digest(fresh_databases.copy(), tmp_path / "a", lists, 5, "1")
    there = _digest(plain.copy(), tmp_path / "b", lists, 5, "2")
    other = _digest(plain.copy(), tmp_path / "c", lists, 6, "1")

    assert here == there
    assert here != other
