"""Tags, staff notes, saved views and steps for many; words to find people by; looking as somebody else."""

import sqlalchemy as sa
from alembic import op

from callflow.core.search import key_of

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STANDS = sa.text("removed_at IS NULL")


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def upgrade() -> None:
    _filing()
    _views()
    _keys()
    _looks()
    op.create_index("ix_score_sheet_kept_juror", "score_sheet_kept", ["juror_id"])


def _filing() -> None:
    colours = sa.Enum(
        "stone", "sea", "hedge", "straw", "brick",
        name="tag_colour", native_enum=False, create_constraint=True, length=40,
    )  # fmt: skip
    op.create_table(
        "tag",
        _number("id"), _number("trail_id"), _number("call_id"),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("colour", colours, nullable=False),
        _moment("removed_at", nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_tag_named")),
        _refers("tag", "trail_id", "trail"), _refers("tag", "call_id", "call"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
    )  # fmt: skip
    op.create_index(op.f("ix_tag_call_id"), "tag", ["call_id"])
    op.create_index(
        "uq_tag_name", "tag", ["call_id", "name_key"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_table(
        "tagged",
        _number("dossier_id"), _number("tag_id"), _moment("since"),
        _refers("tagged", "dossier_id", "dossier"), _refers("tagged", "tag_id", "tag"),
        sa.PrimaryKeyConstraint("dossier_id", "tag_id", name=op.f("pk_tagged")),
    )  # fmt: skip
    op.create_index("ix_tagged_tag", "tagged", ["tag_id", "dossier_id"])
    op.create_table(
        "staff_note",
        _number("id"), _number("trail_id"), _number("dossier_id"), _number("author_id"),
        _number("text_id", nullable=True), _moment("written_at"), _moment("edited_at", nullable=True),
        _moment("removed_at", nullable=True), _number("version"),
        sa.CheckConstraint("removed_at IS NOT NULL OR text_id IS NOT NULL", name=op.f("ck_staff_note_has_words")),
        _refers("staff_note", "trail_id", "trail"), _refers("staff_note", "dossier_id", "dossier"),
        _refers("staff_note", "author_id", "user"), _refers("staff_note", "text_id", "event_text"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_note")),
    )  # fmt: skip
    op.create_index("ix_staff_note_dossier", "staff_note", ["dossier_id", "removed_at"])


def _views() -> None:
    op.create_table(
        "saved_view",
        _number("id"), _number("trail_id"), _number("call_id"), _number("owner_id"),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        _moment("removed_at", nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_view_named")),
        _refers("saved_view", "trail_id", "trail"), _refers("saved_view", "call_id", "call"),
        _refers("saved_view", "owner_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )  # fmt: skip
    op.create_index(
        "uq_saved_view_name", "saved_view", ["call_id", "owner_id", "name_key"],
        unique=True, sqlite_where=STANDS, postgresql_where=STANDS,
    )  # fmt: skip
    op.create_table(
        "default_view",
        _number("id"), _number("user_id"), _number("call_id"), _number("view_id"),
        _refers("default_view", "user_id", "user"), _refers("default_view", "call_id", "call"),
        _refers("default_view", "view_id", "saved_view"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_view")),
        sa.UniqueConstraint("user_id", "call_id", name="uq_default_view_once"),
    )  # fmt: skip
    op.create_table(
        "batch",
        _number("id"), _number("trail_id"), _number("call_id"), _number("user_id"),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        _moment("taken_at"),
        _refers("batch", "trail_id", "trail"), _refers("batch", "call_id", "call"),
        _refers("batch", "user_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )  # fmt: skip
    op.create_index(op.f("ix_batch_user_id"), "batch", ["user_id"])


ROLES = ("person", "member", "coach", "juror", "chair", "coordinator", "signatory", "admin")


def _looks() -> None:
    role = sa.Enum(*ROLES, name="look_role", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "look",
        _number("id"), _number("looker_id"), _number("seen_id"), sa.Column("role", role, nullable=False),
        _number("text_id"), _moment("began_at"), _moment("ends_at"), _moment("ended_at", nullable=True),
        sa.CheckConstraint("looker_id <> seen_id", name=op.f("ck_look_at_another")),
        sa.CheckConstraint("ends_at > began_at", name=op.f("ck_look_lasts")),
        _refers("look", "looker_id", "user"), _refers("look", "seen_id", "user"),
        _refers("look", "text_id", "event_text"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )  # fmt: skip
    op.create_index("ix_look_seen", "look", ["seen_id", "began_at"])


SEARCHED = {
    "user": ("id", ("name", "email"), "phone"),
    "group": ("id", ("name", "contact_name", "contact_email", "town"), "contact_phone"),
    "dossier": ("id", ("title", "reference", "village"), None),
    "municipality": ("code", ("name_nl", "name_fr"), None),
}


def _keys() -> None:
    """Every row that is there gets its key."""
    connection = op.get_bind()
    for name, (key, texts, phone) in SEARCHED.items():
        op.add_column(name, sa.Column("search_key", sa.String(length=600), nullable=False, server_default=""))
        read = [sa.column(each) for each in (key, *texts, *([phone] if phone else []))]
        table = sa.table(name, *read, sa.column("search_key"))
        rows = connection.execute(sa.select(*read)).all()
        values = [
            {"row": row[0], "words": key_of(row[1 : 1 + len(texts)], phone=row[-1] if phone else None)}
            for row in rows
        ]
        if values:
            change = sa.update(table).where(table.c[key] == sa.bindparam("row"))
            connection.execute(change.values(search_key=sa.bindparam("words")), values)


def downgrade() -> None:
    op.drop_index("ix_score_sheet_kept_juror", table_name="score_sheet_kept")
    op.drop_index("ix_look_seen", table_name="look")
    op.drop_table("look")
    for name in SEARCHED:
        op.drop_column(name, "search_key")
    op.drop_index(op.f("ix_batch_user_id"), table_name="batch")
    op.drop_table("batch")
    op.drop_table("default_view")
    op.drop_index("uq_saved_view_name", table_name="saved_view")
    op.drop_table("saved_view")
    op.drop_index("ix_staff_note_dossier", table_name="staff_note")
    op.drop_table("staff_note")
    op.drop_index("ix_tagged_tag", table_name="tagged")
    op.drop_table("tagged")
    op.drop_index("uq_tag_name", table_name="tag")
    op.drop_index(op.f("ix_tag_call_id"), table_name="tag")
    op.drop_table("tag")
