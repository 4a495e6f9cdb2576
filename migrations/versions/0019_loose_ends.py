"""The day by which a pilot reports; changes of who is paid after an agreement was accepted; files with
messages, and who erased one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _pilots() -> None:
    op.add_column("pilot", sa.Column("report_due_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_pilot_report_due_on"), "pilot", ["report_due_on"])


def _pilots_back() -> None:
    op.drop_index(op.f("ix_pilot_report_due_on"), table_name="pilot")
    op.drop_column("pilot", "report_due_on")


def _enum(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _link(column: str, to: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _changes() -> None:
    relations = ("itself", "association", "municipality", "member")
    states = ("asked", "offered", "refused", "withdrawn", "accepted")
    op.create_table(
        "payee_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("state", _enum("payee_change_state", *states), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("relation", _enum("payee_change_relation", *relations), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("before_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('offered', 'accepted') OR (letter_id IS NOT NULL AND due_on IS NOT NULL)",
            name=op.f("ck_payee_change_change_has_text"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer <> ''", name=op.f("ck_payee_change_change_refused_why")
        ),
        sa.CheckConstraint(
            "(state IN ('asked', 'offered')) = (ended_at IS NULL)",
            name=op.f("ck_payee_change_change_ended"),
        ),
        _link("agreement_id", "project_agreement", "payee_change"),
        _link("asked_by", "user", "payee_change"),
        _link("before_id", "letter", "payee_change"),
        _link("letter_id", "letter", "payee_change"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_change")),
    )
    op.create_index(op.f("ix_payee_change_agreement_id"), "payee_change", ["agreement_id"])
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_payee_change_open", "payee_change", ["agreement_id"], unique=True, sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _messages() -> None:
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("erased_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("erased_why", sa.Text(), nullable=True))
        batch.create_foreign_key(op.f("fk_message_erased_by_user"), "user", ["erased_by"], ["id"])
        batch.create_check_constraint(
            op.f("ck_message_erased_has_moment"), "(text IS NULL) = (erased_at IS NOT NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_message_erased_by_somebody"), "(erased_at IS NULL) = (erased_by IS NULL)"
        )
    op.create_table(
        "message_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        _link("message_id", "message", "message_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
    )
    op.create_index(op.f("ix_message_file_message_id"), "message_file", ["message_id"])


def _messages_back() -> None:
    op.drop_table("message_file")
    with op.batch_alter_table("message") as batch:
        batch.drop_constraint(op.f("ck_message_erased_by_somebody"), type_="check")
        batch.drop_constraint(op.f("ck_message_erased_has_moment"), type_="check")
        batch.drop_constraint(op.f("fk_message_erased_by_user"), type_="foreignkey")
        for column in ("erased_why", "erased_by", "erased_at"):
            batch.drop_column(column)


def upgrade() -> None:
    _pilots()
    _changes()
    _messages()


def downgrade() -> None:
    _messages_back()
    op.drop_table("payee_change")
    _pilots_back()
