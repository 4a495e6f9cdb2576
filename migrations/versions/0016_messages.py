"""Messages: threads about dossiers, what was written in them, who read it, and what people want to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SIDES = ("group", "coach", "office")


def _enum(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _link(column: str, to: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}")
    )


def _sendings() -> None:
    op.create_table(
        "message_sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        _link("call_id", "call", "message_sending"),
        _link("written_by", "user", "message_sending"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_sending")),
    )
    op.create_index(op.f("ix_message_sending_call_id"), "message_sending", ["call_id"])


def _threads() -> None:
    op.create_table(
        "message_thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("sending_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("audience", _enum("message_audience", "office", "coach", "both"), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answerer_id", sa.Integer(), nullable=True),
        sa.Column("settled", _enum("message_settled", "answered", "not_needed"), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_side", _enum("message_last_side", *SIDES), nullable=False),
        sa.Column("last_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(settled IS NULL) = (settled_at IS NULL)", name=op.f("ck_message_thread_settled_has_moment")
        ),
        sa.CheckConstraint(
            "settled IS NULL OR waits_since IS NULL", name=op.f("ck_message_thread_settled_waits_no_more")
        ),
        _link("dossier_id", "dossier", "message_thread"),
        _link("sending_id", "message_sending", "message_thread"),
        _link("answerer_id", "user", "message_thread"),
        _link("settled_by", "user", "message_thread"),
        _link("last_by", "user", "message_thread"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_thread")),
        sa.UniqueConstraint("key", name=op.f("uq_message_thread_key")),
    )
    op.create_index("ix_message_thread_dossier", "message_thread", ["dossier_id", "last_at"])
    op.create_index("ix_message_thread_waits", "message_thread", ["waits_since"])
    op.create_index(op.f("ix_message_thread_sending_id"), "message_thread", ["sending_id"])


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("side", _enum("message_side", *SIDES), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _link("thread_id", "message_thread", "message"),
        _link("author_id", "user", "message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_thread_order", "message", ["thread_id", "id"])


def _people() -> None:
    op.create_table(
        "message_mark",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_id", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.Integer(), nullable=False),
        sa.Column("told_id", sa.Integer(), nullable=False),
        _link("thread_id", "message_thread", "message_mark"),
        _link("person_id", "user", "message_mark"),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name=op.f("pk_message_mark")),
    )
    op.create_index("ix_message_mark_person", "message_mark", ["person_id"])
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("often", _enum("notice_often", "at_once", "daily", "never"), nullable=False),
        sa.Column("with_text", sa.Boolean(), nullable=False),
        _link("person_id", "user", "notice_choice"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_choice")),
    )


def upgrade() -> None:
    _sendings()
    _threads()
    _messages()
    _people()


def downgrade() -> None:
    for table in ("notice_choice", "message_mark", "message", "message_thread", "message_sending"):
        op.drop_table(table)
