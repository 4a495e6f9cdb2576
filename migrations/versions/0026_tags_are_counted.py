"""How many applications carry a tag is counted while it happens too, by where they stand."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

CELL = "call_id, state, lot_id, handler_id"
HANDED_IN = "{row}.kind = 'application' AND {row}.submitted_at IS NOT NULL"
WATCHED = ("call_id", "state", "lot_id", "handler_id", "submitted_at", "kind")


def _cell(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in CELL.split(", "))


def _noted(row: str, number: int) -> str:
    """One more, or one fewer, where this row of a dossier is counted."""
    where = HANDED_IN.format(row=row)
    return f"INSERT INTO tally ({CELL}, number) SELECT {_cell(row)}, {number} WHERE {where};"


def _its_tags(row: str, number: int) -> str:
    """The same for each tag that the dossier carries."""
    where = HANDED_IN.format(row=row)
    return (
        f"INSERT INTO tally ({CELL}, tag_id, number) SELECT {_cell(row)}, tagged.tag_id, {number} "
        f"FROM tagged WHERE tagged.dossier_id = {row}.id AND {where};"
    )


def _carried(row: str, number: int, lock: str = "") -> str:
    """The same for a tag that comes onto a dossier or is taken off it."""
    where = HANDED_IN.format(row="dossier")
    return (
        f"INSERT INTO tally ({CELL}, tag_id, number) SELECT {_cell('dossier')}, {row}.tag_id, {number} "
        f"FROM dossier WHERE dossier.id = {row}.dossier_id AND {where}{lock};"
    )


def _moved(differs: str) -> str:
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in WATCHED)


def _on_sqlite(*, tags: bool) -> list[str]:
    gone, added = _noted("OLD", -1), _noted("NEW", 1)
    if tags:
        gone, added = gone + " " + _its_tags("OLD", -1), added + " " + _its_tags("NEW", 1)
    moves = (
        f"CREATE TRIGGER dossier_moves AFTER UPDATE OF {', '.join(WATCHED)} ON dossier "
        f"WHEN {_moved('IS NOT')} BEGIN {gone} {added} END"
    )
    comes, goes = _carried("NEW", 1), _carried("OLD", -1)
    return ["DROP TRIGGER dossier_moves", moves] + tags * [
        f"CREATE TRIGGER tag_comes AFTER INSERT ON tagged BEGIN {comes} END",
        f"CREATE TRIGGER tag_goes AFTER DELETE ON tagged BEGIN {goes} END",
        f"CREATE TRIGGER tag_moves AFTER UPDATE OF dossier_id, tag_id ON tagged BEGIN {goes} {comes} END",
    ]


def _function(name: str, gone: str, added: str) -> str:
    body = (
        f"IF TG_OP <> 'INSERT' THEN {gone} END IF; "
        f"IF TG_OP <> 'DELETE' THEN {added} END IF; RETURN NULL;"
    )
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )


def _on_postgresql(*, tags: bool) -> list[str]:
    gone, added = _noted("OLD", -1), _noted("NEW", 1)
    if tags:
        gone, added = gone + " " + _its_tags("OLD", -1), added + " " + _its_tags("NEW", 1)
    # whoever moves the dossier at the same moment waits, and then sees the tag, or is waited for
    lock = " FOR SHARE OF dossier"
    comes = "CREATE TRIGGER tag_comes AFTER INSERT OR DELETE OR UPDATE ON tagged FOR EACH ROW EXECUTE FUNCTION "
    return [_function("dossier_is_counted", gone, added)] + tags * [
        _function("tag_is_counted", _carried("OLD", -1, lock), _carried("NEW", 1, lock)),
        f"{comes}tag_is_counted()",
    ]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("tally", sa.Column("tag_id", sa.Integer(), nullable=True))
    columns = ", ".join(f"dossier.{name}" for name in CELL.split(", "))
    op.execute(
        f"INSERT INTO tally ({CELL}, tag_id, number) SELECT {columns}, tagged.tag_id, count(*) "
        f"FROM tagged JOIN dossier ON dossier.id = tagged.dossier_id "
        f"WHERE {HANDED_IN.format(row='dossier')} GROUP BY {columns}, tagged.tag_id"
    )
    op.drop_index("ix_tally_call", "tally")
    op.create_index(
        "ix_tally_call", "tally", ["call_id", "tag_id", "state", "lot_id", "handler_id", "number"]
    )
    for statement in _on_sqlite(tags=True) if sqlite else _on_postgresql(tags=True):
        op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("tag_comes", "tag_goes", "tag_moves") if sqlite else ("tag_comes",):
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON tagged")
    for statement in _on_sqlite(tags=False) if sqlite else _on_postgresql(tags=False):
        op.execute(statement)
    if not sqlite:
        op.execute("DROP FUNCTION tag_is_counted()")
    op.execute("DELETE FROM tally WHERE tag_id IS NOT NULL")
    op.drop_index("ix_tally_call", "tally")
    op.drop_column("tally", "tag_id")
    op.create_index("ix_tally_call", "tally", ["call_id", "state", "lot_id", "handler_id", "number"])
