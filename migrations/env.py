"""Runs the migrations on the database of the application, in one transaction."""

import re
from contextlib import contextmanager

from alembic import context
from flask import current_app

from sqlalchemy import event
from sqlalchemy.types import TypeDecorator

database = current_app.extensions["migrate"].db


def _skip_empty(_context: object, _revision: object, directives: list) -> None:
    """No file for a change of nothing."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def _plain_type(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as the plain ones they are kept in: a migration must not depend on later code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


@contextmanager
def _transaction(connection):
    """On SQLite a batch drops a table that others refer to: what they refer to is looked at when it is over."""
    driver = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if driver:
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with context.begin_transaction():
            yield
            if driver and (broken := driver.execute("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"rows that refer to nothing: {broken[:5]}")
    finally:
        if driver:
            driver.execute("PRAGMA foreign_keys=ON")


def _keep_triggers(connection) -> None:
    """A batch copies a table and drops the old one, and its triggers with it: the new one gets them again.
    Triggers of other tables that speak of it step aside meanwhile, or the new one could not take its name.
    """
    held: dict[str, list[str]] = {}

    @event.listens_for(connection, "after_cursor_execute")
    def _copied(_connection, cursor, statement, *_more) -> None:
        if made := re.match(r'\s*CREATE TABLE "?_alembic_tmp_(\w+?)"? \(', statement):
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            about = [row for row in cursor.fetchall() if re.search(rf"\b{made[1]}\b", row[2])]
            held[made[1]] = [row[2] for row in about]
            for name, table, _ in about:
                if table != made[1]:
                    cursor.execute(f'DROP TRIGGER "{name}"')
        elif named := re.match(r'ALTER TABLE "?_alembic_tmp_(\w+?)"? RENAME TO', statement):
            for trigger in held.pop(named[1], ()):
                cursor.execute(trigger)


def run() -> None:
    """Batch mode on SQLite, because it cannot alter a table."""
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=_plain_type,
            process_revision_directives=_skip_empty,
            **options,
        )
        if connection.dialect.name == "sqlite":
            _keep_triggers(connection)
        with _transaction(connection):
            context.run_migrations()


run()
