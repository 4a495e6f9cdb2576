"""Letters sealed by certificate, and batches: all letters of a release as one print file and one zip."""

from alembic import op
import sqlalchemy as sa

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "done", "failed")


def upgrade():
    op.create_table(
        "letter_seal",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timestamped", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_seal_letter_id_letter")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_seal")),
    )
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(*STATES, name="batch_status", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_by", sa.String(length=100), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_size", sa.BigInteger(), nullable=True),
        sa.Column("zip_sha256", sa.String(length=64), nullable=True),
        sa.Column("zip_size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(status = 'running') = (lease_by IS NOT NULL)", name=op.f("ck_letter_batch_running_is_held")
        ),
        sa.CheckConstraint(
            "(status = 'done') = (pdf_sha256 IS NOT NULL AND zip_sha256 IS NOT NULL)",
            name=op.f("ck_letter_batch_done_has_files"),
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_letter_batch_lot_id_lot")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_letter_batch_asked_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_index("ix_letter_batch_lot", "letter_batch", ["lot_id", "released_at"])
    op.create_index(op.f("ix_letter_batch_status"), "letter_batch", ["status"])


def downgrade():
    op.drop_table("letter_batch")
    op.drop_table("letter_seal")
