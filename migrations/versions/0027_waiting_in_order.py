"""What waits is walked in the order in which it is shown, what clocks count is counted in indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WAITING = ["call_id", "state", "submitted_at", "id", "handler_id", "scores_given", "kind", "lot_id", "shown_state"]
BEFORE = ["call_id", "state", "submitted_at", "handler_id", "scores_given", "kind"]
SOME = (
    ("ix_decision_ended", "decision", ["lot_id", "ended_at", "id", "outcome", "ended_how"], "ended_at IS NOT NULL"),
    (
        "ix_decision_unanswered", "decision", ["dossier_id", "current"],
        "answer_by IS NOT NULL AND answered_at IS NULL",
    ),
    ("ix_decision_valid", "decision", ["valid_until", "current", "dossier_id"], "valid_until IS NOT NULL"),
    ("ix_completion_request_due", "completion_request", ["due_at", "dossier_id"], "ended_at IS NULL"),
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_dossier_call_state", "dossier")
    op.create_index("ix_dossier_call_state", "dossier", WAITING)
    op.create_index(
        "ix_dossier_call_shown", "dossier",
        ["call_id", "shown_state", "submitted_at", "id", "handler_id", "kind", "lot_id"],
    )  # fmt: skip
    op.drop_index("ix_assignment_dossier_task", "assignment")
    op.create_index("ix_assignment_dossier_task", "assignment", ["dossier_id", "task", "person_id"])
    op.drop_index("ix_attachment_dossier_id", "attachment")
    op.create_index("ix_attachment_dossier_field", "attachment", ["dossier_id", "field"])
    op.create_index("ix_decision_current", "decision", ["dossier_id", "current", "state"])
    op.create_index("ix_condition_fulfilment", "condition", ["decision_id", "fulfilment"])
    op.create_index("ix_project_agreement_state", "project_agreement", ["state", "ended_at", "dossier_id"])
    op.create_index("ix_payee_change_state", "payee_change", ["state", "agreement_id"])
    for name, table, columns, where in SOME:
        op.create_index(
            name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def downgrade() -> None:
    for name, table, _columns, _where in reversed(SOME):
        op.drop_index(name, table)
    op.drop_index("ix_payee_change_state", "payee_change")
    op.drop_index("ix_project_agreement_state", "project_agreement")
    op.drop_index("ix_condition_fulfilment", "condition")
    op.drop_index("ix_decision_current", "decision")
    op.drop_index("ix_attachment_dossier_field", "attachment")
    op.create_index("ix_attachment_dossier_id", "attachment", ["dossier_id"])
    op.drop_index("ix_assignment_dossier_task", "assignment")
    op.create_index("ix_assignment_dossier_task", "assignment", ["dossier_id", "task"])
    op.drop_index("ix_dossier_call_shown", "dossier")
    op.drop_index("ix_dossier_call_state", "dossier")
    op.create_index("ix_dossier_call_state", "dossier", BEFORE)
