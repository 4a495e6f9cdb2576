"""Assignment of jurors: conflicts with kind and reason, what became of scores, profiles of jurors, proposals.

The column is added by plain ALTER TABLE on both databases; the line breaks keep its CHECK apart for who reads
it back on SQLite.
"""

from alembic import op
import sqlalchemy as sa

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ("declared", "reported", "municipality", "body", "household", "coached", "member", "author")
RUNS = ("waiting", "running", "proposed", "impossible", "failed", "confirmed", "dropped")


def _enum(*members, name):
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade():
    op.execute(
        "ALTER TABLE exclusion ADD COLUMN scores VARCHAR(40) DEFAULT 'none' NOT NULL\n"
        " CONSTRAINT ck_exclusion_scores_fate CHECK (scores IN ('none', 'undecided', 'left_out', 'kept'))\n"
    )
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum(*KINDS, name="conflict_kind"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR ended_by IS NULL", name=op.f("ck_conflict_lifted_has_moment")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_conflict_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_conflict_person_id_user")),
        sa.ForeignKeyConstraint(["ended_by"], ["user.id"], name=op.f("fk_conflict_ended_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        sa.UniqueConstraint("dossier_id", "person_id", "kind", name="uq_conflict_once"),
    )
    op.create_index("ix_conflict_person", "conflict", ["person_id"])
    op.execute(
        "INSERT INTO conflict (dossier_id, person_id, kind, reason, since, ended_reason)"
        " SELECT dossier_id, person_id, CASE WHEN declared THEN 'declared' ELSE 'reported' END, reason, since, ''"
        " FROM exclusion"
    )
    # until now scores given before somebody stepped aside were left out
    op.execute(
        "UPDATE exclusion SET scores = 'left_out' WHERE EXISTS (SELECT 1 FROM score_sheet s JOIN score c"
        " ON c.sheet_id = s.id WHERE s.dossier_id = exclusion.dossier_id AND s.juror_id = exclusion.person_id"
        " AND s.abstained)"
    )
    _new_tables()


def downgrade():
    op.drop_index("ix_assignment_run_status", table_name="assignment_run")
    op.drop_index("ix_assignment_run_call_id", table_name="assignment_run")
    op.drop_table("assignment_run")
    op.drop_index("ix_juror_profile_person_id", table_name="juror_profile")
    op.drop_table("juror_profile")
    op.drop_index("ix_conflict_person", table_name="conflict")
    op.drop_table("conflict")
    op.execute("ALTER TABLE exclusion DROP COLUMN scores")


def _new_tables():
    op.create_table(
        "juror_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("municipality_code", sa.String(length=10), nullable=True),
        sa.Column("bodies", sa.JSON(), nullable=False),
        sa.Column("household", sa.JSON(), nullable=False),
        sa.Column("lots", sa.JSON(), nullable=False),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excused_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(excused_at IS NULL) = (excused_reason = '')", name=op.f("ck_juror_profile_excused_whole")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_juror_profile_call_id_call")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_juror_profile_person_id_user")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_juror_profile_municipality_code_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_juror_profile")),
        sa.UniqueConstraint("call_id", "person_id", name="uq_juror_profile_once"),
    )
    op.create_index("ix_juror_profile_person_id", "juror_profile", ["person_id"])
    op.create_table(
        "assignment_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("status", _enum(*RUNS, name="run_status"), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_by", sa.String(length=100), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(status = 'running') = (lease_by IS NOT NULL)", name=op.f("ck_assignment_run_running_is_held")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_assignment_run_call_id_call")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_assignment_run_asked_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_run")),
    )
    op.create_index("ix_assignment_run_call_id", "assignment_run", ["call_id"])
    op.create_index("ix_assignment_run_status", "assignment_run", ["status"])
