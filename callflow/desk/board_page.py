"""The page of a selection board: bars, quotas, pages of the lists, and what one change would do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.decisions import changing, queries
from callflow.decisions.board import OPEN, Pot, Table
from callflow.decisions.changing import Effect, Held, Sums
from callflow.decisions.models import Board
from callflow.desk import kept
from callflow.desk.board import Project, Twin, call_of, projects_of, refuse_conflict
from callflow.desk.board_kept import KIND, Figures, Listed, Row, shelf, work_of
from callflow.people.models import User

VIEWS = ("", "hand", "open")
"""Of a list: all of it, what was changed by hand, what is to be prepared."""


@dataclass(frozen=True)
class Wanted:
    """Which page of which lot somebody looks at, of what; the other lots begin where people work."""

    lot: str = ""
    page: int = 1
    view: str = ""


@dataclass(frozen=True)
class Bar:
    """An envelope: what it holds, gives and keeps, in euro or days. ``before`` is what was left earlier."""

    key: str
    name: Twin
    kind: str
    whole: Decimal
    given: Decimal
    left: Decimal
    short: Decimal
    before: Decimal | None = None


@dataclass(frozen=True)
class QuotaLine:
    """A quota and how far it is met."""

    name: Twin
    least: int
    most: int | None
    number: int
    met: bool


@dataclass(frozen=True)
class Shown:
    """A project in the list of its lot: its figures, and the project as it is now. ``below`` names the
    criteria under their minimum, ``changed`` is the change by hand that stands.
    """

    row: Row
    project: Project
    below: Sequence[Twin] = ()
    changed: Mapping[str, Any] | None = None

    @property
    def open(self) -> bool:
        """Nothing is prepared for it, as far as the board knows."""
        return self.row.state == OPEN

    @property
    def score(self) -> Decimal:
        return points(self.row.total)

    @property
    def cost(self) -> Decimal:
        return of_cents(self.row.cost)

    @property
    def days(self) -> Decimal:
        return of_cents(self.row.days or 0)

    @property
    def summed(self) -> Decimal | None:
        return None if self.row.summed is None else of_cents(self.row.summed)


@dataclass(frozen=True)
class Part:
    """A page of the list of one lot; ``counts`` says by view how long the list is."""

    lot: Lot
    figures: Listed
    rows: Sequence[Shown]
    page: int
    pages: int
    counts: Mapping[str, int]

    @property
    def in_money(self) -> bool:
        return self.lot.envelope is not None

    @property
    def long(self) -> bool:
        """Whether the whole list has more than a page."""
        return kept.pages_of(self.counts[""]) > 1

    @property
    def left(self) -> Decimal:
        return of_cents(self.figures.left)

    @property
    def after(self) -> Decimal | None:
        return None if self.figures.after is None else of_cents(self.figures.after)


@dataclass(frozen=True)
class BoardPage:
    """The newest board of a call. Without ``reading`` its figures are being worked out."""

    call: Call
    lots: Sequence[Lot]
    board: Board | None
    reading: kept.Reading[Figures, Row] | None
    bars: Sequence[Bar]
    quotas: Sequence[QuotaLine]
    parts: Sequence[Part]
    told: Sequence[tuple[str, str]]
    names: Mapping[int, str]
    view: str = ""

    @property
    def number(self) -> int:
        """Of the newest board, or zero."""
        return self.board.number if self.board else 0

    @property
    def sums(self) -> Sums | None:
        """What the selection comes to."""
        return self.reading.head.sums if self.board and self.reading else None

    @property
    def changed(self) -> int:
        """How many things are not what went in any more."""
        return self.reading.head.changed if self.reading else 0

    @property
    def gap(self) -> Decimal | None:
        """By how many points the best selection could be better; None for a plain rule."""
        gap = self.reading.head.gap if self.reading else None
        return None if gap is None else points(gap)

    @property
    def to_prepare(self) -> int:
        """Projects for which the board says what to prepare and nothing is prepared."""
        return self.reading.head.to_prepare if self.reading else 0


def points(total: int) -> Decimal:
    """A sum of scores as people read it, in percent."""
    return Decimal(total).scaleb(-4)


def of_cents(amount: int) -> Decimal:
    """Euro, or days where hundredths of them were counted."""
    return Decimal(amount).scaleb(-2)


def page_of(actor: Actor, reference: str, wanted: Wanted = Wanted()) -> BoardPage:
    """The page, in a fixed number of statements whatever the size of the call. Raises NotFound; Refused for
    somebody who has a conflict of interest with one of the projects.
    """
    call = call_of(actor, reference)
    refuse_conflict(actor, call)
    lots = sorted(call.lots, key=lambda lot: lot.position)
    board = queries.newest_board(call.id, whole=False)
    kind = replace(KIND, work=lambda _actor, _call_id: work_of(call))
    found = kept.read_parts(kind, actor, call.id, lambda head: _pages(head, wanted))
    if found is None or not _same(found[0].head, board):
        return BoardPage(call, lots, board, None, (), (), (), (), _names(board), wanted.view)
    reading, leaves = found
    head = reading.head
    refs = {row.ref for leaf in leaves.values() for row in leaf.rows} | {ref for _, ref in head.stale if ref}
    projects = projects_of(actor, call, refs)
    shown = _shown(call, board, projects)
    parts = [
        _part(lot, reading, leaves[part_of(lot.key, wanted.view)], shown)
        for lot in lots
        if lot.key in head.lots
    ]
    told = [(code, projects[ref].title if ref in projects else ref) for code, ref in head.stale]
    return BoardPage(
        call, lots, board, reading, bars_of(call, head.table, head.sums),
        quotas_of(call, head.table, head.sums), parts, told, _names(board), wanted.view,
    )  # fmt: skip


def _same(head: Figures, board: Board | None) -> bool:
    """Whether the figures are of this very board: in a large call they can be of the one before."""
    return (head.number, head.version) == ((board.number, board.version) if board else (0, 0))


def part_of(lot: str, view: str) -> str:
    """The name of a list."""
    return f"{lot} {view}" if view else lot


def _pages(head: Figures, wanted: Wanted) -> dict[str, int]:
    """Of each lot the page that is asked for, else the one with the budget line."""
    return {
        part_of(key, wanted.view): wanted.page if key == wanted.lot else 1 if wanted.view else each.page
        for key, each in head.lots.items()
    }


def _shown(call: Call, board: Board | None, projects: Mapping[str, Project]) -> Callable[[Row], Shown | None]:
    """What makes a line of the page from its figures; none of what this person does not see any more."""
    titles = {each.key: each.title for each in call.criteria}
    changes = {each["ref"]: each for each in board.changes} if board else {}

    def show(row: Row) -> Shown | None:
        if row.ref not in projects:
            return None
        below = [titles[key] for key in row.below if key in titles]
        return Shown(row, projects[row.ref], below, changes.get(row.ref))

    return show


def _part(
    lot: Lot, reading: kept.Reading[Figures, Row], leaf: kept.Leaf[Row], show: Callable[[Row], Shown | None]
) -> Part:
    counts = {view: reading.counts.get(part_of(lot.key, view), 0) for view in VIEWS}
    rows = [shown for row in leaf.rows if (shown := show(row))]
    return Part(lot, reading.head.lots[lot.key], rows, leaf.page, leaf.pages, counts)


def bars_of(call: Call, table: Table, sums: Sums, before: Sums | None = None) -> list[Bar]:
    """A bar for each pot, money first."""
    names: dict[str, Twin] = {}
    for lot in call.lots:
        names |= {f"lot:{lot.key}": lot.name, f"days:{lot.key}": lot.name}
        names |= {f"joint:{lot.joint.key}": lot.joint.name} if lot.joint else {}
    pots = [pot for pot in table.pots if pot.key in names]
    order = {"lot": 0, "joint": 1, "days": 2}
    pots.sort(key=lambda pot: order[_kind(pot)])
    return [_bar(pot, names[pot.key], sums, before) for pot in pots]


def _kind(pot: Pot) -> str:
    return pot.key.split(":", 1)[0]


def _bar(pot: Pot, name: Twin, sums: Sums, before: Sums | None) -> Bar:
    return Bar(
        pot.key, name, _kind(pot), of_cents(pot.capacity), of_cents(sums.given[pot.key]),
        of_cents(sums.left[pot.key]), of_cents(sums.short.get(pot.key, 0)),
        None if before is None else of_cents(before.left[pot.key]),
    )  # fmt: skip


def quotas_of(call: Call, table: Table, sums: Sums) -> list[QuotaLine]:
    """Every quota that the board was worked out with."""
    names = {each.key: each.name for each in call.quotas}
    unmet = sums.unmet(table)
    return [
        QuotaLine(
            names.get(each.key, {"nl": each.key}), each.least, each.most, sums.numbers[each.key],
            each.key not in unmet,
        )
        for each in table.quotas
    ]  # fmt: skip


def _names(board: Board | None) -> dict[int, str]:
    ids = {board.made_by, board.applied_by} if board else set()
    ids |= {change["by"] for change in board.changes} if board else set()
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class ChangePage:
    """What one change of one project would do to a kept board."""

    call: Call
    board: Board
    project: Project
    lot: Lot
    held: Held
    choice: str
    amount: int | None
    effect: Effect
    bars: Sequence[Bar]
    quotas: Sequence[QuotaLine]
    titles: Mapping[str, str]

    @property
    def in_money(self) -> bool:
        """Whether the lot gives money: then the amount can change too."""
        return self.lot.envelope is not None

    @property
    def cost(self) -> Decimal:
        """What the project gets as the change would have it, in euro."""
        stands = self.held.stand.line.costs.get(f"lot:{self.lot.key}", 0)
        return of_cents(stands if self.amount is None else self.amount)


def change_page(
    actor: Actor, reference: str, ref: str, *, choice: str, amount: int | None, whole: bool = False
) -> ChangePage:
    """From the kept board alone, nothing is worked out anew. ``whole`` goes through all of it, as what is to
    be kept must; else what is kept of it is looked at, where it is. Raises NotFound.
    """
    call = call_of(actor, reference)
    board = queries.newest_board(call.id, whole=whole)
    if board is None:
        raise NotFound
    table, sums, held = _whole(call, ref) if whole else _looked_up(actor, call, board, ref)
    if choice not in changing.CHOICES:
        choice = "reserve" if held.stand.selected else "selected"
    lot = next(lot for lot in call.lots if lot.key == held.line.lot)
    limits = (_in_cents(lot.minimum_amount), _in_cents(lot.maximum_amount))
    wanted = {"ref": ref, "choice": choice, "amount": amount if choice == "selected" else None}
    effect = changing.effect(table, sums, held, wanted, limits)
    projects = projects_of(actor, call, [ref, *(passed for passed, _ in effect.first)])
    if ref not in projects:
        raise NotFound
    return ChangePage(
        call, board, projects[ref], lot, held, choice, amount, effect,
        bars_of(call, table, effect.after, effect.before), quotas_of(call, table, effect.after),
        {each: project.title for each, project in projects.items()},
    )  # fmt: skip


def _whole(call: Call, ref: str) -> tuple[Table, Sums, Held]:
    """From all that went in and came out. Raises NotFound."""
    board = queries.newest_board(call.id)
    table = Table.of(board.table) if board else None
    if board is None or table is None or ref not in {line.ref for line in table.lines}:
        raise NotFound
    return table, *changing.held_in(table, board.outcome, board.changes, ref)


def _looked_up(actor: Actor, call: Call, board: Board, ref: str) -> tuple[Table, Sums, Held]:
    """From what is kept of a large call, found by the reference. Raises NotFound."""
    part = shelf(ref)
    found = kept.read_parts(KIND, actor, call.id, lambda _head: {part: 1}, live=False)
    if found is None or not _same(found[0].head, board):
        return _whole(call, ref)
    head = found[0].head
    row = next((row for row in found[1][part].rows if row.ref == ref), None)
    if row is None:
        return _whole(call, ref)
    return head.table, head.sums, row.held(head.table.money[row.lot], head.lots[row.lot].out)


def _in_cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount.scaleb(2))
