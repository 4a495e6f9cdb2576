"""flask jury calibrate: strict and lenient jurors in a table of scores, and what they did to the order."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from callflow.cli import sheets, words
from callflow.cli.jury import jury
from callflow.cli.naming import Names
from callflow.cli.sheets import BadNumber
from callflow.core.i18n import gettext as _
from callflow.core.i18n import ngettext
from callflow.core.spreadsheet import guard
from callflow.core.tables import Line, Problem, TableError
from callflow.jury.calibration import Calibration, Member, Rating, Tie, calibrate, moved, ties

COLUMNS = {"juror": ("reviewer", "jury member"), "dossier": ("reference", "project", "proposal"), "score": ()}
HEADER = (
    "dossier", "place", "calibrated", "low", "high", "raw_mean", "raw_place", "trimmed_mean", "scores",
    "spread", "best_place", "worst_place",
)  # fmt: skip


@jury.command("calibrate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--low-is-good", is_flag=True, help="The lowest score is the best.")
@click.option("--juror", "juror_column", metavar="COLUMN", help="The header of the column with the juror.")
@click.option("--dossier", "dossier_column", metavar="COLUMN", help="The header of that with the dossier.")
@click.option("--score", "score_column", metavar="COLUMN", help="The header of that with the score.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the table here.")
@with_appcontext
def calibrate_command(
    *,
    file: Path,
    low_is_good: bool,
    juror_column: str | None,
    dossier_column: str | None,
    score_column: str | None,
    out: Path | None,
) -> None:
    """Rank the dossiers of FILE (juror, dossier, score) by an additive model beside the raw mean.

    Says who is strict or lenient, what the raw mean leaves equal, and how firm each place is. A row without
    a score is left out.
    """
    chosen = {"juror": juror_column, "dossier": dossier_column, "score": score_column}
    with words.terminal():
        ratings, without = _ratings(file, {name: header for name, header in chosen.items() if header})
        found = calibrate(ratings, low_is_good=low_is_good)
        table = _written(found)
        if out is None:
            click.echo(table, nl=False)
        else:
            sheets.write(out, table)
        for line in _report(found, without, low_is_good=low_is_good):
            click.echo(line, err=out is None)


def _ratings(file: Path, called: dict[str, str]) -> tuple[list[Rating], int]:
    """The scores of the file and the number of rows without one; else an exit with every error."""
    problems: list[Problem] = []
    ratings: list[Rating] = []
    seen: dict[tuple[str, str], int] = {}
    names, rows = Names(), 0
    with words.refusals():
        for line in sheets.lines(file, COLUMNS, called=called):
            rows += 1
            wrong, rating = _rating(line, names, seen)
            problems += wrong
            ratings += [rating] if rating else []
        if not problems and not ratings:
            raise TableError("table_no_scores" if rows else "table_no_rows")
    if problems:
        raise words.refuse_rows(problems)
    return ratings, rows - len(ratings)


def _rating(
    line: Line, names: Names, seen: dict[tuple[str, str], int]
) -> tuple[list[Problem], Rating | None]:
    """What is wrong with a row, or the score in it. ``seen`` remembers the line of each pair."""
    (juror, wrong), (dossier, also) = (names.read(line, name) for name in ("juror", "dossier"))
    problems, written = [*wrong, *also], line.cells["score"].strip()
    if line.spare:
        problems.append(Problem(line.number, "spare_cells", {"count": line.spare, "delimiter": ","}))
    if juror and dossier and (first := seen.setdefault((juror, dossier), line.number)) != line.number:
        said = {"juror": juror, "dossier": dossier, "first": first}
        problems.append(Problem(line.number, "score_twice", said))
    try:
        score = sheets.number(written, column="score", money=False) if written else None
    except BadNumber as error:
        problems.append(Problem(line.number, error.code, error.parameters))
        return problems, None
    return problems, None if problems or score is None else Rating(juror, dossier, score)


def _written(found: Calibration) -> str:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for each in found.standings:
        table.writerow(
            (
                guard(each.dossier), each.place, _figure(each.value), _figure(each.low), _figure(each.high),
                _figure(float(each.raw)), each.raw_place, _figure(float(each.trimmed)), len(each.jurors),
                _figure(each.spread), each.best, each.worst,
            )
        )  # fmt: skip
    return text.getvalue()


def _figure(value: float | None) -> str:
    """Four decimals, and never a minus before nothing."""
    return "" if value is None else f"{round(value, 4) + 0.0:.4f}"


def _short(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}"


def _report(found: Calibration, without: int, *, low_is_good: bool) -> Iterator[str]:
    """What the table does not say by itself."""
    scores = sum(member.scores for member in found.members)
    yield _(
        "%(jurors)d jurors, %(dossiers)d dossiers, %(scores)d scores. The model takes a score as the worth "
        "of the dossier, plus the habit of the juror, plus chance.",
        jurors=len(found.members), dossiers=len(found.standings), scores=scores,
    )  # fmt: skip
    if without:
        yield ngettext(
            "%(num)d row without a score is left out.", "%(num)d rows without a score are left out.", without
        )
    if found.shrinkage is None:
        yield _("These scores show no strict or lenient juror beyond chance: the model gives the raw means.")
    if found.parts > 1:
        yield _(
            "The jurors fall into %(parts)d sets that share no dossier. Habits are compared inside each set "
            "only.",
            parts=found.parts,
        )  # fmt: skip
    for member in found.members:
        yield _habit(member, low_is_good=low_is_good)
    yield from _ties(ties(found))
    for first, second in moved(found):
        yield _(
            "Turned round: %(first)s comes before %(second)s by the model and after it by the raw mean.",
            first=first.dossier, second=second.dossier,
        )  # fmt: skip
    yield _(
        "%(steady)d of %(dossiers)d dossiers keep their place whichever juror is left out.",
        steady=sum(1 for each in found.standings if each.steady), dossiers=len(found.standings),
    )  # fmt: skip


def _habit(member: Member, *, low_is_good: bool) -> str:
    """One juror: habit, interval, and a word where the interval leaves no doubt."""
    if member.scores == 1:
        return _(
            "%(juror)s: 0. A single score cannot tell a strict juror from a weak dossier.",
            juror=member.juror,
        )
    figures = {"juror": member.juror, "offset": _short(member.offset), "scores": member.scores}
    if member.low is None or member.high is None:
        return _("%(juror)s: %(offset)s, from %(scores)d scores.", **figures)
    figures |= {"low": _short(member.low), "high": _short(member.high)}
    if member.low <= 0 <= member.high:
        return _("%(juror)s: %(offset)s (%(low)s to %(high)s), from %(scores)d scores.", **figures)
    if (member.offset > 0) == low_is_good:
        return _("%(juror)s: %(offset)s (%(low)s to %(high)s), from %(scores)d scores. Strict.", **figures)
    return _("%(juror)s: %(offset)s (%(low)s to %(high)s), from %(scores)d scores. Lenient.", **figures)


def _ties(found: list[Tie]) -> Iterator[str]:
    """Pairs that different jurors scored first: there the model has something to go by."""
    apart = [tie for tie in found if tie.only_first and tie.only_second]
    if apart:
        yield ngettext(
            "The raw mean ties %(num)d pair that different jurors scored. The model orders it by the habits "
            "of those who scored each:",
            "The raw mean ties %(num)d pairs that different jurors scored. The model orders them by the "
            "habits of those who scored each:",
            len(apart),
        )
    for tie in apart:
        yield "  " + _(
            "%(first)s before %(second)s, raw mean %(mean)s: the jurors of %(first)s score %(lift)s from the "
            "panel, those of %(second)s %(other)s. Only %(first)s was scored by %(only)s, only %(second)s by "
            "%(rest)s.",
            first=tie.first.dossier, second=tie.second.dossier, mean=f"{float(tie.first.raw):.2f}",
            lift=f"{tie.first.lift:+.3f}", other=f"{tie.second.lift:+.3f}",
            only=", ".join(tie.only_first), rest=", ".join(tie.only_second),
        )  # fmt: skip
    for tie in found:
        if tie not in apart:
            yield _nested(tie)


def _nested(tie: Tie) -> str:
    """Two equals of which every juror of one scored the other."""
    named = {"first": tie.first.dossier, "second": tie.second.dossier, "mean": f"{float(tie.first.raw):.2f}"}
    more = tie.only_first or tie.only_second
    if not more:
        return _(
            "Equal for the raw mean (%(mean)s) and scored by the same jurors: %(first)s and %(second)s. The "
            "model has no reason to order them either.",
            **named,
        )
    return _(
        "Equal for the raw mean (%(mean)s): %(first)s and %(second)s. The same jurors scored both, but for "
        "%(jurors)s: the order of the model hangs on that alone.",
        **named, jurors=", ".join(more),
    )  # fmt: skip
