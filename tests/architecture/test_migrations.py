"""Migrations lead to exactly the models, back to nothing, and there again, on both databases."""

import re
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, Enum, inspect, text

from callflow.app import create_app
from callflow.core.db import db
from config import Settings
from tests import databases
from tests.architecture import tree
from tests.databases import Databases

VERSIONS = tree.ROOT / "migrations" / "versions"


@pytest.fixture
def empty(fresh_databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any table."""
    url = fresh_databases.empty()
    app = create_app(Settings.from_env(databases.environment(url, tmp_path)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    fresh_databases.discard(url)


def test_up_down_and_up_again_gives_the_models_and_every_trigger(empty: Flask):
    flask_migrate.upgrade()
    flask_migrate.check()
    triggers = _triggers()
    flask_migrate.downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    flask_migrate.upgrade()

    assert left == set()
    assert _triggers() == triggers
    assert len(triggers) >= 2, "history must refuse UPDATE and DELETE"


def test_every_check_of_the_models_is_in_the_database_and_allows_what_the_enum_holds(empty: Flask):
    flask_migrate.upgrade()
    stored = _checks()
    wanted = {
        str(check.name): _values(check)
        for table in db.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }

    assert set(stored) == set(wanted)
    assert {name: stored[name] & values for name, values in wanted.items()} == wanted
    assert {name: stored[name] for name, values in wanted.items() if values} == {
        n: v for n, v in wanted.items() if v
    }


def test_every_enum_is_stored_under_names_equal_to_its_values():
    unequal = [
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Enum) and column.type.enum_class
        if any(member.name != member.value for member in column.type.enum_class)
    ]

    assert unequal == []


def test_the_head_is_written_down_so_that_two_branches_conflict_in_git():
    heads = {path.stem.split("_")[0] for path in VERSIONS.glob("*.py")}
    said = (VERSIONS.parent / ".current-head").read_text(encoding="utf-8").strip()

    assert said == max(heads)


def test_migrations_are_numbered_and_named():
    names = [path.stem for path in sorted(VERSIONS.glob("*.py"))]

    assert [name[:5] for name in names] == [f"{number:04}_" for number in range(1, len(names) + 1)]


def _triggers() -> list[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if db.engine.dialect.name == "sqlite"
        else "SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    )
    with db.engine.connect() as connection:
        return list(connection.scalars(text(query)))


def _checks() -> dict[str, set[str]]:
    """The quoted words in each CHECK of the database, by its name."""
    found = {}
    inspector = inspect(db.engine)
    for table in inspector.get_table_names():
        for check in inspector.get_check_constraints(table):
            found[str(check["name"])] = set(re.findall(r"'([^']*)'", check["sqltext"]))
    return found


def _values(check: CheckConstraint) -> set[str]:
    """The members of the enum that SQLAlchemy made this check for; empty for a check written by hand."""
    kind = getattr(check, "_type_bound", False) and next(
        (column.type for column in check.columns if isinstance(column.type, Enum)), None
    )
    return set(kind.enums) if kind else set()
