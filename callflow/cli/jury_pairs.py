"""Reading a table of jurors and dossiers with affinity and conflict, every mistake with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from callflow.cli import sheets, words
from callflow.cli.naming import Names
from callflow.core.tables import Line, Problem, TableError
from callflow.jury.assignment import LARGEST, Pair

COLUMNS = {"juror": (), "dossier": ("reference",), "affinity": (), "conflict": ()}
CONFLICT = {"1", "yes", "true", "x", "ja", "oui", "vrai", "waar", "y", "j", "o"}
NONE = {"", "0", "no", "false", "nee", "neen", "non", "faux", "onwaar", "n", "-"}
DECIMALS = 6


@dataclass
class Table:
    """What was read so far, by juror and dossier."""

    affinities: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    conflicts: set[tuple[str, str]] = field(default_factory=set)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @property
    def decimals(self) -> int:
        """The most decimals that an affinity has."""
        return max((_decimals(value) for value in self.affinities.values()), default=0)

    def pairs(self) -> list[Pair]:
        """Every pair, its affinity as a whole number of the smallest decimal."""
        unit = self.decimals
        return [
            Pair(juror, dossier, int(value.scaleb(unit)), (juror, dossier) in self.conflicts)
            for (juror, dossier), value in self.affinities.items()
        ]


def read(file: Path) -> Table:
    """The pairs of the file, all of them right; else an exit with every error."""
    table = Table()
    problems: list[Problem] = []
    try:
        for line in sheets.lines(file, COLUMNS):
            problems += _row(line, table)
    except TableError as error:
        raise words.refuse_table(error) from None
    problems += _too_large(table)
    if problems:
        raise words.refuse_rows(problems)
    if not table.affinities:
        raise words.refuse_table(TableError("table_no_rows"))
    return table


def _row(line: Line, table: Table) -> Iterator[Problem]:
    """What is wrong with a row; a right one is added to the table."""
    (juror, wrong), (dossier, also) = (table.names.read(line, name) for name in ("juror", "dossier"))
    if line.spare:
        yield Problem(line.number, "spare_cells", {"count": line.spare, "delimiter": ","})
    yield from (*wrong, *also)
    first = table.lines.setdefault((juror, dossier), line.number)
    if juror and dossier and first != line.number:
        yield Problem(line.number, "pair_twice", {"juror": juror, "dossier": dossier, "first": first})
    conflict = line.cells["conflict"].strip().casefold()
    if conflict not in CONFLICT | NONE:
        yield Problem(line.number, "conflict_wrong", {"value": line.cells["conflict"].strip()[:60]})
    if conflict in CONFLICT:
        table.conflicts.add((juror, dossier))
    try:
        table.affinities[juror, dossier] = _affinity(line.cells["affinity"], conflict=conflict in CONFLICT)
    except sheets.BadNumber as error:
        yield Problem(line.number, error.code, error.parameters)


def _affinity(text: str, *, conflict: bool) -> Decimal:
    """A number from zero; a pair with a conflict needs none."""
    if conflict and not text.strip():
        return Decimal(0)
    value = sheets.number(text, column="affinity", money=False)
    if value < 0:
        raise sheets.BadNumber("affinity_negative", value=text.strip())
    if _decimals(value) > DECIMALS:
        raise sheets.BadNumber("affinity_decimals", value=text.strip()[:60], most=DECIMALS)
    return value


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _too_large(table: Table) -> Iterator[Problem]:
    """Sums must stay exact: figures before and behind the point share seven places."""
    unit = table.decimals
    most = Decimal(LARGEST).scaleb(-unit)
    for pair, value in table.affinities.items():
        if value > most:
            told = {"value": f"{value:f}", "most": f"{most:f}", "decimals": unit}
            yield Problem(table.lines[pair], "affinity_large", told)
