"""Tables on the command line: read with the line of each mistake, written whole or not at all."""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import click

from callflow.cli import words
from callflow.core import tables
from callflow.core.i18n import gettext
from callflow.core.tables import Line, TableError

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
LARGEST = Decimal(10) ** 15


class BadNumber(Exception):
    """A text that is no number of the kind that was asked: code and parameters of the sentence about it."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters


def number(text: str, *, column: str, money: bool) -> Decimal:
    """A number as tables write it, with a point. Money is not negative and has no fractions of a cent."""
    value = text.strip()
    if not value:
        raise BadNumber("number_missing", column=column)
    if not NUMBER.fullmatch(value):
        if NUMBER.fullmatch(better := value.replace(".", "").replace(",", ".")):
            raise BadNumber("number_comma", column=column, value=value, better=better)
        raise BadNumber("number_wrong", column=column, value=value[:60])
    found = Decimal(value)
    if abs(found) > LARGEST:
        raise BadNumber("number_large", column=column, value=value)
    if money and found < 0:
        raise BadNumber("number_negative", column=column, value=value)
    if money and found.scaleb(2) % 1:
        raise BadNumber("number_decimals", column=column, value=value)
    return found


class Number(click.ParamType[Decimal]):
    """A number on the command line, read like those in the table."""

    name = "number"

    def __init__(self, *, money: bool = False) -> None:
        self.money = money

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        if isinstance(value, Decimal):
            return value
        try:
            return number(str(value), column=param.name or "" if param else "", money=self.money)
        except BadNumber as error:
            with words.terminal():
                self.fail(words.sentence(error.code, error.parameters), param, ctx)


def lines(
    file: Path, names: Mapping[str, Sequence[str]], *, called: Mapping[str, str] | None = None
) -> Iterator[Line]:
    """The rows of a file that must have every column of ``names``; TableError for the file as a whole.

    ``called`` says of a column under which header of this file it stands.
    """
    table = tables.read(file.read_bytes(), names, called=called)
    if missing := [name for name in names if name not in table.columns]:
        raise TableError("table_column_missing", columns=", ".join(missing), header=", ".join(table.header))
    return table.lines()


def write(path: Path, text: str) -> None:
    """The whole file or none of it; an exit that says why where it cannot be written."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        said = gettext("%(path)s cannot be written: %(why)s.", path=path, why=error.strerror)
        raise words.Refusal(said) from None
