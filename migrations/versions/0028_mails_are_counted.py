"""How many mails of a call stand in which state is counted while it happens."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

CELL = "call_id, lot_id, state, failed"
OF_MAIL = ("call_id", "dossier_id", "state", "last_answer")
OF_DOSSIER = ("lot_id", "submitted_at", "kind")
FAILED = "{mail}.state = 'waiting' AND coalesce({mail}.last_answer, '') = 'letter_failed'"
HANDED_IN = "{dossier}.kind = 'application' AND {dossier}.submitted_at IS NOT NULL"


def _values(mail: str, dossier: str) -> str:
    return f"{mail}.call_id, {dossier}.lot_id, {mail}.state, ({FAILED.format(mail=mail)})"


def _of_mail(row: str, number: int) -> str:
    """One more, or one fewer, where this row of a mail is counted."""
    return (
        f"INSERT INTO mail_tally ({CELL}, number) SELECT {_values(row, 'd')}, {number} "
        f"FROM (SELECT 1 AS one) AS o LEFT JOIN dossier d ON d.id = {row}.dossier_id "
        f"WHERE {row}.call_id IS NOT NULL "
        f"AND ({row}.dossier_id IS NULL OR ({HANDED_IN.format(dossier='d')}));"
    )


def _of_dossier(row: str, number: int) -> str:
    """All the mails about this row of a dossier, once it is handed in; before, it has a few at most."""
    return (
        f"INSERT INTO mail_tally ({CELL}, number) SELECT {_values('m', row)}, {number} "
        f"FROM outbox_mail m WHERE m.dossier_id = {row}.id AND m.call_id IS NOT NULL "
        f"AND {HANDED_IN.format(dossier=row)};"
    )


def _moved(columns: tuple[str, ...], differs: str = "IS DISTINCT FROM") -> str:
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in columns)


def _on_sqlite() -> list[str]:
    made = []
    for table, name, columns, noted in (
        ("outbox_mail", "mail", OF_MAIL, _of_mail),
        ("dossier", "mails", OF_DOSSIER, _of_dossier),
    ):
        added, gone = noted("NEW", 1), noted("OLD", -1)
        made += [
            f"CREATE TRIGGER {name}_comes AFTER INSERT ON {table} BEGIN {added} END",
            f"CREATE TRIGGER {name}_goes AFTER DELETE ON {table} BEGIN {gone} END",
            f"CREATE TRIGGER {name}_moves AFTER UPDATE OF {', '.join(columns)} ON {table} "
            f"WHEN {_moved(columns, 'IS NOT')} BEGIN {gone} {added} END",
        ]
    return made


# a mail about a draft waits for whoever hands it in, and the other way round: neither sees the other's row
AFTER_HANDING_IN = (
    "IF TG_OP <> 'DELETE' THEN PERFORM 1 FROM dossier d WHERE d.id = NEW.dossier_id "
    "AND d.submitted_at IS NULL FOR SHARE; END IF; "
)


def _on_postgresql() -> list[str]:
    made = []
    for table, name, columns, noted, first in (
        ("outbox_mail", "mail", OF_MAIL, _of_mail, AFTER_HANDING_IN),
        ("dossier", "mails", OF_DOSSIER, _of_dossier, ""),
    ):
        body = (
            f"{first}IF TG_OP <> 'INSERT' THEN {noted('OLD', -1)} END IF; "
            f"IF TG_OP <> 'DELETE' THEN {noted('NEW', 1)} END IF; RETURN NULL;"
        )
        called = f"FOR EACH ROW {{when}}EXECUTE FUNCTION {name}_counted()"
        made += [
            f"CREATE FUNCTION {name}_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            f"CREATE TRIGGER {name}_comes AFTER INSERT ON {table} " + called.format(when=""),
            f"CREATE TRIGGER {name}_goes AFTER DELETE ON {table} " + called.format(when=""),
            f"CREATE TRIGGER {name}_moves AFTER UPDATE ON {table} "
            + called.format(when=f"WHEN ({_moved(columns)}) "),
        ]
    return made


def upgrade() -> None:
    op.create_table(
        "mail_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_tally")),
    )
    op.execute(
        f"INSERT INTO mail_tally ({CELL}, number) SELECT {_values('m', 'd')}, count(*) "
        "FROM outbox_mail m LEFT JOIN dossier d ON d.id = m.dossier_id WHERE m.call_id IS NOT NULL "
        f"AND (m.dossier_id IS NULL OR ({HANDED_IN.format(dossier='d')})) GROUP BY 1, 2, 3, 4"
    )
    op.create_index("ix_mail_tally_call", "mail_tally", ["call_id", "lot_id", "state", "failed", "number"])
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, name in (("outbox_mail", "mail"), ("dossier", "mails")):
        for how in ("comes", "goes", "moves"):
            op.execute(f"DROP TRIGGER {name}_{how}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}_counted()")
    op.drop_table("mail_tally")
