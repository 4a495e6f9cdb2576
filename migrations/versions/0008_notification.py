"""How letters reached their addressees, and the scans of signed ones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.String(length=254), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "mail",
                "account",
                "registered",
                "post",
                "hand",
                name="notified_by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("notified_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("proof_name", sa.String(length=200), nullable=True),
        sa.Column("proof_type", sa.String(length=100), nullable=True),
        sa.Column("proof_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(proof_sha256 IS NULL) = (proof_name IS NULL)", name=op.f("ck_notification_proof_whole")
        ),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)", name=op.f("ck_notification_taken_back_whole")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_notification_letter_id_letter")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_notification_recorded_by_user")),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["user.id"], name=op.f("fk_notification_taken_back_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(op.f("ix_notification_letter_id"), "notification", ["letter_id"])
    op.create_table(
        "signed_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["user.id"], name=op.f("fk_signed_copy_added_by_user")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_signed_copy_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_copy")),
        sa.UniqueConstraint("letter_id", "number", name="uq_signed_copy_number"),
    )


def downgrade() -> None:
    op.drop_table("signed_copy")
    op.drop_table("notification")
