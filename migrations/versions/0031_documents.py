"""Documents are drawn by the worker."""

import sqlalchemy as sa
from alembic import op

import callflow.core.db

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.String(length=60), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "waiting", "running", "done", "failed",
                name="document_status", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", callflow.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_by", sa.String(length=100), nullable=True),
        sa.Column("lease_until", callflow.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("digest", name=op.f("uq_document_digest")),
    )
    op.create_index(op.f("ix_document_status"), "document", ["status"])


def downgrade() -> None:
    op.drop_table("document")
