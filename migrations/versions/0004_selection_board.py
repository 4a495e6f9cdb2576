"""Joint envelopes, quotas, and the selection boards of a call."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joint_envelope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_joint_envelope_amount")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_joint_envelope_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_envelope")),
        sa.UniqueConstraint("call_id", "key", name="uq_joint_envelope_key"),
    )
    op.create_index(op.f("ix_joint_envelope_call_id"), "joint_envelope", ["call_id"])
    op.create_table(
        "joint_lot",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("joint_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["joint_id"], ["joint_envelope.id"], name=op.f("fk_joint_lot_joint_id_joint_envelope")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_joint_lot_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_joint_lot")),
    )
    op.create_index(op.f("ix_joint_lot_joint_id"), "joint_lot", ["joint_id"])
    op.create_table(
        "quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("among", sa.JSON(), nullable=False),
        sa.CheckConstraint("most IS NULL OR most >= least", name=op.f("ck_quota_bounds")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_quota_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("call_id", "key", name="uq_quota_key"),
    )
    op.create_index(op.f("ix_quota_call_id"), "quota", ["call_id"])
    _board()


def _board() -> None:
    method = sa.Enum(
        "skip", "stop", "best", name="method", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "board",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("method", method, nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("table", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(applied_by IS NULL) = (applied_at IS NULL)", name=op.f("ck_board_applied_whole")
        ),
        sa.ForeignKeyConstraint(["applied_by"], ["user.id"], name=op.f("fk_board_applied_by_user")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_board_call_id_call")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_board_made_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint("call_id", "number", name="uq_board_number"),
    )


def downgrade() -> None:
    for table in ("board", "quota", "joint_lot", "joint_envelope"):
        op.drop_table(table)
