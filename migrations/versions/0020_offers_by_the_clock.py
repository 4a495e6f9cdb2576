"""An offer from the reserve list can be prepared by the clock: then nobody's name stands at it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SOMEBODY = "ck_decision_prepared_by_somebody"


def upgrade() -> None:
    with op.batch_alter_table("decision") as batch:
        batch.alter_column("prepared_by", existing_type=sa.Integer(), nullable=True)
        batch.create_check_constraint(op.f(SOMEBODY), "prepared_by IS NOT NULL OR origin = 'reserve'")


def downgrade() -> None:
    """Whoever noted what the body decided, else whoever is known longest, stands for the clock."""
    op.execute(
        "UPDATE decision SET prepared_by = COALESCE("
        "(SELECT recorded_by FROM resolution WHERE resolution.id = decision.resolution_id), "
        '(SELECT min(id) FROM "user")) WHERE prepared_by IS NULL'
    )
    with op.batch_alter_table("decision") as batch:
        batch.drop_constraint(op.f(SOMEBODY), type_="check")
        batch.alter_column("prepared_by", existing_type=sa.Integer(), nullable=False)
