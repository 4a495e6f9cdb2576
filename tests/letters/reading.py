"""What a PDF says, in the order in which it says it, and the command that accepts the golden texts anew."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from callflow.letters import render
from callflow.letters.context import LetterContext

GOLDEN = Path(__file__).parent / "golden"


def words_of(pdf: bytes) -> str:
    """The text of a PDF as its fonts say it, one line a drawn run, no-break spaces kept.

    Read from the content streams and the fonts' own maps, not by pdftotext: that guesses spaces from gaps
    and loses the narrow ones.
    """
    said = [line for page in pages(pdf) for line in page.splitlines()]
    return "\n".join(said) + "\n"


def pages(pdf: bytes) -> list[str]:
    """The same, page by page; a blank one is empty."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [_words_on(page) for page in document.pages]


def _words_on(page: Any) -> str:
    runs: list[str] = []
    fonts = {name: _meanings(font) for name, font in page.get("/Resources", {}).get("/Font", {}).items()}
    meanings: dict[int, str] = {}
    for operands, operator in _operations(page):
        if str(operator) == "BT":
            runs.append("")
        elif str(operator) == "Tf":
            meanings = fonts[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            runs[-1] += _said(operands[0], meanings)
    return "\n".join(said for run in runs if (said := run.strip()))


def heights(document: bytes) -> list[tuple[str, float]]:
    """What stands on the first page of a PDF, run by run, and how many pixels below its top."""
    found, meanings, down = [], dict[int, str](), 0.0
    with pikepdf.open(BytesIO(document)) as opened:
        page = opened.pages[0]
        fonts = {name: _meanings(font) for name, font in page.Resources.Font.items()}
        for operands, operator in pikepdf.parse_content_stream(page, "Tf Tm Tj TJ"):
            if str(operator) == "Tf":
                meanings = fonts[str(operands[0])]
            elif str(operator) == "Tm":
                down = float(operands[5])
            else:
                found.append((_said(operands[0], meanings), down))
    return found


def _operations(page: Any) -> list[Any]:
    return list(pikepdf.parse_content_stream(page, "BT ET Tf Tj TJ"))


def _said(shown: Any, meanings: dict[int, str]) -> str:
    parts = shown if isinstance(shown, pikepdf.Array) else [shown]
    glyphs = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    pairs = zip(glyphs[::2], glyphs[1::2], strict=True)
    return "".join(meanings[high << 8 | low] for high, low in pairs)


def _meanings(font: Any) -> dict[int, str]:
    """Glyph to text, from the font's ToUnicode map."""
    table = font["/ToUnicode"].read_bytes().decode()
    lines = re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]*)>", table)
    return {int(glyph, 16): bytes.fromhex(said).decode("utf-16-be") for glyph, said in lines}


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
