"""Decisions are counted by lot, state and release in an index; those of the clock and of a resolution, and
letters that are not made yet, are found in one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BY_CLOCK = sa.text("prepared_by IS NULL")
UNMADE = sa.text("pdf_sha256 IS NULL")


def upgrade() -> None:
    op.drop_index("ix_decision_lot_state", "decision")
    op.create_index("ix_decision_lot_state", "decision", ["lot_id", "state", "released_at"])
    op.create_index("ix_decision_resolution", "decision", ["resolution_id"])
    op.create_index(
        "ix_decision_by_clock", "decision", ["lot_id"], sqlite_where=BY_CLOCK, postgresql_where=BY_CLOCK
    )
    op.create_index(
        "ix_letter_unmade", "letter", ["dossier_id"], sqlite_where=UNMADE, postgresql_where=UNMADE
    )


def downgrade() -> None:
    op.drop_index("ix_letter_unmade", "letter")
    op.drop_index("ix_decision_by_clock", "decision")
    op.drop_index("ix_decision_resolution", "decision")
    op.drop_index("ix_decision_lot_state", "decision")
    op.create_index("ix_decision_lot_state", "decision", ["lot_id", "state"])
