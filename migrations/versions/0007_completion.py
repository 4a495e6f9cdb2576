"""Requests for completion with the group's copy, files that wait in one, and the letter that asks."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHECK = "ck_letter_letter_kind"


def upgrade() -> None:
    op.create_table(
        "completion_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_law", sa.Boolean(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "completed", "judged", "refused", "withdrawn",
                name="ending", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_completion_request_ended_somehow")
        ),
        sa.CheckConstraint("due_at > asked_at", name=op.f("ck_completion_request_due_after_asked")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user.id"], name=op.f("fk_completion_request_asked_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_completion_request_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["user.id"], name=op.f("fk_completion_request_saved_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_request")),
        sa.UniqueConstraint("dossier_id", "number", name="uq_completion_request_number"),
    )  # fmt: skip
    op.create_index(
        "uq_completion_request_open",
        "completion_request",
        ["dossier_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "completion_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("paper", sa.String(length=200), nullable=False),
        sa.Column("point", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["completion_request.id"],
            name=op.f("fk_completion_item_request_id_completion_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_item")),
        sa.UniqueConstraint("request_id", "field", name="uq_completion_item_field"),
    )  # fmt: skip
    op.add_column(
        "attachment", sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _kinds(_allowed() | {"incomplete"})


def downgrade() -> None:
    op.execute("DELETE FROM letter WHERE kind = 'incomplete'")
    _kinds(_allowed() - {"incomplete"})
    with op.batch_alter_table("attachment") as table:
        table.drop_column("pending")
    op.drop_table("completion_item")
    op.drop_index("uq_completion_request_open", table_name="completion_request")
    op.drop_table("completion_request")


def _allowed() -> set[str]:
    """The kinds of letters that the database takes now."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("letter")
    text = next(str(each["sqltext"]) for each in checks if each["name"] == CHECK)
    return set(re.findall(r"'([^']*)'", text))


def _kinds(allowed: set[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in sorted(allowed))
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(op.f(CHECK), f"kind IN ({listed})")
