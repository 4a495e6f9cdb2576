"""Lists in the order of the titles or of the days are walked in an index alone, whoever handles them."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MORE = ["kind", "lot_id", "handler_id"]
ORDERS = (
    ("ix_dossier_call_title", ["call_id", "title_key"], ["id", "submitted_at", *MORE]),
    ("ix_dossier_call_submitted", ["call_id", "submitted_at"], ["id", *MORE]),
)


def upgrade() -> None:
    for name, columns, more in ORDERS:
        op.drop_index(name, "dossier")
        op.create_index(name, "dossier", [*columns, *more])


def downgrade() -> None:
    for name, columns, _more in reversed(ORDERS):
        op.drop_index(name, "dossier")
        op.create_index(name, "dossier", columns)
