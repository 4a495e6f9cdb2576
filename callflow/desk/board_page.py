"""The page of a selection board: bars, quotas, the list of each lot, and what one change would do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from callflow.calls.models import Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.decisions import changing, queries
from callflow.decisions.board import Line, Pot, Table, eligible
from callflow.decisions.changing import Effect, Stand, Sums
from callflow.decisions.models import Board
from callflow.desk.board import Live, Project, Twin, call_of, live
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.people.models import User


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
class Row:
    """A project in the list of its lot. ``summed`` is what all down to here cost together; ``last`` stands
    above the budget line.
    """

    stand: Stand
    project: Project
    place: int
    tied: bool
    cost: Decimal
    days: Decimal
    summed: Decimal | None
    last: bool = False

    @property
    def score(self) -> Decimal:
        return Decimal(self.stand.line.total).scaleb(-4)


@dataclass(frozen=True)
class Part:
    """The list of one lot. ``left`` is of its own money, ``after`` the cost of the first project below the
    budget line; ``too_small`` when not even the joint money reaches for the cheapest.
    """

    lot: Lot
    rows: Sequence[Row]
    in_money: bool
    left: Decimal
    after: Decimal | None
    too_small: bool


@dataclass(frozen=True)
class BoardPage:
    """The newest board of a call beside the call as it is now; ``stale`` says what changed in between."""

    live: Live
    board: Board | None
    bars: Sequence[Bar]
    quotas: Sequence[QuotaLine]
    parts: Sequence[Part]
    sums: Sums | None
    stale: Sequence[tuple[str, str]]
    names: Mapping[int, str]

    @property
    def number(self) -> int:
        """Of the newest board, or zero."""
        return self.board.number if self.board else 0

    @property
    def gap(self) -> Decimal | None:
        """By how many points the best selection could be better; None for a plain rule."""
        bound = self.board.outcome.get("bound") if self.board else None
        return None if bound is None or self.board is None else points(bound - self.board.outcome["score"])

    @property
    def to_prepare(self) -> int:
        """Projects for which the board says what to prepare and nothing is prepared."""
        return sum(
            row.stand.line.open and row.stand.outcome != "undecided"
            for part in self.parts
            for row in part.rows
        )


def points(total: int) -> Decimal:
    """A sum of scores as people read it, in percent."""
    return Decimal(total).scaleb(-4)


def page_of(actor: Actor, reference: str) -> BoardPage:
    """The page, in nine statements whatever the size of the call. Raises NotFound and Refused like live()."""
    now = live(actor, reference)
    board = queries.newest_board(now.call.id)
    table = now.table if board is None else Table.of(board.table)
    outcome = {"lines": {}} if board is None else board.outcome
    found = changing.stands(table, outcome, board.changes if board else ())
    known = {ref: stand for ref, stand in found.items() if ref in now.projects}
    sums = changing.sums(table, found.values())
    stale = changing.differences(table, now.table) if board and not board.applied_at else []
    return BoardPage(
        now, board, bars_of(now, table, sums), quotas_of(now, table, sums),
        [_part(now, lot, table, known, sums) for lot in now.lots], sums if board else None, stale,
        _names(board),
    )  # fmt: skip


def bars_of(now: Live, table: Table, sums: Sums, before: Sums | None = None) -> list[Bar]:
    """A bar for each pot, money first."""
    names: dict[str, Twin] = {f"joint:{joint.key}": joint.name for joint in now.joints}
    for lot in now.lots:
        names |= {f"lot:{lot.key}": lot.name, f"days:{lot.key}": lot.name}
    pots = [pot for pot in table.pots if pot.key in names]
    order = {"lot": 0, "joint": 1, "days": 2}
    pots.sort(key=lambda pot: order[_kind(pot)])
    return [_bar(pot, names[pot.key], sums, before) for pot in pots]


def _kind(pot: Pot) -> str:
    return pot.key.split(":", 1)[0]


def _bar(pot: Pot, name: Twin, sums: Sums, before: Sums | None) -> Bar:
    def euro(cents: int) -> Decimal:
        return Decimal(cents).scaleb(-2)

    return Bar(
        pot.key, name, _kind(pot), euro(pot.capacity), euro(sums.given[pot.key]), euro(sums.left[pot.key]),
        euro(sums.short.get(pot.key, 0)), None if before is None else euro(before.left[pot.key]),
    )  # fmt: skip


def quotas_of(now: Live, table: Table, sums: Sums) -> list[QuotaLine]:
    """Every quota that the board was worked out with."""
    names = {each.key: each.name for each in now.quotas}
    unmet = sums.unmet(table)
    return [
        QuotaLine(
            names.get(each.key, {"nl": each.key}), each.least, each.most, sums.numbers[each.key],
            each.key not in unmet,
        )
        for each in table.quotas
    ]  # fmt: skip


def _part(now: Live, lot: Lot, table: Table, found: Mapping[str, Stand], sums: Sums) -> Part:
    money = table.money.get(lot.key, "")
    mine = [stand for stand in found.values() if stand.line.lot == lot.key]
    titles = {ref: project.title.casefold() for ref, project in now.projects.items()}
    mine.sort(key=lambda each: ([-part for part in each.line.standing], titles[each.line.ref]))
    equals, first = Counter(each.line.standing for each in mine), dict[tuple[int, ...], int]()
    for place, each in enumerate(mine, start=1):
        first.setdefault(each.line.standing, place)
    chosen = [number for number, each in enumerate(mine) if each.selected]
    outside = [each for each in mine if not each.selected and eligible(each.line, table)]
    rows, summed = [], Decimal(0)
    for number, each in enumerate(mine):
        cost = _euro(each.line, money)
        counts = each.selected or eligible(each.line, table)
        summed += cost if counts else 0
        rows.append(
            Row(
                each, now.projects[each.line.ref], first[each.line.standing],
                equals[each.line.standing] > 1, cost, _euro(each.line, f"days:{lot.key}"),
                summed if counts else None, last=bool(chosen) and number == chosen[-1] and bool(outside),
            )
        )  # fmt: skip
    after = [_euro(each.line, money) for each in outside]
    room = Decimal(sums.left.get(money, 0) + sum(sums.left[j] for j in _behind(table, money))).scaleb(-2)
    own = Decimal(sums.left.get(money, 0)).scaleb(-2)
    return Part(
        lot, rows, lot.envelope is not None, own, after[0] if after else None,
        too_small=bool(after) and not chosen and min(after) > room,
    )  # fmt: skip


def _behind(table: Table, money: str) -> list[str]:
    return [pot.spills for pot in table.pots if pot.key == money and pot.spills]


def _euro(line: Line, key: str) -> Decimal:
    return Decimal(line.costs.get(key, 0)).scaleb(-2)


def _names(board: Board | None) -> dict[int, str]:
    ids = {board.made_by, board.applied_by} if board else set()
    ids |= {change["by"] for change in board.changes} if board else set()
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class ChangePage:
    """What one change of one project would do to a kept board."""

    live: Live
    board: Board
    project: Project
    stand: Stand
    choice: str
    amount: int | None
    limits: tuple[int | None, int | None]
    effect: Effect
    bars: Sequence[Bar]
    quotas: Sequence[QuotaLine]
    titles: Mapping[str, str]

    @property
    def in_money(self) -> bool:
        """Whether the lot gives money: then the amount can change too."""
        return self.live.lot(self.stand.line.lot).envelope is not None

    @property
    def cost(self) -> Decimal:
        """What the project gets as the change would have it."""
        money = Table.of(self.board.table).money[self.stand.line.lot]
        return Decimal(self.amount if self.amount is not None else self.stand.line.costs[money]).scaleb(-2)


def change_page(actor: Actor, reference: str, ref: str, *, choice: str, amount: int | None) -> ChangePage:
    """From the kept board alone: six statements, nothing is worked out anew. Raises NotFound."""
    call = call_of(actor, reference)
    board = queries.newest_board(call.id)
    table = Table.of(board.table) if board else None
    if board is None or table is None or ref not in {line.ref for line in table.lines}:
        raise NotFound
    stand = changing.stands(table, board.outcome, board.changes)[ref]
    if choice not in changing.CHOICES:
        choice = "reserve" if stand.selected else "selected"
    lots = sorted(call.lots, key=lambda lot: lot.position)
    joints = list({lot.joint.id: lot.joint for lot in lots if lot.joint}.values())
    now = Live(call, lots, joints, call.quotas, call.criteria, table)
    lot = now.lot(stand.line.lot)
    limits = (_in_cents(lot.minimum_amount), _in_cents(lot.maximum_amount))
    wanted = {"ref": ref, "choice": choice, "amount": amount if choice == "selected" else None}
    effect = changing.effect(table, board.outcome, board.changes, wanted, limits)
    titles = _titles(actor, [ref, *(line.ref for line in effect.passed[:5])])
    return ChangePage(
        now, board, titles[0], stand, choice, amount, limits, effect,
        bars_of(now, table, effect.after, effect.before), quotas_of(now, table, effect.after),
        {project.reference: project.title for project in titles},
    )  # fmt: skip


def _in_cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount.scaleb(2))


def _titles(actor: Actor, refs: Sequence[str]) -> list[Project]:
    """The projects themselves, as far as this person may see them; NotFound when not the first."""
    rows = db.session.scalars(
        select(Dossier).where(Dossier.reference.in_(refs), visible_to(actor, P.scores_view))
    )
    found = {
        each.reference: Project(each.reference, each.title, each.language, "", each.version, str(each.state))
        for each in rows
    }
    if refs[0] not in found:
        raise NotFound
    return [found[ref] for ref in refs if ref in found]
