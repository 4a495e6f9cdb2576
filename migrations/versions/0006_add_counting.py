"""What counts in a call, the frozen habits of its jurors, and the role of the jury's chair."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLES = ["person", "member", "coach", "juror", "coordinator", "signatory", "admin"]


def upgrade() -> None:
    op.create_table(
        "jury_count",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "counting",
            sa.Enum(
                "mean", "trimmed", "calibrated", name="counting", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("chosen_by", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_jury_count_call_id_call")),
        sa.ForeignKeyConstraint(["chosen_by"], ["user.id"], name=op.f("fk_jury_count_chosen_by_user")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_jury_count")),
    )
    op.create_table(
        "jury_habits",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("offsets", sa.JSON(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("shrinkage", sa.String(length=20), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_jury_habits_call_id_call")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_jury_habits_made_by_user")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_jury_habits")),
    )
    _roles([*ROLES, "chair"])


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM \"grant\" WHERE role = 'chair'"))
    _roles(ROLES)
    op.drop_table("jury_habits")
    op.drop_table("jury_count")


def _roles(members: list[str]) -> None:
    """The check of the column follows the members of the enum; on SQLite a batch keeps only what it is told."""
    if op.get_bind().dialect.name == "postgresql":
        allowed = ", ".join(f"'{member}'" for member in members)
        op.drop_constraint(op.f("ck_grant_role"), "grant", type_="check")
        op.create_check_constraint(op.f("ck_grant_role"), "grant", f"role IN ({allowed})")
        return
    others = (
        sa.CheckConstraint("(scope_kind = 'all') = (scope_id = 0)", name=op.f("ck_grant_scope_id")),
        sa.CheckConstraint("scope_kind IN ('all', 'call', 'lot')", name=op.f("ck_grant_scope_kind")),
    )
    with op.batch_alter_table("grant", schema=None, table_args=others) as batch:
        kind = sa.Enum(*members, name="role", native_enum=False, create_constraint=True, length=40)
        batch.alter_column("role", existing_type=sa.String(length=40), type_=kind, existing_nullable=False)
