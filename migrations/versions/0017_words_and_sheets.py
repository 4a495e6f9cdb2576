"""Two indexes that answer by themselves: the words of a list, and the sheets of a juror."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_dossier_call_words",
        "dossier",
        ["call_id", "submitted_at", "kind", "title_key", "reference", "group_id"],
    )
    op.create_index("ix_score_sheet_juror", "score_sheet", ["juror_id", "dossier_id", "given_at"])
    op.drop_index("ix_score_sheet_juror_id", "score_sheet")


def downgrade() -> None:
    op.create_index("ix_score_sheet_juror_id", "score_sheet", ["juror_id"])
    op.drop_index("ix_score_sheet_juror", "score_sheet")
    op.drop_index("ix_dossier_call_words", "dossier")
