"""Meetings of the jury, who sits in them, what they settle; sheets of earlier rounds."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "score_sheet_kept",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("submission_number", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_score_sheet_kept_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["juror_id"], ["user.id"], name=op.f("fk_score_sheet_kept_juror_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet_kept")),
        sa.UniqueConstraint("dossier_id", "juror_id", "round", name="uq_score_sheet_kept_once"),
    )
    op.create_table(
        "jury_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.JSON(), nullable=False),
        sa.Column("minutes_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (minutes_sha256 IS NULL)", name=op.f("ck_jury_meeting_closed_has_minutes")
        ),
        sa.CheckConstraint("quorum > 0", name=op.f("ck_jury_meeting_quorum")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_jury_meeting_call_id_call")),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_jury_meeting_opened_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_meeting")),
    )
    op.create_index(op.f("ix_jury_meeting_call_id"), "jury_meeting", ["call_id"])
    op.create_table(
        "jury_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["jury_meeting.id"], name=op.f("fk_jury_presence_meeting_id_jury_meeting")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_jury_presence_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_presence")),
        sa.UniqueConstraint("meeting_id", "person_id", name="uq_jury_presence_once"),
    )
    op.create_table(
        "jury_meeting_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("agreed", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("in_room", sa.Integer(), nullable=True),
        sa.Column("left_room", sa.JSON(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "agreed IS NULL OR settled_at IS NOT NULL", name=op.f("ck_jury_meeting_item_agreed_is_settled")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["jury_meeting.id"], name=op.f("fk_jury_meeting_item_meeting_id_jury_meeting")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_jury_meeting_item_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_meeting_item")),
        sa.UniqueConstraint("meeting_id", "dossier_id", name="uq_jury_meeting_item_once"),
    )
    op.create_index("ix_jury_meeting_item_dossier", "jury_meeting_item", ["dossier_id"])


def downgrade() -> None:
    op.drop_index("ix_jury_meeting_item_dossier", table_name="jury_meeting_item")
    op.drop_table("jury_meeting_item")
    op.drop_table("jury_presence")
    op.drop_index(op.f("ix_jury_meeting_call_id"), table_name="jury_meeting")
    op.drop_table("jury_meeting")
    op.drop_table("score_sheet_kept")
