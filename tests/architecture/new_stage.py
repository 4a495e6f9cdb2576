"""A patch that adds a stage with a state of its own: a visit to the place of each project before the jury.

Each edit is anchored to a line that must stand in its file exactly once, so that a tree that has changed
there says so at once. What is generated from the code is generated anew, in a process of the patched copy:
``python -m tests.architecture.new_stage`` there makes it, and runs the tests that are named after it.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

STATE, STAGE, SWITCH, STEP = "visited", "visiting", "visits", "note_visit"


class Unanchored(AssertionError):
    """The tree is no longer what the patch was written for."""


@dataclass(frozen=True)
class Edit:
    """Put ``text`` before the anchor, or with ``after`` behind it."""

    path: str
    anchor: str
    text: str
    after: bool = False

    def apply(self, root: Path) -> None:
        file = root / self.path
        held = file.read_text(encoding="utf-8")
        if held.count(self.anchor) != 1:
            raise Unanchored(f"{self.path} holds {held.count(self.anchor)} times: {self.anchor!r}")
        put = self.anchor + self.text if self.after else self.text + self.anchor
        file.write_text(held.replace(self.anchor, put), encoding="utf-8")


ROWS = f'''

def visiting(entry: State) -> list[Row]:
    """Somebody of the office goes and sees the place before the jury judges."""
    return [
        {{
            "trigger": "{STEP}",
            "source": entry,
            "dest": State.{STATE},
            "permission": P.dossier_screen,
            "effects": [e.reveal],
        }},
    ]
'''
EDITS = (
    Edit("callflow/dossiers/states.py", '    scored = "scored"\n', f'    {STATE} = "{STATE}"\n'),
    Edit("callflow/lifecycle/stages/before.py", "\n\ndef coaching(entry: State)", ROWS),
    Edit(
        "callflow/lifecycle/stages/__init__.py",
        '    chosen += [\n        Stage("scoring"',
        f"    if procedure.{SWITCH}:\n"
        f'        chosen.append(Stage("{STAGE}", before.visiting, State.{STATE}))\n',
    ),
    Edit(
        "callflow/web/ui.py",
        "    State.scored: Look(",
        f'    State.{STATE}: Look("moves", "M6 0l6 5v7H0V5z"),\n',
    ),
    Edit("callflow/web/words.py", '    State.scored: _l("', f'    State.{STATE}: _l("Place visited"),\n'),
    Edit(
        "callflow/web/words.py",
        '    "close_scoring": _l("Close the scoring"),\n',
        f'    "{STEP}": _l("Note the visit of the place"),\n',
    ),
    Edit(
        "callflow/web/words.py",
        '    "close_scoring": _l("Scoring closed"),\n',
        f'    "{STEP}": _l("Visit of the place noted"),\n',
    ),
    Edit(
        "callflow/web/staff_words.py",
        '    "why_close_scoring": _l(',
        f'    "why_{STEP}": _l("Somebody of the office has seen the place."),\n',
    ),
    Edit(
        "callflow/web/setup_words.py",
        '    "scoring": _l("The jury scores"),\n',
        f'    "{STAGE}": _l("We come and see the place"),\n',
    ),
    Edit(
        "callflow/calls/procedure.py",
        "    presentation: bool = False\n",
        f"    {SWITCH}: bool = False\n",
        after=True,
    ),
    Edit(
        "callflow/calls/schema/call.py",
        '        "reserve": yes_no(',
        f'        "{SWITCH}": yes_no("Whether each place is visited before the jury.", default=False),\n',
    ),
)
TEXTS = {
    "Place visited": ("Plaats bezocht", "Lieu visité"),
    "Note the visit of the place": ("Plaatsbezoek noteren", "Noter la visite du lieu"),
    "Visit of the place noted": ("Plaatsbezoek genoteerd", "Visite du lieu notée"),
    "Somebody of the office has seen the place.": (
        "Iemand van de administratie heeft de plaats gezien.",
        "Quelqu’un de l’administration a vu le lieu.",
    ),
    "We come and see the place": ("We komen ter plaatse kijken", "Nous venons voir le lieu"),
}
MIGRATION = '''"""A dossier can be {state}."""

from alembic import op

revision = "{new:04}"
down_revision = "{old:04}"
branch_labels = None
depends_on = None

BEFORE = {states}
CHECKS = {{"dossier": ("state", "shown_state"), "decision": ("origin", "outcome")}}


def _allow(states: tuple[str, ...]) -> None:
    for table, columns in CHECKS.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                name = op.f(f"ck_{{table}}_{{column}}")
                batch.drop_constraint(name, type_="check")
                words = ", ".join(repr(each) for each in states)
                batch.create_check_constraint(name, f"{{column}} IN ({{words}})")


def upgrade() -> None:
    _allow((*BEFORE, "{state}"))


def downgrade() -> None:
    """A place that was visited is a dossier that was {back}."""
    op.execute("UPDATE dossier SET state = '{back}' WHERE state = '{state}'")
    op.execute("UPDATE dossier SET shown_state = '{back}' WHERE shown_state = '{state}'")
    _allow(BEFORE)
'''


def apply(root: Path, states: tuple[str, ...]) -> None:
    """Write the patch into the tree at ``root``; ``states`` are those it had until now."""
    for edit in EDITS:
        edit.apply(root)
    head = root / "migrations" / ".current-head"
    old = int(head.read_text(encoding="utf-8"))
    said = MIGRATION.format(state=STATE, old=old, new=old + 1, states=states, back="screened")
    file = root / "migrations" / "versions" / f"{old + 1:04}_{STATE}.py"
    file.write_text(said, encoding="utf-8")
    head.write_text(f"{old + 1:04}\n", encoding="utf-8")
    for position, language in enumerate(("nl", "fr")):
        _translate(root, language, position)


def _translate(root: Path, language: str, position: int) -> None:
    said = "".join(f'\nmsgid "{text}"\nmsgstr "{both[position]}"\n' for text, both in TEXTS.items())
    catalog = root / "callflow" / "translations" / language / "LC_MESSAGES" / "messages.po"
    catalog.write_text(catalog.read_text(encoding="utf-8") + said, encoding="utf-8")


def generate(root: Path) -> None:
    """What make workflow, flask call docs and compiling the catalogs write; in a process of the copy."""
    from babel.messages.mofile import write_mo  # the patched copy alone asks for all of these
    from babel.messages.pofile import read_po

    from callflow.calls.schema.document import document  # as above
    from callflow.cli.playing.examples import as_they_run
    from callflow.lifecycle import drawing

    (root / "docs" / "workflow.md").write_text(drawing.document(as_they_run()), encoding="utf-8")
    (root / "docs" / "setup-file.md").write_text(document(), encoding="utf-8")
    for catalog in (root / "callflow" / "translations").rglob("messages.po"):
        with catalog.open("rb") as file, catalog.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(file))


if __name__ == "__main__":
    import pytest  # only where the module is run

    generate(Path.cwd())
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-x", *sys.argv[1:]]))
