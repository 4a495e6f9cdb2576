"""The day by which a pilot reports."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def _pilots() -> None:
    op.add_column("pilot", sa.Column("report_due_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_pilot_report_due_on"), "pilot", ["report_due_on"])


def _pilots_back() -> None:
    op.drop_index(op.f("ix_pilot_report_due_on"), table_name="pilot")
    op.drop_column("pilot", "report_due_on")


def upgrade() -> None:
    _pilots()


def downgrade() -> None:
    _pilots_back()
