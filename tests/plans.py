"""Which way the embedded database takes through its tables for a statement: for tests marked ``once``."""

from typing import Any

from callflow.core.db import db


def looked_at(statement: Any) -> list[str]:
    """Each table that is scanned or searched, with the index used, as the database says it."""
    asked = statement.compile(db.engine, compile_kwargs={"literal_binds": True, "render_postcompile": True})
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
    return [row[3] for row in rows if row[3].startswith(("SCAN", "SEARCH"))]
