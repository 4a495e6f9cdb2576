"""flask jury assign: the best assignment of jurors for a table of affinities and conflicts."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import click
from flask.cli import with_appcontext

from callflow.cli import jury_pairs, sheets, words
from callflow.cli.jury import jury
from callflow.core.i18n import gettext
from callflow.core.spreadsheet import guard
from callflow.jury.assignment import Infeasible, Solution, Task, Unsolved, assign
from callflow.jury.reasons import Pairing, explained
from callflow.jury.shortage import diagnosis
from callflow.web.assignment_words import lacking, reason


@jury.command("assign")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--per-dossier", required=True, type=click.IntRange(1), help="Jurors on each dossier.")
@click.option("--min-load", required=True, type=click.IntRange(0), help="Dossiers each juror gets at least.")
@click.option("--max-load", required=True, type=click.IntRange(0), help="Dossiers each juror gets at most.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the table here.")
@with_appcontext
def assign_command(file: Path, per_dossier: int, min_load: int, max_load: int, out: Path | None) -> None:
    """Put jurors on the dossiers of FILE (juror, dossier, affinity, conflict).

    A pair that FILE does not hold, or holds with a conflict, is not made. Of all assignments whose total
    affinity is at least 98 % of the greatest, it takes one in which the dossier that fares worst fares best.
    """
    with words.terminal():
        if min_load > max_load:
            raise words.Refusal(_crossed(min_load, max_load))
        table = jury_pairs.read(file)
        task = Task(table.pairs(), per_dossier, min_load, max_load)
        found = _solved(task)
        text = _written(explained(task, found.pairings), table)
        if out is None:
            click.echo(text, nl=False)
        else:
            sheets.write(out, text)
        click.echo(_summary(task, found, table.decimals), err=True)


def _crossed(least: int, most: int) -> str:
    return gettext("--min-load %(least)d is more than --max-load %(most)d.", least=least, most=most)


def _solved(task: Task) -> Solution:
    """The assignment; an exit that names whom it fails for."""
    try:
        try:
            return assign(task)
        except Infeasible:
            found = [lacking(each) for each in diagnosis(task)]
    except Unsolved:
        raise click.ClickException(
            gettext(
                "The search was given up before an assignment was proved best. Round the affinities or widen "
                "the loads."
            )
        ) from None
    for line in found[: words.MANY]:
        click.echo(line, err=True)
    if len(found) > words.MANY:
        click.echo(gettext("And %(count)d more.", count=len(found) - words.MANY), err=True)
    raise words.Refusal(gettext("No assignment meets all of this. Nothing was written."))


def _written(pairings: Iterable[Pairing], table: jury_pairs.Table) -> str:
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("juror", "dossier", "affinity", "reason"))
    for each in pairings:
        affinity = table.affinities[each.juror, each.dossier]
        rows.writerow((guard(each.juror), guard(each.dossier), f"{affinity:f}", guard(reason(each))))
    return text.getvalue()


def _summary(task: Task, found: Solution, decimals: int) -> str:
    loads = Counter(juror for juror, _ in found.pairings)
    carried = [loads[juror] for juror in task.jurors]
    figures = {
        "total": _figure(found.fair.total, decimals), "smallest": _figure(found.fair.smallest, decimals),
        "most": _figure(found.most.total, decimals), "least": _figure(found.most.smallest, decimals),
        "from": min(carried), "to": max(carried),
    }  # fmt: skip
    return "\n".join(
        (
            gettext("greatest total: %(most)s, smallest sum of a dossier %(least)s", **figures),
            gettext("this assignment: total %(total)s, smallest sum of a dossier %(smallest)s", **figures),
            gettext("loads: %(from)d to %(to)d", **figures),
        )
    )


def _figure(value: int, decimals: int) -> str:
    return f"{Decimal(value).scaleb(-decimals):f}"
