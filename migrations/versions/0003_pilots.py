"""Pilots of local governments: their tables, and the states that only they use."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = ("proposed", "running", "stopped")
MOMENT = "state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL"
MOMENT_OF_PILOTS = "state IN ('draft', 'proposed', 'withdrawn') OR submitted_at IS NOT NULL"


def _checks(table, changes):
    """Give checks of a table other texts; those that are not named stay."""
    with op.batch_alter_table(table) as batch_op:
        for name, text in changes.items():
            batch_op.drop_constraint(op.f(name), type_="check")
            batch_op.create_check_constraint(op.f(name), sa.text(text))


def _with_states(table, column, *, added=(), gone=()):
    """The check of a column of states, with more or fewer of them than it holds now."""
    name = f"ck_{table}_{column}"
    found = sa.inspect(op.get_bind()).get_check_constraints(table)
    held = next(re.findall(r"'([^']*)'", each["sqltext"]) for each in found if each["name"] == name)
    states = [each for each in dict.fromkeys([*held, *added]) if each not in gone]
    return {name: f"{column} IN ({', '.join(repr(each) for each in states)})"}


def upgrade() -> None:
    moment = {"ck_dossier_submitted_has_moment": MOMENT_OF_PILOTS}
    states = [_with_states("dossier", column, added=STATES) for column in ("state", "shown_state")]
    _checks("dossier", moment | states[0] | states[1])
    _checks("decision", _with_states("decision", "outcome", added=STATES))
    op.create_table(
        "pilot_track",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("promised > 0", name=op.f("ck_pilot_track_promised")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_pilot_track_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_pilot_track")),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("government", "guide", name="part", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(length=10), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part = 'guide' OR municipality_code IS NOT NULL", name=op.f("ck_party_government_has_place")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_party_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_party_group_id_group")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_party_municipality_code_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("dossier_id", "group_id", name="uq_party_once"),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index("ix_party_group", ["group_id"], unique=False)

    op.create_table(
        "pilot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["dossier.id"], name=op.f("fk_pilot_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "agreed",
                "objected",
                name="agreement_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["user.id"], name=op.f("fk_agreement_given_by_user")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_agreement_party_id_party")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_agreement_pilot_id_pilot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("party_id", name=op.f("uq_agreement_party_id")),
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_pilot_id"), ["pilot_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "method", "lesson", name="finding_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "worked",
            sa.Enum(
                "well", "partly", "badly", name="worked", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'method') = (worked IS NOT NULL)", name=op.f("ck_finding_method_did")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_finding_pilot_id_pilot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_pilot_id"), ["pilot_id"], unique=False)

    op.create_table(
        "log_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "meeting",
                "coaching",
                "visit",
                "decision",
                "note",
                name="entry_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_log_entry_party_id_party")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_log_entry_pilot_id_pilot")),
        sa.ForeignKeyConstraint(["written_by"], ["user.id"], name=op.f("fk_log_entry_written_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_entry_pilot_id"), ["pilot_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column(
            "progress",
            sa.Enum(
                "planned",
                "begun",
                "done",
                "dropped",
                name="progress",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_milestone_party_id_party")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_milestone_pilot_id_pilot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_pilot_id"), ["pilot_id"], unique=False)

    op.create_table(
        "pilot_report",
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("with_whom", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=True),
        sa.Column("gatherings", sa.Integer(), nullable=True),
        sa.Column("costs", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (sha256 IS NULL)", name=op.f("ck_pilot_report_sent_is_frozen")
        ),
        sa.CheckConstraint(
            "approved_at IS NULL OR submitted_at IS NOT NULL", name=op.f("ck_pilot_report_approved_was_sent")
        ),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_pilot_report_pilot_id_pilot")),
        sa.PrimaryKeyConstraint("pilot_id", name=op.f("pk_pilot_report")),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_feed_call_id_call")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_feed_finding_id_finding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("finding_id", "call_id", name="uq_feed_once"),
    )
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_call_id"), ["call_id"], unique=False)

    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossier_call_counts"))
        batch_op.create_index(
            "ix_dossier_call_counts",
            ["call_id", "state", "lot_id", "handler_id", "submitted_at", "kind"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_index("ix_dossier_call_counts")
        batch_op.create_index(
            batch_op.f("ix_dossier_call_counts"),
            ["call_id", "state", "lot_id", "handler_id", "submitted_at"],
            unique=False,
        )

    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_call_id"))

    op.drop_table("feed")
    op.drop_table("pilot_report")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_pilot_id"))

    op.drop_table("milestone")
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_entry_pilot_id"))

    op.drop_table("log_entry")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_pilot_id"))

    op.drop_table("finding")
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_pilot_id"))

    op.drop_table("agreement")
    op.drop_table("pilot")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index("ix_party_group")

    op.drop_table("party")
    op.drop_table("pilot_track")
    op.execute("DELETE FROM dossier WHERE kind = 'pilot'")
    moment = {"ck_dossier_submitted_has_moment": MOMENT}
    states = [_with_states("dossier", column, gone=STATES) for column in ("state", "shown_state")]
    _checks("dossier", moment | states[0] | states[1])
    _checks("decision", _with_states("decision", "outcome", gone=STATES))
