"""Which way the embedded database takes through its tables for a statement: for tests marked ``once``."""

from typing import Any

from sqlalchemy import text

from callflow.core.db import db, look_again, unit_of_work


def looked_at(statement: Any) -> list[str]:
    """Each table that is scanned or searched, with the index used, as the database says it."""
    asked = statement.compile(db.engine, compile_kwargs={"literal_binds": True, "render_postcompile": True})
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
    return [row[3] for row in rows if row[3].startswith(("SCAN", "SEARCH"))]


def as_of_ten_thousand() -> None:
    """The database has looked again at what it plans by, and thinks that each table has ten thousand rows."""
    look_again()
    with unit_of_work():
        many = "UPDATE sqlite_stat1 SET stat = '10000' || substr(stat, instr(stat, ' '))"
        db.session.execute(text(many))
        db.session.execute(text("ANALYZE sqlite_schema"))
