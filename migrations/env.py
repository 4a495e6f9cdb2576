"""Runs the migrations on the database of the application, in one transaction."""

from alembic import context
from flask import current_app

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


def run() -> None:
    """Batch mode on SQLite, because it cannot alter a table; a batch drops triggers, so migrations recreate them."""
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=_plain_type,
            process_revision_directives=_skip_empty,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
