"""A juror's pile lies in its order, with what the numbers above it need, while it happens."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OF_DOSSIER = ("call_id", "lot_id", "state", "title_key")
CELL = "dossier_id, person_id, call_id, lot_id, state, title_key, given"
GIVEN = (
    "EXISTS (SELECT 1 FROM score_sheet s WHERE s.dossier_id = {row}.dossier_id "
    "AND s.juror_id = {row}.person_id AND s.given_at IS NOT NULL)"
)


def _values(seat: str) -> str:
    columns = ", ".join(f"d.{name}" for name in OF_DOSSIER)
    return f"SELECT d.id, {seat}.person_id, {columns}, {GIVEN.format(row=seat)}"


def _comes(row: str) -> str:
    """A juror gets a dossier; whoever seats one holds the dossier, so that neither moves meanwhile."""
    return (
        f"INSERT INTO pile_item ({CELL}) {_values(row)} FROM dossier d "
        f"WHERE d.id = {row}.dossier_id AND {row}.task = 'juror';"
    )


def _goes(row: str) -> str:
    return (
        f"DELETE FROM pile_item WHERE dossier_id = {row}.dossier_id AND person_id = {row}.person_id "
        f"AND {row}.task = 'juror';"
    )


def _given(row: str, given: str) -> str:
    mine = f"dossier_id = {row}.dossier_id AND person_id = {row}.juror_id"
    return f"UPDATE pile_item SET given = {given} WHERE {mine};"


def _follows() -> str:
    columns = ", ".join(f"{name} = NEW.{name}" for name in OF_DOSSIER)
    return f"UPDATE pile_item SET {columns} WHERE dossier_id = NEW.id;"


def _moved(columns: tuple[str, ...], differs: str) -> str:
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in columns)


SEAT = (_goes("OLD"), _comes("NEW"))
SHEET = (_given("OLD", "FALSE"), _given("NEW", "(NEW.given_at IS NOT NULL)"))
# a sheet stays that of its juror and dossier, so what it becomes is all that is said of it
WATCHED = (
    ("seat", "assignment", ("dossier_id", "person_id", "task"), *SEAT, " ".join(SEAT)),
    ("sheet", "score_sheet", ("given_at",), *SHEET, SHEET[1]),
)


def _on_sqlite() -> list[str]:
    made = [
        f"CREATE TRIGGER pile_follows AFTER UPDATE OF {', '.join(OF_DOSSIER)} ON dossier "
        f"WHEN {_moved(OF_DOSSIER, 'IS NOT')} BEGIN {_follows()} END"
    ]
    for name, table, columns, gone, added, moved in WATCHED:
        made += [
            f"CREATE TRIGGER {name}_comes AFTER INSERT ON {table} BEGIN {added} END",
            f"CREATE TRIGGER {name}_goes AFTER DELETE ON {table} BEGIN {gone} END",
            f"CREATE TRIGGER {name}_moves AFTER UPDATE OF {', '.join(columns)} ON {table} "
            f"WHEN {_moved(columns, 'IS NOT')} BEGIN {moved} END",
        ]
    return made


def _on_postgresql() -> list[str]:
    function = "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
    called = "CREATE TRIGGER {trigger} AFTER {event} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION {name}()"
    made = [
        function.format(name="pile_follows", body=_follows()),
        called.format(
            trigger="pile_follows", event="UPDATE", table="dossier", name="pile_follows",
            when=f"WHEN ({_moved(OF_DOSSIER, 'IS DISTINCT FROM')}) ",
        ),
    ]  # fmt: skip
    for name, table, columns, gone, added, moved in WATCHED:
        body = (
            f"IF TG_OP = 'INSERT' THEN {added} ELSIF TG_OP = 'DELETE' THEN {gone} ELSE {moved} END IF;"
        )
        made.append(function.format(name=f"{name}_on_pile", body=body))
        for how, event, when in (
            ("comes", "INSERT", ""),
            ("goes", "DELETE", ""),
            ("moves", "UPDATE", f"WHEN ({_moved(columns, 'IS DISTINCT FROM')}) "),
        ):
            made.append(
                called.format(
                    trigger=f"{name}_{how}", event=event, table=table, when=when, name=f"{name}_on_pile"
                )
            )
    return made


def upgrade() -> None:
    op.create_table(
        "pile_item",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("title_key", sa.String(length=300), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "person_id", name=op.f("pk_pile_item")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:  # what somebody is writing meanwhile is waited for, and then seen
        op.execute("LOCK TABLE dossier, assignment, score_sheet IN SHARE ROW EXCLUSIVE MODE")
    op.execute(
        f"INSERT INTO pile_item ({CELL}) {_values('a')} FROM assignment a "
        "JOIN dossier d ON d.id = a.dossier_id WHERE a.task = 'juror'"
    )
    op.create_index(
        "ix_pile_item_order",
        "pile_item",
        ["person_id", "call_id", "given", "title_key", "dossier_id", "state", "lot_id"],
    )
    for statement in _on_sqlite() if sqlite else _on_postgresql():
        op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    triggers = [("pile_follows", "dossier")]
    triggers += [(f"{name}_{how}", table) for name, table, *_ in WATCHED for how in ("comes", "goes", "moves")]
    for trigger, table in triggers:
        op.execute(f"DROP TRIGGER {trigger}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        for name in ("pile_follows", "seat_on_pile", "sheet_on_pile"):
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("pile_item")
