"""flask selection: the plain rules of selection, applied to a table."""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import click
from flask.cli import with_appcontext

from callflow.cli import sheets, words
from callflow.core.i18n import gettext
from callflow.core.tables import Line, Problem, TableError
from callflow.decisions.selection import Outcome, Proposal, Row, Rule, TooManyWays, Why, propose

COLUMNS = {"id": ("reference",), "title": (), "cost": (), "score": ()}


@click.group("selection")
def selection() -> None:
    """The plain rules of selection."""


@selection.command("propose")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--budget", required=True, type=sheets.Number(money=True), help="Euro to divide.")
@click.option(
    "--rule",
    required=True,
    type=click.Choice([rule.value for rule in Rule]),
    help="skip: pass over what does not fit; stop: end the list there.",
)
@click.option("--minimum", type=sheets.Number(), help="Rows that score less are not selected.")
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
            sheets.write(out, text)
        click.echo(_summary(proposals, rows, budget), err=True)


def _rows(file: Path) -> list[Row]:
    """The rows of the file, all of them right; else an exit with every error."""
    problems: list[Problem] = []
    rows: list[Row] = []
    lines: dict[str, int] = {}
    try:
        for line in sheets.lines(file, COLUMNS):
            found, row = _row(line, lines)
            problems += found
            if row is not None:
                rows.append(row)
    except TableError as error:
        raise words.refuse_table(error) from None
    if problems:
        raise words.refuse_rows(problems)
    return rows


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
            numbers[column] = sheets.number(line.cells[column], column=column, money=column == "cost")
        except sheets.BadNumber as error:
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
