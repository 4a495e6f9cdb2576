"""A stage in which groups present their project to the jury: a state, and when, where and whether."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES = (
    "draft", "proposed", "submitted", "incomplete", "screened", "coached", "scored", "selected",
    "selected_with_conditions", "reserve", "not_selected", "inadmissible", "postponed", "guided", "running",
    "reported", "closed", "withdrawn", "revoked", "stopped",
)  # fmt: skip
CHECKS = {"dossier": ("state", "shown_state"), "decision": ("origin", "outcome")}


def _allow(states: tuple[str, ...]) -> None:
    words = ", ".join(repr(each) for each in states)
    for table, columns in CHECKS.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                name = op.f(f"ck_{table}_{column}")
                batch.drop_constraint(name, type_="check")
                batch.create_check_constraint(name, f"{column} IN ({words})")


def upgrade() -> None:
    _allow((*STATES, "presented"))
    op.create_table(
        "presentation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(came IS NULL) = (noted_at IS NULL)", name=op.f("ck_presentation_noted_moment")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_presentation_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["user.id"], name=op.f("fk_presentation_invited_by_user")),
        sa.ForeignKeyConstraint(["noted_by"], ["user.id"], name=op.f("fk_presentation_noted_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentation")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_presentation_dossier_id")),
    )


def downgrade() -> None:
    """Who presented was coached or screened before: without the stage, screened is where the jury goes on."""
    op.drop_table("presentation")
    op.execute("UPDATE dossier SET state = 'screened' WHERE state = 'presented'")
    op.execute("UPDATE dossier SET shown_state = 'screened' WHERE shown_state = 'presented'")
    _allow(STATES)
