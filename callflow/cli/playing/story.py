"""What a play is about: the ideas of real lists, with an amount that their lot could give."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from callflow.applications.imports import columns
from callflow.applications.imports.columns import Names
from callflow.calls.models import Call, Lot
from callflow.cli.playing import lines
from callflow.core import tables
from callflow.core.spreadsheet import unguard
from callflow.core.tables import TableError

NAMES: Names = {
    **{name: columns.ROLES[name] for name in ("title", "summary", "amount")},
    "language": columns.PLACING["language"],
}
SMALLEST = Decimal(100)


@dataclass(frozen=True)
class Story:
    """One idea as it will be told. ``amount`` is in euro, also where the lot gives none: then it fills the
    budget.
    """

    title: str
    summary: str
    language: str
    lot_id: int
    municipality: str | None
    amount: Decimal


def told(content: bytes, call: Call, *, limit: int | None, dice: Random) -> Iterator[Story]:
    """The first ``limit`` ideas of a list. Each goes to a lot whose authority speaks its language, in turn.

    Raises TableError when the file is no list of ideas.
    """
    table = tables.read(content, NAMES)
    if "title" not in table.columns:
        raise TableError("table_column_missing", columns="title", header=", ".join(table.header))
    for number, line in enumerate(table.lines()):
        if number == limit:
            return
        cell = {name: unguard(line.cells.get(name, "")) for name in NAMES}
        if not cell["title"].strip():
            raise TableError("row_without_title", line=line.number)
        language = _language(cell["language"] or columns.spoken(table, "title") or "", call)
        lot = _lot(call, language, number)
        summary = cell["summary"].strip() or _summary(cell["title"], language, dice)
        yield Story(
            cell["title"], summary, language, lot.id, _place(lot, dice), scaled(cell["amount"], lot, dice)
        )


def _language(said: str, call: Call) -> str:
    code = said.strip().casefold()[:2]
    return code if code in call.languages else call.languages[0]


def _lot(call: Call, language: str, number: int) -> Lot:
    spoken: Sequence[Lot] = [lot for lot in call.lots if lot.authority.language == language] or call.lots
    return spoken[number % len(spoken)]


def _place(lot: Lot, dice: Random) -> str | None:
    codes = sorted(each.code for each in lot.area)
    return dice.choice(codes) if codes else None


def _summary(title: str, language: str, dice: Random) -> str:
    start = lines.word("summary_start", language).format(title=title)
    return f"{start} {lines.sentences(language, dice, longest=400)}"


def scaled(cost: str, lot: Lot, dice: Random) -> Decimal:
    """The cost of a city's idea as a village would ask it: divided by ten until the lot's maximum covers it.

    Rounded down to whole euro, raised to the lot's minimum. An idea without a cost gets one by dice.
    """
    most = lot.maximum_amount or Decimal(10_000)
    least = lot.minimum_amount or SMALLEST
    try:
        amount = abs(Decimal(cost.strip() or dice.randint(int(least), int(most))))
    except ArithmeticError:
        amount = most
    while amount > most:
        amount /= 10
    return max(Decimal(int(amount)), least).quantize(Decimal("0.01"))
