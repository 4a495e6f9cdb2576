"""Cells of exports: nothing a person typed may run as a formula, and everything reads back as it was typed.

A text that a spreadsheet could take for a formula gets an apostrophe in front; so does one that already
looks like a guarded text. That makes guard() one to one: unguard() gives back every text, "-5",
"+32 57 12 34 56" and "@dorpsraad" included.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO

# a first tab or line end is dangerous by itself, a sign as well; also after blanks, which some programs cut
# off; the full-width forms are read like the plain ones
_DANGER = re.compile(r"'*(?:[ \u00a0]*[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def guard(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _DANGER.match(text) else text


def unguard(cell: str) -> str:
    """The text that guard() made this cell of; a cell that was never guarded stays as it is."""
    return cell[1:] if cell.startswith("'") and _DANGER.match(cell, 1) else cell


def workbook(rows: Iterable[Sequence[str | int | Decimal | date | None]], *, name: str) -> IO[bytes]:
    """The rows as an xlsx file at its beginning: figures, days and moments as such, every text as a text, and
    None as an empty cell.

    Written row by row through a temporary file, so that many rows need no more memory.
    """
    import xlsxwriter  # slow import, only for who asks for such a file

    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet, moment = book.add_worksheet(name[:31]), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, datetime.combine(cell, time.min))
            elif cell is not None:
                sheet.write_number(number, column, float(cell))
    book.close()
    file.seek(0)
    return file
