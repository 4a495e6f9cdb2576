"""The scan of a signed letter is taken back with a reason."""

import sqlalchemy as sa
from alembic import op

import callflow.core.db

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("signed_copy") as batch:
        batch.add_column(sa.Column("taken_back_by", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("taken_back_at", callflow.core.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch.add_column(sa.Column("taken_back_why", sa.String(length=500), nullable=True))
        batch.create_foreign_key(
            op.f("fk_signed_copy_taken_back_by_user"), "user", ["taken_back_by"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_signed_copy_taken_back_whole"),
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)"
            " AND (taken_back_at IS NULL) = (taken_back_why IS NULL)",
        )


def downgrade() -> None:
    # the version before gives the newest scan: one that was taken back must not be given again
    op.execute(
        "DELETE FROM signed_copy WHERE taken_back_at IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM signed_copy AS newer WHERE newer.letter_id = signed_copy.letter_id"
        " AND newer.number > signed_copy.number AND newer.taken_back_at IS NULL)"
    )
    with op.batch_alter_table("signed_copy") as batch:
        batch.drop_constraint(op.f("ck_signed_copy_taken_back_whole"), type_="check")
        batch.drop_constraint(op.f("fk_signed_copy_taken_back_by_user"), type_="foreignkey")
        for name in ("taken_back_why", "taken_back_at", "taken_back_by"):
            batch.drop_column(name)
