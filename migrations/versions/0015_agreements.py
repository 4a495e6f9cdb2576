"""Project agreements with their acceptances and payees, and a report halfway beside the last one."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATES = ("agreed", "interim_reported", "interim_approved")
LETTERS = ("agreement", "agreement_accepted")
HOLDERS = (("dossier", "state"), ("dossier", "shown_state"), ("decision", "origin"), ("decision", "outcome"))


def _words(table, name, *, added=(), gone=()):
    """The check of a column of words, with more or fewer of them than it holds now."""
    found = sa.inspect(op.get_bind()).get_check_constraints(table)
    held = next(re.findall(r"'([^']*)'", each["sqltext"]) for each in found if each["name"] == name)
    return [each for each in dict.fromkeys([*held, *added]) if each not in gone]


def _hold(table, column, name, words):
    text = f"{column} IN ({', '.join(repr(each) for each in words)})"
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), sa.text(text))


def _enum(name, *words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    for table, column in HOLDERS:
        name = f"ck_{table}_{column}"
        _hold(table, column, name, _words(table, name, added=STATES))
    _hold("letter", "kind", "ck_letter_letter_kind", _words("letter", "ck_letter_letter_kind", added=LETTERS))
    with op.batch_alter_table("call") as batch:
        batch.add_column(sa.Column("interim_form", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("call") as batch:
        batch.alter_column("interim_form", server_default=None)
    _reports()
    _agreement()
    _acceptance()
    _payee()


def _reports() -> None:
    with op.batch_alter_table("report") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=40), nullable=False, server_default="final"))
        batch.add_column(sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("returned_why", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("report") as batch:
        batch.alter_column("kind", server_default=None)
        batch.alter_column("returned_why", server_default=None)
        batch.drop_constraint(op.f("uq_report_dossier_id"), type_="unique")
        batch.create_unique_constraint("uq_report_kind", ["dossier_id", "kind"])
        batch.create_check_constraint(op.f("ck_report_report_kind"), "kind IN ('interim', 'final')")
        batch.create_check_constraint(
            op.f("ck_report_returned_why"), "(returned_at IS NULL) = (returned_why = '')"
        )


def _agreement() -> None:
    op.create_table(
        "project_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("state", _enum("agreement_state", "prepared", "offered", "sent_back", "accepted"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('prepared', 'sent_back') OR letter_id IS NOT NULL", name=op.f("ck_project_agreement_offered_text")
        ),
        sa.CheckConstraint("state <> 'sent_back' OR why <> ''", name=op.f("ck_project_agreement_sent_back_why")),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)", name=op.f("ck_project_agreement_accepted_moment")
        ),
        sa.CheckConstraint("signatures >= 1", name=op.f("ck_project_agreement_signatures")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_project_agreement_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_project_agreement_letter_id_letter")),
        sa.ForeignKeyConstraint(["prepared_by"], ["user.id"], name=op.f("fk_project_agreement_prepared_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_agreement")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_project_agreement_dossier_id")),
    )


def _acceptance() -> None:
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["project_agreement.id"], name=op.f("fk_acceptance_agreement_id_project_agreement")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_acceptance_letter_id_letter")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_acceptance_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("letter_id", "person_id", name="uq_acceptance_once"),
    )
    with op.batch_alter_table("acceptance") as batch:
        batch.create_index(op.f("ix_acceptance_agreement_id"), ["agreement_id"], unique=False)


def _payee() -> None:
    op.create_table(
        "payee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "relation", _enum("payee_relation", "itself", "association", "municipality", "member"), nullable=False
        ),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("named_by", sa.Integer(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_payee_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["named_by"], ["user.id"], name=op.f("fk_payee_named_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
    )
    with op.batch_alter_table("payee") as batch:
        batch.create_index(op.f("ix_payee_dossier_id"), ["dossier_id"], unique=False)
        batch.create_index(
            "uq_payee_current", ["dossier_id"], unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"), postgresql_where=sa.text("replaced_at IS NULL"),
        )  # fmt: skip


def downgrade() -> None:
    """Projects that came to the new states are selected before this; agreements and reports halfway go."""
    for table in ("payee", "acceptance", "project_agreement"):
        op.drop_table(table)
    op.execute("DELETE FROM report WHERE kind = 'interim'")
    with op.batch_alter_table("report") as batch:
        batch.drop_constraint(op.f("ck_report_returned_why"), type_="check")
        batch.drop_constraint(op.f("ck_report_report_kind"), type_="check")
        batch.drop_constraint("uq_report_kind", type_="unique")
        batch.create_unique_constraint(op.f("uq_report_dossier_id"), ["dossier_id"])
        for name in ("returned_why", "returned_at", "kind"):
            batch.drop_column(name)
    with op.batch_alter_table("call") as batch:
        batch.drop_column("interim_form")
    letters = ", ".join(repr(each) for each in LETTERS)
    mine = f"(SELECT id FROM letter WHERE kind IN ({letters}))"
    op.execute(f"DELETE FROM notification WHERE letter_id IN {mine}")
    op.execute(f"DELETE FROM signed_copy WHERE letter_id IN {mine}")
    op.execute(f"DELETE FROM letter WHERE kind IN ({letters})")
    _hold("letter", "kind", "ck_letter_letter_kind", _words("letter", "ck_letter_letter_kind", gone=LETTERS))
    states = ", ".join(repr(each) for each in STATES)
    for table, column in HOLDERS:
        op.execute(f"UPDATE {table} SET {column} = 'selected' WHERE {column} IN ({states})")
        name = f"ck_{table}_{column}"
        _hold(table, column, name, _words(table, name, gone=STATES))
