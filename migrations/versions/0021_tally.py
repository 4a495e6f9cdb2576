"""How many applications stand where is counted while it happens; words and piles are found in fewer rows."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CELL = "call_id, state, lot_id, handler_id"
HANDED_IN = "{row}.kind = 'application' AND {row}.submitted_at IS NOT NULL"
MOVED = " OR ".join(
    f"OLD.{name} IS DISTINCT FROM NEW.{name}"
    for name in ("call_id", "state", "lot_id", "handler_id", "submitted_at", "kind")
)


def _noted(row: str, number: int) -> str:
    """One more, or one fewer, where this row of a dossier is counted."""
    values = ", ".join(f"{row}.{name}" for name in CELL.split(", "))
    return f"INSERT INTO tally ({CELL}, number) SELECT {values}, {number} WHERE {HANDED_IN.format(row=row)};"


def _on_sqlite() -> list[str]:
    added, gone = _noted("NEW", 1), _noted("OLD", -1)
    moved = MOVED.replace("IS DISTINCT FROM", "IS NOT")
    columns = "call_id, state, lot_id, handler_id, submitted_at, kind"
    return [
        f"CREATE TRIGGER dossier_comes AFTER INSERT ON dossier BEGIN {added} END",
        f"CREATE TRIGGER dossier_goes AFTER DELETE ON dossier BEGIN {gone} END",
        f"CREATE TRIGGER dossier_moves AFTER UPDATE OF {columns} ON dossier WHEN {moved} BEGIN {gone} {added} END",
    ]


def _on_postgresql() -> list[str]:
    body = (
        f"IF TG_OP <> 'INSERT' THEN {_noted('OLD', -1)} END IF; "
        f"IF TG_OP <> 'DELETE' THEN {_noted('NEW', 1)} END IF; RETURN NULL;"
    )
    called = "FOR EACH ROW {when}EXECUTE FUNCTION dossier_is_counted()"
    return [
        f"CREATE FUNCTION dossier_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        "CREATE TRIGGER dossier_comes AFTER INSERT ON dossier " + called.format(when=""),
        "CREATE TRIGGER dossier_goes AFTER DELETE ON dossier " + called.format(when=""),
        "CREATE TRIGGER dossier_moves AFTER UPDATE ON dossier " + called.format(when=f"WHEN ({MOVED}) "),
    ]


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
    )
    op.execute(
        f"INSERT INTO tally ({CELL}, number) SELECT {CELL}, count(*) FROM dossier "
        f"WHERE {HANDED_IN.format(row='dossier')} GROUP BY {CELL}"
    )
    op.create_index("ix_tally_call", "tally", ["call_id", "state", "lot_id", "handler_id", "number"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _on_sqlite() if sqlite else _on_postgresql():
        op.execute(statement)
    op.drop_index("ix_dossier_call_counts", "dossier")
    op.drop_index("ix_dossier_call_words", "dossier")
    op.create_index(
        "ix_dossier_call_words", "dossier", ["call_id", "submitted_at", "kind", "search_key", "group_id"]
    )
    op.drop_index("ix_assignment_person_task", "assignment")
    op.create_index("ix_assignment_person_task", "assignment", ["person_id", "task", "dossier_id"])


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("dossier_comes", "dossier_goes", "dossier_moves"):
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON dossier")
    if not sqlite:
        op.execute("DROP FUNCTION dossier_is_counted()")
    op.drop_index("ix_assignment_person_task", "assignment")
    op.create_index("ix_assignment_person_task", "assignment", ["person_id", "task"])
    op.drop_index("ix_dossier_call_words", "dossier")
    op.create_index(
        "ix_dossier_call_words",
        "dossier",
        ["call_id", "submitted_at", "kind", "title_key", "reference", "group_id"],
    )
    op.create_index(
        "ix_dossier_call_counts",
        "dossier",
        ["call_id", "state", "lot_id", "handler_id", "submitted_at", "kind"],
    )
    op.drop_table("tally")
