"""The figures of a selection board: sums, and the list of each lot with what a change of one would be judged
by. Worked out at once in a small call, kept in a large one (desk/kept.py).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.decisions import changing, queries
from callflow.decisions.board import GRANTED, OPEN, Line, Table, eligible
from callflow.decisions.changing import Held, Stand, Sums, best_first, stays_out
from callflow.desk import kept
from callflow.desk.board import Live, live_of

TOLD = 12
"""So many of the things that changed since are named."""
SHELVES = 256
"""Lists in which a project is found by its reference: even a call of ten thousand has a page in each."""


@dataclass(frozen=True)
class Row:
    """A project in the list of its lot. ``summed`` is what all down to here cost together, none for who is
    not eligible, of whom the first is ``cut``; ``last`` stands above the budget line.

    ``proposed`` and ``reason`` are what the rule said, ``asked`` the cost that went in; ``higher`` says how
    many projects rank higher in the lot and stay out. Amounts in cents, days in hundredths.
    """

    ref: str
    lot: str
    place: int
    tied: bool
    total: int
    state: str
    outcome: str
    why: str
    by_hand: bool
    cost: int
    days: int | None
    summed: int | None
    last: bool
    cut: bool
    below: tuple[str, ...]
    quotas: tuple[str, ...]
    proposed: str
    reason: str
    asked: int
    higher: int

    def line(self, money: str, cost: int) -> Line:
        """Its line in the table with this cost, without what breaks ties: nothing is ranked by it."""
        days = f"days:{self.lot}"
        costs = ({days: self.days} if self.days is not None else {}) | {money: cost}
        return Line(self.ref, self.lot, self.total, (), self.below, costs, self.quotas, self.state)

    @property
    def selected(self) -> bool:
        """Whether it takes money."""
        return self.outcome == "selected" or self.state in GRANTED

    def held(self, money: str, out: Sequence[tuple[str, int]]) -> Held:
        """What a change of it is looked at by; ``out`` are the best in the lot that stay out."""
        stand = Stand(self.line(money, self.cost), self.outcome, self.why, self.by_hand)
        line = self.line(money, self.asked)
        return Held(stand, line, (self.proposed, self.reason), self.higher, out[: self.higher])


@dataclass(frozen=True)
class Listed:
    """The list of a lot. ``left`` is of its own money, ``after`` the cost of the first project below the
    budget line, which is on ``page``; ``too_small`` when not even the joint money reaches for the cheapest;
    ``out`` names the best that stay out.
    """

    left: int
    after: int | None
    too_small: bool
    page: int
    out: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Figures:
    """Of the board with this number and version, or of the call without one. ``table`` is what went in but
    for its lines; ``stale`` is what changed since, the first of ``changed``.
    """

    number: int
    version: int
    table: Table
    sums: Sums
    gap: int | None
    stale: tuple[tuple[str, str], ...]
    changed: int
    to_prepare: int
    lots: dict[str, Listed]


def shelf(ref: str) -> str:
    """The list in which a project is found by its reference."""
    return f"shelf {crc32(ref.encode()) % SHELVES}"


def _work(_actor: Actor, call_id: int) -> kept.Work[Figures, Row]:
    """The same for whoever may open the board: nothing is hidden from them."""
    lots = selectinload(Call.lots).options(joinedload(Lot.joint))
    query = select(Call).where(Call.id == call_id)
    return work_of(
        db.session.scalars(query.options(selectinload(Call.criteria), selectinload(Call.quotas), lots)).one()
    )


def work_of(call: Call) -> kept.Work[Figures, Row]:
    """Of a call with its lots, quotas and criteria."""
    now, board = live_of(call), queries.newest_board(call.id)
    table = now.table if board is None else Table.of(board.table)
    outcome = {"lines": {}} if board is None else board.outcome
    found = changing.stands(table, outcome, board.changes if board else ())
    sums = changing.sums(table, found.values())
    stale = changing.differences(table, now.table) if board and not board.applied_at else []
    known = [stand for ref, stand in found.items() if ref in now.projects]
    lists = {lot.key: _listed(now, lot, table, known, sums) for lot in now.lots}
    figures = Figures(
        board.number if board else 0, board.version if board else 0, replace(table, lines=()), sums,
        outcome["bound"] - outcome["score"] if "bound" in outcome else None,
        tuple(stale[:TOLD]), len(stale),
        sum(
            now.projects[stand.line.ref].state == OPEN and stand.line.open and stand.outcome != "undecided"
            for stand in known
        ),
        {key: listed for key, (listed, _) in lists.items()},
    )  # fmt: skip
    lines = {line.ref: line for line in table.lines}
    parts: dict[str, list[Row]] = {}
    for key, (_, rows) in lists.items():
        every = [_proposed(row, lines[row.ref], table, outcome["lines"]) for row in rows]
        parts |= _parts(key, every)
        for row in every:
            parts.setdefault(shelf(row.ref), []).append(row)
    return kept.Work(figures, parts)


def _parts(lot: str, rows: list[Row]) -> dict[str, list[Row]]:
    """The whole list, what was changed by hand, and what is not prepared where some is."""
    still = [row for row in rows if row.state == OPEN]
    parts = {lot: rows, f"{lot} hand": [row for row in rows if row.by_hand]}
    return parts | ({f"{lot} open": still} if 0 < len(still) < len(rows) else {})


def _proposed(row: Row, line: Line, table: Table, said: Mapping[str, Sequence[str]]) -> Row:
    """With what the rule said of a project that somebody changed."""
    if not row.by_hand:
        return row
    proposed, reason = said.get(row.ref, (line.state, "prepared"))
    return replace(row, proposed=proposed, reason=reason, asked=line.costs.get(table.money[line.lot], 0))


def _listed(
    now: Live, lot: Lot, table: Table, known: Sequence[Stand], sums: Sums
) -> tuple[Listed, list[Row]]:
    money = table.money.get(lot.key, "")
    titles = {ref: project.title.casefold() for ref, project in now.projects.items()}
    mine = best_first(
        sorted((each for each in known if each.line.lot == lot.key), key=lambda each: titles[each.line.ref])
    )
    fit = [each.selected or eligible(each.line, table) for each in mine]
    outside = [each for each, fits in zip(mine, fit, strict=True) if fits and not each.selected]
    chosen = [number for number, each in enumerate(mine) if each.selected]
    last = chosen[-1] if chosen and outside else None
    rows = _rows(mine, fit, money, last)
    after = [each.line.costs.get(money, 0) for each in outside]
    behind = sum(sums.left[pot.spills] for pot in table.pots if pot.key == money and pot.spills)
    own = sums.left.get(money, 0)
    out = [(each.line.ref, each.line.total) for each in _by_reference(mine) if stays_out(each)]
    listed = Listed(
        own, after[0] if after else None, bool(after) and not chosen and min(after) > own + behind,
        0 if last is None else last // kept.PAGE + 1, tuple(out[: changing.FIRST]),
    )  # fmt: skip
    return listed, rows


def _by_reference(mine: Sequence[Stand]) -> list[Stand]:
    """Best first; equals as they stand in the table."""
    return best_first(sorted(mine, key=lambda each: each.line.ref))


def _rows(mine: Sequence[Stand], fit: Sequence[bool], money: str, last: int | None) -> list[Row]:
    equals, first = Counter(each.line.standing for each in mine), dict[tuple[int, ...], tuple[int, int]]()
    rows, summed, out, cut = [], 0, 0, True
    for number, (each, fits) in enumerate(zip(mine, fit, strict=True)):
        line = each.line
        place, higher = first.setdefault(line.standing, (number + 1, out))
        cost = line.costs.get(money, 0)
        summed += cost if fits else 0
        rows.append(
            Row(
                line.ref, line.lot, place, equals[line.standing] > 1, line.total, line.state, each.outcome,
                each.why, each.by_hand, cost, line.costs.get(f"days:{line.lot}"), summed if fits else None,
                number == last, cut and not fits, line.below, line.quotas, each.outcome, each.why, cost,
                higher,
            )
        )  # fmt: skip
        out += stays_out(each)
        cut = cut and fits
    return rows


KIND = kept.Kind("board", Figures, Row, _work, (Role.coordinator, Role.signatory))
