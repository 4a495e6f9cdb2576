"""Cells of exports: nothing a person typed may run as a formula, and everything reads back as it was typed.

A text that a spreadsheet could take for a formula gets an apostrophe in front; so does one that already
looks like a guarded text. That makes guard() one to one: unguard() gives back every text, "-5",
"+32 57 12 34 56" and "@dorpsraad" included.
"""

import re

# a first tab or line end is dangerous by itself; signs also after blanks, which some programs cut off; the
# full-width forms are read like the plain ones
_DANGER = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def guard(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _DANGER.match(text) else text


def unguard(cell: str) -> str:
    """The text that guard() made this cell of; a cell that was never guarded stays as it is."""
    return cell[1:] if cell.startswith("'") and _DANGER.match(cell, 1) else cell
