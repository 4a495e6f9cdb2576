"""The power cut on demand: between which statements it falls, once, and that it is nothing elsewhere."""

import os
import signal
import subprocess
import sys

import pytest

from callflow.core import failpoint
from callflow.core.db import db, unit_of_work
from tests import factories as make
from tests.servers import ROOT

SCRIPT = """
from callflow.app import create_app
from callflow.core import failpoint
from callflow.core.db import db, unit_of_work
from config import Settings

with create_app(Settings.from_env()).app_context():
    with unit_of_work():
        failpoint.enter("{passage}")
        db.session.execute(db.text("UPDATE municipality SET name_fr = 'first'"))
        db.session.execute(db.text("UPDATE municipality SET name_fr = 'second'"))
    print("whole")
"""


@pytest.fixture
def order(tmp_path):
    """The file that a test writes its cut into."""
    return tmp_path / "cut"


def ran(installation, order, *, passage="release", environment=None):
    """A process that goes through a passage of two statements and a commit: its exit code."""
    variables = {**os.environ, **installation.environment, "CALLFLOW_FAILPOINT": str(order)}
    command = [sys.executable, "-c", SCRIPT.format(passage=passage)]
    done = subprocess.run(command, cwd=ROOT, env=variables | (environment or {}), timeout=60, check=False)
    return done.returncode


def name_now():
    db.session.rollback()
    return db.session.scalar(db.text("SELECT name_fr FROM municipality"))


@pytest.mark.parametrize(
    ("statements", "left"), [(1, "Lo-Reninge"), (2, "Lo-Reninge"), (3, "second")], ids=str
)
def test_the_cut_falls_after_the_statement_that_was_ordered(committed, order, statements, left):
    make.municipality()
    db.session.rollback()
    order.write_text(f"release {statements}")

    code = ran(committed, order)

    assert (code, name_now()) == (-signal.SIGKILL, left)
    assert [order.exists(), order.with_suffix(".reached").exists()] == [False, True]


def test_one_order_is_one_cut_and_another_passage_is_left_alone(committed, order):
    make.municipality()
    db.session.rollback()
    order.write_text("release 2")

    codes = [ran(committed, order, passage="mail"), ran(committed, order), ran(committed, order)]

    assert codes == [0, -signal.SIGKILL, 0]


def test_outside_tests_it_is_nothing(committed, order):
    make.municipality()
    db.session.rollback()
    order.write_text("release 1")

    code = ran(committed, order, environment={"CALLFLOW_ENV": "development"})

    assert (code, order.exists()) == (0, True)


def test_without_the_variable_a_passage_costs_no_look_at_a_file(app, statements):
    with statements() as seen, unit_of_work():
        failpoint.enter("release")

    assert (failpoint._order, seen) == (None, [])
