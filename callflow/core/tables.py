"""Reading tables that people made in a spreadsheet: encoding and delimiter found, columns by header, lines
counted.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

DELIMITERS = (",", ";", "\t")
LIMIT = 50 * 1024 * 1024
CELL_LIMIT = 1_000_000
LOST = "\ufffd"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class _Rows(Protocol):
    line_num: int

    def __next__(self) -> list[str]: ...

    def __iter__(self) -> "_Rows": ...


class TableError(Exception):
    """The file as a whole cannot be read: a code, and parameters for the sentence about it."""

    def __init__(self, code: str, /, **parameters: object) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row, by the number of its first line: a code, and parameters for the sentence
    about it.
    """

    line: int
    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A row: the number of its first line in the file, the header being line 1, and its cells by name of
    column.

    ``spare`` counts the cells that stand under no header: a delimiter too many, or quotes that are missing.
    """

    number: int
    cells: Mapping[str, str]
    spare: int = 0


@dataclass(frozen=True)
class Table:
    """A table in the text of a file. ``columns`` maps names to positions; other columns of the file are not
    looked at.
    """

    text: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: Mapping[str, int]

    def lines(self) -> Iterator[Line]:
        """Row by row, empty ones left out. A cell that is not there is empty. Raises TableError on broken
        quotes.
        """
        reader = _reader(self.text, self.delimiter)
        _next(reader)
        begins = reader.line_num + 1
        while (row := _next(reader)) is not None:
            if any(cell.strip() for cell in row):
                cells = {name: row[at] if at < len(row) else "" for name, at in self.columns.items()}
                yield Line(begins, cells, sum(1 for cell in row[len(self.header) :] if cell.strip()))
            begins = reader.line_num + 1


def read(
    content: bytes, names: Mapping[str, Sequence[str]], *, called: Mapping[str, str] | None = None
) -> Table:
    """Find the columns of ``names`` (name of the column to headers that mean it; the name itself counts
    too).

    ``called`` says of a column under which header of this file it stands. Case, accents and signs in
    headers do not matter. Raises TableError when the file is no text, is too long, or two headers mean the
    same column.
    """
    if len(content) > LIMIT:
        raise TableError("table_too_long", limit=LIMIT // 1024 // 1024)
    text, encoding = decoded(content)
    delimiter = _delimiter(text)
    header = tuple(cell.strip() for cell in _next(_reader(text, delimiter)) or ())
    if not any(header):
        raise TableError("table_empty")
    return Table(text, encoding, delimiter, header, _columns(header, names, called or {}))


def decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: what a byte order mark says, else UTF-8, else Windows (cp1252)."""
    marked = next((name for mark, name in _BOMS if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding
    raise TableError("table_no_text")


def folded(header: str) -> str:
    """A header as it is compared: small letters without accents, one space for everything else, no remark
    in brackets.
    """
    plain = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", header)).casefold()
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", " ", letters).strip()


def _columns(
    header: tuple[str, ...], names: Mapping[str, Sequence[str]], called: Mapping[str, str]
) -> dict[str, int]:
    meant = {
        folded(word): name for name, words in names.items() if name not in called for word in (name, *words)
    }
    meant |= {folded(word): name for name, word in called.items()}
    columns: dict[str, int] = {}
    for at, cell in enumerate(header):
        name = meant.get(folded(cell)) if folded(cell) else None
        if name in columns:
            raise TableError("table_column_twice", first=header[columns[name]], second=cell)
        if name is not None:
            columns[name] = at
    if unknown := [word for name, word in called.items() if name not in columns]:
        raise TableError("table_column_unknown", column=unknown[0], header=", ".join(header))
    return columns


def _delimiter(text: str) -> str:
    """The one that cuts the first row into most cells."""
    start = text[:CELL_LIMIT]
    return max(DELIMITERS, key=lambda sign: len(_first(start, sign)))


def _first(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _reader(text: str, delimiter: str) -> _Rows:
    csv.field_size_limit(CELL_LIMIT)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _next(reader: _Rows) -> list[str] | None:
    begins = reader.line_num + 1
    try:
        return next(reader, None)
    except csv.Error as error:
        raise TableError("table_broken", line=begins, what=str(error)) from None
