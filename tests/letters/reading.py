"""What a PDF says, in the order in which it says it, and the command that accepts the golden texts anew."""

import subprocess
from pathlib import Path

from callflow.letters import render
from callflow.letters.context import LetterContext

GOLDEN = Path(__file__).parent / "golden"


def words_of(pdf: bytes) -> str:
    """The text of a PDF, line by line as it is drawn, spaces collapsed."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    lines = done.stdout.decode().replace("\f", "\n").splitlines()
    return "\n".join(said for line in lines if (said := " ".join(line.split()))) + "\n"


def flat(text: str) -> str:
    """Any text with all white space as one space, no-break spaces included."""
    return " ".join(text.split())


def golden_of(context: LetterContext) -> Path:
    """Where the accepted text of this letter lies."""
    return GOLDEN / f"{context.kind}-{context.law}-{context.language}.txt"


def accept() -> None:
    """Write the golden texts anew: `python -m tests.letters.reading`, then read the difference."""
    import tempfile  # optional: only for this command

    from callflow.app import create_app  # slow import
    from config import Settings
    from tests.letters.contexts import COMBINATIONS, letter

    with tempfile.TemporaryDirectory() as home:
        app = create_app(Settings.from_env({"CALLFLOW_ENV": "test", "CALLFLOW_HOME": home}))
        with app.app_context():
            for combination in COMBINATIONS:
                context = letter(*combination)
                golden_of(context).write_text(words_of(render.as_pdf(context)), encoding="utf-8")


if __name__ == "__main__":
    accept()
