"""flask selection: the plain rules of selection, applied to a table."""

import csv
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import click
from flask.cli import with_appcontext

from callflow.cli import words
from callflow.core import tables
from callflow.core.i18n import gettext
from callflow.core.tables import Line, Problem, TableError
from callflow.decisions.selection import Outcome, Proposal, Row, Rule, TooManyWays, Why, propose

COLUMNS = {"id": ("reference",), "title": (), "cost": (), "score": ()}
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


@click.group("selection")
def selection() -> None:
    """The plain rules of selection."""


@selection.command("propose")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--budget", required=True, type=Number(money=True), help="Euro to divide.")
@click.option(
    "--rule",
    required=True,
    type=click.Choice([rule.value for rule in Rule]),
    help="skip: pass over what does not fit; stop: end the list there.",
)
@click.option("--minimum", type=Number(), help="Rows that score less are not selected.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the table here.")
@with_appcontext
def propose_command(
    file: Path, budget: Decimal, rule: str, minimum: Decimal | None, out: Path | None
) -> None:
    """Say for each row of FILE (id, title, cost, score) whether the rule selects it.

    A row whose outcome depends on the order of rows with equal scores is undecided.
    """
    with words.terminal():
        rows = _rows(file)
        try:
            proposals = propose(rows, budget, Rule(rule), minimum)
        except TooManyWays:
            raise click.ClickException(
                gettext(
                    "The rows with equal scores fill the budget in too many ways to follow. Round the costs."
                )
            ) from None
        text = _written(proposals, {row.id: row for row in rows}, minimum)
        if out is None:
            click.echo(text, nl=False)
        else:
            _replace(out, text)
        click.echo(_summary(proposals, rows, budget), err=True)


def _rows(file: Path) -> list[Row]:
    """The rows of the file, all of them right; else an exit with every error."""
    problems: list[Problem] = []
    rows: list[Row] = []
    lines: dict[str, int] = {}
    try:
        for line in _lines(file):
            found, row = _row(line, lines)
            problems += found
            if row is not None:
                rows.append(row)
    except TableError as error:
        raise words.refuse_table(error) from None
    if problems:
        raise words.refuse_rows(problems)
    return rows


def _lines(file: Path) -> Iterator[Line]:
    table = tables.read(file.read_bytes(), COLUMNS)
    if missing := [name for name in COLUMNS if name not in table.columns]:
        raise TableError("table_column_missing", columns=", ".join(missing), header=", ".join(table.header))
    return table.lines()


def _row(line: Line, lines: dict[str, int]) -> tuple[list[Problem], Row | None]:
    """What is wrong with a row, or the row. ``lines`` remembers the line of each id."""
    problems = []
    numbers: dict[str, Decimal] = {}
    if line.spare:
        problems.append(Problem(line.number, "spare_cells", {"count": line.spare, "delimiter": ","}))
    key = line.cells["id"].strip()
    if not key:
        problems.append(Problem(line.number, "id_missing"))
    elif lines.setdefault(key, line.number) != line.number:
        problems.append(Problem(line.number, "id_twice", {"id": key, "first": lines[key]}))
    for column in ("cost", "score"):
        try:
            numbers[column] = number(line.cells[column], column=column, money=column == "cost")
        except BadNumber as error:
            problems.append(Problem(line.number, error.code, error.parameters))
    return problems, None if problems else Row(key, numbers["cost"], numbers["score"])


def _written(proposals: list[Proposal], rows: Mapping[str, Row], minimum: Decimal | None) -> str:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("id", "outcome", "reason"))
    for proposal in proposals:
        table.writerow((proposal.id, proposal.outcome.value, _reason(proposal, rows[proposal.id], minimum)))
    return text.getvalue()


def _reason(proposal: Proposal, row: Row, minimum: Decimal | None) -> str:
    """One sentence, with the figures that decide."""
    same = proposal.left_least == proposal.left_most
    left = f"{proposal.left_most:.2f}" if same else f"{proposal.left_least:.2f} - {proposal.left_most:.2f}"
    figures = {"cost": f"{row.cost:.2f}", "left": left, "score": str(row.score), "minimum": str(minimum)}
    said = {
        Why.fits: gettext("costs %(cost)s, %(left)s was left", **figures),
        Why.costs_more_than_left: gettext("costs %(cost)s, only %(left)s was left", **figures),
        Why.list_ended: gettext("comes after the first row that did not fit", **figures),
        Why.scores_too_little: gettext("scores %(score)s, the minimum is %(minimum)s", **figures),
        Why.order_of_ties: gettext(
            "depends on the order of rows that score %(score)s (%(left)s was left)", **figures
        ),
        Why.order_of_earlier_ties: gettext(
            "depends on the order of rows with equal scores above it (%(left)s was left)", **figures
        ),
    }
    return str(said[proposal.why])


def _summary(proposals: list[Proposal], rows: list[Row], budget: Decimal) -> str:
    counts = Counter(proposal.outcome for proposal in proposals)
    spent = sum(
        (row.cost for row, each in zip(rows, proposals, strict=True) if each.outcome is Outcome.selected),
        Decimal(0),
    )
    said = ", ".join(f"{outcome.value} {counts[outcome]}" for outcome in Outcome)
    return f"{said}; {spent:.2f} / {budget:.2f}"


def _replace(path: Path, text: str) -> None:
    """The whole file or none of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)
