"""What each lot has promised is summed up while decisions are made, not whenever somebody asks."""

import sqlalchemy as sa
from alembic import op

import callflow.core.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HOLDS = "{row}.outcome IN ('selected', 'selected_with_conditions') AND {row}.ended_at IS NULL"
COLUMNS = ("lot_id", "outcome", "ended_at", "amount", "coaching_days")
MOVED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COLUMNS)


def _noted(row: str, sign: str = "") -> str:
    """What this row of a decision holds, more or less."""
    values = ", ".join(f"{sign}coalesce({row}.{name}, 0)" for name in ("amount", "coaching_days"))
    return (
        f"INSERT INTO promise (lot_id, amount, days) SELECT {row}.lot_id, {values} "
        f"WHERE {HOLDS.format(row=row)};"
    )


def _on_sqlite() -> list[str]:
    added, gone = _noted("NEW"), _noted("OLD", "-")
    moved = MOVED.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER decision_promises AFTER INSERT ON decision BEGIN {added} END",
        f"CREATE TRIGGER decision_goes AFTER DELETE ON decision BEGIN {gone} END",
        f"CREATE TRIGGER decision_moves AFTER UPDATE OF {', '.join(COLUMNS)} ON decision "
        f"WHEN {moved} BEGIN {gone} {added} END",
    ]


def _on_postgresql() -> list[str]:
    body = (
        f"IF TG_OP <> 'INSERT' THEN {_noted('OLD', '-')} END IF; "
        f"IF TG_OP <> 'DELETE' THEN {_noted('NEW')} END IF; RETURN NULL;"
    )
    called = "FOR EACH ROW {when}EXECUTE FUNCTION decision_is_summed()"
    return [
        f"CREATE FUNCTION decision_is_summed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        "CREATE TRIGGER decision_promises AFTER INSERT ON decision " + called.format(when=""),
        "CREATE TRIGGER decision_goes AFTER DELETE ON decision " + called.format(when=""),
        "CREATE TRIGGER decision_moves AFTER UPDATE ON decision " + called.format(when=f"WHEN ({MOVED}) "),
    ]


def upgrade() -> None:
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("amount", callflow.core.db.Fixed(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.execute(
        "INSERT INTO promise (lot_id, amount, days) "
        "SELECT lot_id, coalesce(sum(amount), 0), coalesce(sum(coaching_days), 0) FROM decision "
        f"WHERE {HOLDS.format(row='decision')} GROUP BY lot_id"
    )
    op.create_index("ix_decision_lot_rank", "decision", ["lot_id", "outcome", "rank"])
    op.create_index("ix_promise_lot", "promise", ["lot_id", "amount", "days"])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("decision_promises", "decision_goes", "decision_moves"):
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON decision")
    if not sqlite:
        op.execute("DROP FUNCTION decision_is_summed()")
    op.drop_index("ix_decision_lot_rank", "decision")
    op.drop_table("promise")
