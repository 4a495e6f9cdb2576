"""A call in two steps: states of a short form, and the letter to whom is not invited after it."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = ("preapplied", "invited", "not_invited", "lapsed")
HOLDERS = (("dossier", "state"), ("dossier", "shown_state"), ("decision", "origin"), ("decision", "outcome"))
OUTCOMES = "ck_decision_outcome_decides"
LETTERS = "ck_letter_letter_kind"


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


def upgrade() -> None:
    for table, column in HOLDERS:
        name = f"ck_{table}_{column}"
        _hold(table, column, name, _words(table, name, added=STATES))
    _hold("decision", "outcome", OUTCOMES, _words("decision", OUTCOMES, added=("not_invited",)))
    _hold("letter", "kind", LETTERS, _words("letter", LETTERS, added=("not_invited",)))


def downgrade() -> None:
    """Who handed in a short form handed something in; a lapsed invitation was not used by its group; not
    being invited is not being selected. Its letters go, as nothing could read them.
    """
    went = {"preapplied": "submitted", "invited": "submitted", "not_invited": "not_selected", "lapsed": "withdrawn"}
    for table, column in HOLDERS:
        for gone, stays in went.items():
            op.execute(f"UPDATE {table} SET {column} = '{stays}' WHERE {column} = '{gone}'")
    for table, column in HOLDERS:
        name = f"ck_{table}_{column}"
        _hold(table, column, name, _words(table, name, gone=STATES))
    mine = "(SELECT id FROM letter WHERE kind = 'not_invited')"
    op.execute(f"DELETE FROM notification WHERE letter_id IN {mine}")
    op.execute(f"DELETE FROM signed_copy WHERE letter_id IN {mine}")
    op.execute("DELETE FROM letter WHERE kind = 'not_invited'")
    _hold("decision", "outcome", OUTCOMES, _words("decision", OUTCOMES, gone=("not_invited",)))
    _hold("letter", "kind", LETTERS, _words("letter", LETTERS, gone=("not_invited",)))
