"""What waits and the mails of a call are counted and found without a look at every dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WAITING = ["call_id", "state", "submitted_at", "handler_id", "scores_given", "kind"]


def upgrade() -> None:
    op.drop_index("ix_dossier_call_state", "dossier")
    op.create_index("ix_dossier_call_state", "dossier", WAITING)
    op.create_index("ix_dossier_call_municipality", "dossier", ["call_id", "municipality_code"])
    op.create_index("ix_assignment_dossier_task", "assignment", ["dossier_id", "task"])
    op.drop_index("ix_outbox_mail_recipient_id", "outbox_mail")
    op.create_index(
        "ix_outbox_mail_person", "outbox_mail", ["recipient_id", "call_id", "notice", "created_at"]
    )
    op.create_index("ix_outbox_mail_address", "outbox_mail", ["recipient"])
    op.drop_index("ix_outbox_mail_call_id", "outbox_mail")
    op.create_index("ix_outbox_mail_call", "outbox_mail", ["call_id", "created_at", "id"])
    unsent = sa.text("state <> 'sent'")
    op.create_index(
        "ix_outbox_mail_unsent", "outbox_mail", ["call_id", "state", "created_at", "id"], sqlite_where=unsent,
        postgresql_where=unsent,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_outbox_mail_unsent", "outbox_mail")
    op.drop_index("ix_outbox_mail_call", "outbox_mail")
    op.create_index("ix_outbox_mail_call_id", "outbox_mail", ["call_id"])
    op.drop_index("ix_outbox_mail_address", "outbox_mail")
    op.drop_index("ix_outbox_mail_person", "outbox_mail")
    op.create_index("ix_outbox_mail_recipient_id", "outbox_mail", ["recipient_id"])
    op.drop_index("ix_assignment_dossier_task", "assignment")
    op.drop_index("ix_dossier_call_municipality", "dossier")
    op.drop_index("ix_dossier_call_state", "dossier")
    op.create_index("ix_dossier_call_state", "dossier", WAITING[:3])
