"""Several decisions to a dossier, conditions, hearings, extracts of minutes, and the letters about them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = (
    "draft", "proposed", "submitted", "incomplete", "screened", "coached", "scored", "selected", "selected_with_conditions", "reserve", "not_selected", "inadmissible", "postponed", "guided", "running", "reported", "closed", "withdrawn", "revoked", "stopped",
)
LETTERS = (
    "acknowledgement", "inadmissible", "selected", "reserve", "not_selected", "withdrawal_confirmed",
    "report_approved", "incomplete",
)  # fmt: skip
NEW_LETTERS = ("selected_with_conditions", "conditions_met", "postponed", "lapsed", "hearing", "revoked")
OUTCOMES = ("selected", "reserve", "not_selected", "inadmissible")
NEW_OUTCOMES = ("selected_with_conditions", "postponed", "revoked")


def _among(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _enum(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _checks(*, new: bool) -> None:
    """What a decision and a letter can be."""
    outcomes, letters = (OUTCOMES + NEW_OUTCOMES, LETTERS + NEW_LETTERS) if new else (OUTCOMES, LETTERS)
    with op.batch_alter_table("decision") as batch:
        batch.drop_constraint(op.f("ck_decision_outcome_decides"), type_="check")
        batch.create_check_constraint(op.f("ck_decision_outcome_decides"), _among("outcome", outcomes))
    with op.batch_alter_table("letter") as batch:
        batch.drop_constraint(op.f("ck_letter_letter_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_letter_letter_kind"), _among("kind", letters))


def upgrade() -> None:
    _checks(new=True)
    with op.batch_alter_table("decision") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("current", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("origin", sa.String(length=40), nullable=False, server_default="scored"))
        batch.add_column(sa.Column("postponed_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("answer_by", sa.Date(), nullable=True))
        batch.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("repayment", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ended_how", sa.String(length=40), nullable=True))
    op.execute("UPDATE decision SET origin = 'submitted' WHERE outcome = 'inadmissible'")
    with op.batch_alter_table("decision") as batch:
        for name in ("number", "current", "origin"):
            batch.alter_column(name, server_default=None)
        batch.drop_constraint(op.f("uq_decision_dossier_id"), type_="unique")
        batch.create_unique_constraint("uq_decision_number", ["dossier_id", "number"])
        batch.create_check_constraint(op.f("ck_decision_origin"), _among("origin", STATES))
        endings = ("withdrawn", "revoked", "lapsed", "followed", "resumed")
        batch.create_check_constraint(op.f("ck_decision_ending"), _among("ended_how", endings))
        batch.create_check_constraint(
            op.f("ck_decision_revoked_article"), "outcome <> 'revoked' OR article <> ''"
        )
        batch.create_check_constraint(
            op.f("ck_decision_ended_whole"), "(ended_at IS NULL) = (ended_how IS NULL)"
        )
        batch.create_check_constraint(op.f("ck_decision_ended_is_past"), "ended_at IS NULL OR NOT current")
        batch.create_check_constraint(
            op.f("ck_decision_ended_was_released"), "ended_at IS NULL OR state = 'released'"
        )
        batch.create_check_constraint(
            op.f("ck_decision_answer_asked"), "answered_at IS NULL OR answer_by IS NOT NULL"
        )
        batch.create_check_constraint(op.f("ck_decision_repayment"), "repayment IS NULL OR repayment >= 0")
        batch.create_index(
            "uq_decision_current", ["dossier_id"], unique=True,
            sqlite_where=sa.text("current"), postgresql_where=sa.text("current"),
        )  # fmt: skip
    _conditions()
    _hearings()
    with op.batch_alter_table("resolution") as batch:
        batch.add_column(sa.Column("extract", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("extract_name", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("extract_sha256", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("extract_size", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("resolution") as batch:
        batch.alter_column("extract", server_default=None)


def _conditions() -> None:
    op.create_table(
        "condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proof", sa.String(length=400), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("fulfilment", _enum("fulfilment", "open", "met", "unmet"), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("judged_by", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(fulfilment = 'open') = (judged_at IS NULL)", name=op.f("ck_condition_judged_moment")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_condition_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(["judged_by"], ["user.id"], name=op.f("fk_condition_judged_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("decision_id", "position", name="uq_condition_position"),
    )


def _hearings() -> None:
    op.create_table(
        "hearing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("comment_until", sa.Date(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("remarks_by", sa.Integer(), nullable=True),
        sa.Column("remarks_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(remarks = '') = (remarks_at IS NULL)", name=op.f("ck_hearing_remarks_moment")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_hearing_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["invited_by"], ["user.id"], name=op.f("fk_hearing_invited_by_user")),
        sa.ForeignKeyConstraint(["remarks_by"], ["user.id"], name=op.f("fk_hearing_remarks_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
    )
    with op.batch_alter_table("hearing") as batch:
        batch.create_index(
            "uq_hearing_open", ["dossier_id"], unique=True,
            sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL"),
        )  # fmt: skip
        batch.create_index(op.f("ix_hearing_dossier_id"), ["dossier_id"], unique=False)


def downgrade() -> None:
    """Decisions that came after a first one, and outcomes that were not known, have no place before this."""
    with op.batch_alter_table("resolution") as batch:
        for name in ("extract_size", "extract_sha256", "extract_name", "extract"):
            batch.drop_column(name)
    op.drop_table("hearing")
    op.drop_table("condition")
    known = ", ".join(repr(word) for word in OUTCOMES)
    op.execute(f"DELETE FROM decision WHERE number > 1 OR outcome NOT IN ({known})")
    op.execute(f"DELETE FROM letter WHERE kind IN ({', '.join(repr(word) for word in NEW_LETTERS)})")
    with op.batch_alter_table("decision") as batch:
        batch.drop_index("uq_decision_current")
        for name in (
            "origin", "ending", "revoked_article", "ended_whole", "ended_is_past", "ended_was_released",
            "answer_asked", "repayment",
        ):  # fmt: skip
            batch.drop_constraint(op.f(f"ck_decision_{name}"), type_="check")
        batch.drop_constraint("uq_decision_number", type_="unique")
        batch.create_unique_constraint(op.f("uq_decision_dossier_id"), ["dossier_id"])
        for name in (
            "ended_how", "ended_at", "repayment", "answered_at", "answer_by", "postponed_until", "origin",
            "current", "number",
        ):  # fmt: skip
            batch.drop_column(name)
    _checks(new=False)
