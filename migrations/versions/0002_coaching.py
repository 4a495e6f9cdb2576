"""Coaching whole: stretches, corrections, appointments, follow-up, waivers, staff notes, profiles of coaches.

Columns are added by plain ALTER TABLE on both databases: a batch would rebuild coaching_session, which others
refer to. A line break before each CHECK keeps them apart for who reads them back on SQLite.
"""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = {
    "session_dossier": (
        "stretch VARCHAR(40) DEFAULT 'coaching' NOT NULL\n"
        " CONSTRAINT ck_session_dossier_stretch CHECK (stretch IN ('coaching', 'guidance'))\n",
    ),
    "coaching_session": (
        "next_on DATE",
        "next_note VARCHAR(200) DEFAULT '' NOT NULL",
        "version INTEGER DEFAULT 1 NOT NULL",
        "corrected_at {moment}",
    ),
    "advice": (
        "field VARCHAR(60)\n CONSTRAINT ck_advice_one_subject CHECK (criterion_id IS NULL OR field IS NULL)\n",
        "submission_number INTEGER DEFAULT 1 NOT NULL",
        "settled_at {moment}",
        "settled_by INTEGER",
        "word VARCHAR(500) DEFAULT '' NOT NULL",
        "follow_up VARCHAR(40) DEFAULT 'open' NOT NULL\n"
        " CONSTRAINT ck_advice_follow_up CHECK (follow_up IN ('open', 'done', 'dropped'))\n"
        " CONSTRAINT ck_advice_settled_has_moment CHECK ((follow_up = 'open') = (settled_at IS NULL))\n",
    ),
}


def upgrade():
    for table, columns in ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(moment=_moment())}")
    _keep_followed_up()
    _tell_stretches()
    _new_tables()


def downgrade():
    op.drop_table("coach_profile")
    op.drop_table("coaching_note")
    op.drop_table("coaching_waiver")
    _give_back_followed_up()
    for table, columns in reversed(ADDED.items()):
        for column in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")


def _keep_followed_up():
    op.execute("UPDATE advice SET settled_at = done_at, follow_up = 'done' WHERE done_at IS NOT NULL")
    op.execute("ALTER TABLE advice DROP COLUMN done_at")


def _give_back_followed_up():
    op.execute(f"ALTER TABLE advice ADD COLUMN done_at {_moment()}")
    op.execute("UPDATE advice SET done_at = settled_at WHERE follow_up = 'done'")


def _moment():
    return "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"


def _tell_stretches():
    """Until now a call had its sessions before the jury or after selection; with both, the release parts them."""
    row = sa.table("session_dossier", sa.column("session_id"), sa.column("dossier_id"), sa.column("stretch"))
    found = op.get_bind().execute(
        sa.text(
            "SELECT sd.session_id, sd.dossier_id, s.logged_at, d.released_at, c.procedure FROM session_dossier sd"
            " JOIN coaching_session s ON s.id = sd.session_id JOIN dossier o ON o.id = sd.dossier_id"
            " JOIN call c ON c.id = o.call_id LEFT JOIN decision d ON d.dossier_id = o.id"
        ).columns(
            logged_at=sa.DateTime(timezone=True), released_at=sa.DateTime(timezone=True), procedure=sa.JSON()
        )
    )
    for each in found.fetchall():
        coaching = each.procedure["coaching"]
        later = each.released_at is not None and each.logged_at >= each.released_at
        if coaching == "after" or (coaching == "both" and later):
            op.get_bind().execute(
                row.update()
                .where(row.c.session_id == each.session_id, row.c.dossier_id == each.dossier_id)
                .values(stretch="guidance")
            )


def _new_tables():
    stretch = sa.Enum(
        "coaching", "guidance", name="waiver_stretch", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "coaching_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("stretch", stretch, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_coaching_waiver_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(["waived_by"], ["user.id"], name=op.f("fk_coaching_waiver_waived_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_waiver")),
        sa.UniqueConstraint("dossier_id", "stretch", name="uq_coaching_waiver_once"),
    )
    op.create_table(
        "coaching_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_coaching_note_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["written_by"], ["user.id"], name=op.f("fk_coaching_note_written_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_note")),
    )
    op.create_index(op.f("ix_coaching_note_dossier_id"), "coaching_note", ["dossier_id"])
    op.create_table(
        "coach_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days IS NULL OR days BETWEEN 0 AND 366", name=op.f("ck_coach_profile_days")),
        sa.CheckConstraint("most IS NULL OR most BETWEEN 0 AND 999", name=op.f("ck_coach_profile_most")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_coach_profile_call_id_call")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_coach_profile_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_profile")),
        sa.UniqueConstraint("call_id", "person_id", name="uq_coach_profile_once"),
    )
    op.create_index(op.f("ix_coach_profile_person_id"), "coach_profile", ["person_id"])
