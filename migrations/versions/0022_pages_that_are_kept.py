"""Pages of large calls that are work by nature are kept as they were worked out."""

import sqlalchemy as sa
from alembic import op

import callflow.core.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sight", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("made_at", callflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("took", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("lease_by", sa.String(length=100), nullable=True),
        sa.Column("lease_until", callflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_snapshot_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("call_id", "kind", "sight", name="uq_snapshot_once"),
    )
    op.create_table(
        "snapshot_part",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_part_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "part", "page", name=op.f("pk_snapshot_part")),
    )


def downgrade() -> None:
    op.drop_table("snapshot_part")
    op.drop_table("snapshot")
