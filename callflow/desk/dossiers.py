"""The coordinator's list: searched, filtered, sorted by any column, as quick on its last page as on any."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.search import folded
from callflow.desk.counts import Counts, counted, reached
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import barred, visible_to
from callflow.dossiers.states import State
from callflow.filing.models import StaffNote, Tag, Tagged
from callflow.people.models import Group
from callflow.territory.models import Municipality

SIZE = 50
FEW = 500
"""Dossiers that hold a word: up to so many are sorted, more are met soon enough in the order of the list."""
LOOKED_UP = 12
"""To look a dossier up takes as long as to pass by so many in an index."""
NOBODY, MINE = "none", "me"
COLUMNS = {
    "submitted": Dossier.submitted_at,
    "title": Dossier.title_key,
    "reference": Dossier.reference,
    "total": Dossier.total_percent,
    "requested": Dossier.requested,
}
"""Sorted by an index each; the columns in GROUPED by parts, each part in the order of submission."""
GROUPED = {"state": Dossier.state, "lot": Dossier.lot_id, "handler": Dossier.handler_id}


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see. ``handler`` is an id, NOBODY or MINE; ``sort`` a column, - for downward;
    ``tag`` the id of one.
    """

    q: str = ""
    lot: int | None = None
    states: tuple[State, ...] = ()
    handler: str = ""
    tag: int | None = None
    sort: str = "-submitted"
    page: int = 1

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def down(self) -> bool:
        return self.sort.startswith("-")

    @property
    def narrowed(self) -> bool:
        """Whether more is asked than the counts by state, lot and handler can answer."""
        return bool(self.q.strip()) or self.tag is not None


@dataclass(frozen=True)
class Line:
    """One dossier of the list; ``tags`` are ids, ``notes`` how many the staff made."""

    reference: str
    title: str
    language: str
    place: str
    lot_id: int
    state: State
    told: bool
    total_percent: Decimal | None
    scores_given: int
    requested: Decimal | None
    submitted_at: datetime
    handler_id: int | None
    tags: Sequence[int] = ()
    notes: int = 0


@dataclass(frozen=True)
class Listing:
    """A page of the list. ``counts`` are those of the whole call, for the lists above it."""

    lines: Sequence[Line]
    total: int
    page: int
    last: int
    counts: Counts


def listing(actor: Actor, call: CallLine, asked: Asked, *, handlers: Sequence[int] = ()) -> Listing:
    """One page, in two statements; three when words are looked for and sorted by parts, or turned beyond.

    ``handlers`` are ids of case handlers in the order of their names.
    """
    counts = counted(actor, [call.id])
    if asked.q and asked.column not in GROUPED:
        return _searched(actor, call, asked, counts)
    fitting = _fitting(actor, call, asked) if asked.narrowed else counts
    cells = {key: number for key, number in fitting.cells.items() if fits(key, asked, actor)}
    total = sum(cells.values())
    page, last = _within(asked.page, total)
    span = ((page - 1) * SIZE, min(SIZE, total - (page - 1) * SIZE))
    parts = _parts(asked, Counts(cells), call, handlers) if asked.column in GROUPED else []
    walked = total * total * LOOKED_UP > counts.total() * (span[0] + SIZE)
    rows = _rows(actor, call.id, asked, parts=parts, total=total, span=span, walked=walked) if total else []
    return Listing([_line(row) for row in rows], total, page, last, counts)


def _fitting(actor: Actor, call: CallLine, asked: Asked) -> Counts:
    words = [found_by(asked.q)] if asked.q.strip() else []
    return counted(actor, [call.id], *words, tag=asked.tag)


def _searched(actor: Actor, call: CallLine, asked: Asked, counts: Counts) -> Listing:
    """Words are looked for once: each row says how many there are. Beyond the last page, the last is read."""
    rows = _found(actor, call.id, asked, asked.page)
    if not rows and asked.page > 1:
        first = _found(actor, call.id, asked, 1)
        beyond = _within(asked.page, first[0].total if first else 0)[0]
        rows = first if beyond == 1 else _found(actor, call.id, asked, beyond)
    total = rows[0].total if rows else 0
    page, last = _within(asked.page, total)
    return Listing([_line(row) for row in rows], total, page, last, counts)


def _within(page: int, total: int) -> tuple[int, int]:
    """The page that there is for the one asked for, and the last."""
    last = max(1, -(-total // SIZE))
    return min(max(page, 1), last), last


def _found(actor: Actor, call_id: int, asked: Asked, page: int) -> Sequence[Row[Any]]:
    query = _by_words(actor, call_id, replace(asked, q="", page=1))
    values = {"size": SIZE, "start": (page - 1) * SIZE, "inside": pattern(asked.q)}
    return db.session.execute(query, values | {"few": FEW}).all()


@lru_cache(maxsize=256)
def _by_words(actor: Actor, call_id: int, asked: Asked) -> Select[*tuple[Any, ...]]:
    """Kept as the others; the words themselves are given when it is carried out.

    What holds them is found in an index that holds all that is asked. Few are sorted; of many the page is
    soon full in the order of the list, where a rare word would be looked for in every row. The way that is
    not taken is not begun.
    """
    where = (Dossier.call_id == call_id, reached(actor), *_wanted(actor, asked), found_by())
    hits = select(Dossier.id).where(*where).cte("hits")
    number = select(func.count()).select_from(hits).scalar_subquery()
    order = _order(COLUMNS[asked.column], down=asked.down)
    listed = select(Dossier.id).where(~barred(actor)).order_by(*order)
    size, start, few = (bindparam(name, type_=Integer) for name in ("size", "start", "few"))
    pages = (  # a limit of nought begins nothing, where a condition would be asked at every row
        listed.where(Dossier.id.in_(select(hits.c.id))).limit(case((number <= few, size), else_=0)),
        listed.where(*where).limit(case((number > few, size), else_=0)),
    )
    chosen = union_all(*(select(each.offset(start).subquery()) for each in pages)).subquery()
    hidden = select(func.count()).select_from(Dossier).where(*where, barred(actor))
    total = number - hidden.correlate(None).scalar_subquery()
    return _full(chosen).add_columns(total.label("total")).order_by(*order)


def found_by(words: str | None = None) -> ColumnElement[bool]:
    """What pattern() makes of the words: in the title, the reference, the village, or what the group is
    found by.

    Without words here, ``inside`` is given when the statement is carried out.
    """
    inside = bindparam("inside", type_=String) if words is None else literal(pattern(words))
    groups = select(Group.id).where(Group.search_key.like(inside))
    return or_(Dossier.search_key.like(inside), Dossier.group_id.in_(groups))


def pattern(words: str) -> str:
    """For LIKE: these words in a row, anywhere; accents, capitals and signs do not count. What holds neither
    letter nor figure stands nowhere.
    """
    return f"%{folded(words) or '-'}%"


def asked_for(actor: Actor, call_id: int, asked: Asked, *, walked: bool = False) -> list[ColumnElement[bool]]:
    """Everything that a dossier must be to stand in this list; ``walked`` where it is met in the order of the
    list rather than looked up by its tag.
    """
    seen = visible_to(actor, P.scores_view)
    return [Dossier.call_id == call_id, seen, *_wanted(actor, asked, walked=walked)]


def _wanted(actor: Actor, asked: Asked, *, walked: bool = False) -> list[ColumnElement[bool]]:
    """What is asked for of what one may see."""
    found = _narrower(asked, walked=walked)
    if asked.lot is not None:
        found.append(Dossier.lot_id == asked.lot)
    if asked.states:
        found.append(Dossier.state.in_(asked.states))
    if asked.handler == NOBODY:
        found.append(Dossier.handler_id.is_(None))
    elif asked.handler:
        found.append(Dossier.handler_id == _handler(asked, actor))
    return found


def _narrower(asked: Asked, *, walked: bool) -> list[ColumnElement[bool]]:
    """What the words and the tag that are asked for leave."""
    found = [found_by(asked.q)] if asked.q.strip() else []
    if asked.tag is not None:
        number = Dossier.id + 0 if walked else Dossier.id  # no index finds a sum
        found.append(number.in_(carriers(asked.tag)))
    return found


def carriers(tag_id: int) -> Select[int]:
    """The dossiers with a tag; none once it was taken away from the call."""
    held = (Tagged.tag_id == tag_id, Tag.removed_at.is_(None))
    return select(Tagged.dossier_id).join(Tag, Tag.id == Tagged.tag_id).where(*held)


def _handler(asked: Asked, actor: Actor) -> int | None:
    if asked.handler == MINE:
        return actor.id
    return None if asked.handler == NOBODY else int(asked.handler)


def fits(key: tuple[int, State, int, int | None], asked: Asked, actor: Actor) -> bool:
    """Whether what is counted under this key is asked for, words and tags not looked at."""
    _, state, lot_id, handler_id = key
    return (
        (not asked.states or state in asked.states)
        and (asked.lot is None or lot_id == asked.lot)
        and (not asked.handler or handler_id == _handler(asked, actor))
    )


def _rows(
    actor: Actor,
    call_id: int,
    asked: Asked,
    *,
    parts: list["_Part"],
    total: int,
    span: tuple[int, int],
    walked: bool,
) -> Sequence[Row[Any]]:
    """``span[1]`` rows from ``span[0]`` on; what lies in the second half is read from the end. ``walked`` as
    for asked_for().
    """
    start, size = span
    turned = start > total // 2
    start = total - start - size if turned else start
    if parts:
        chosen = _from_parts(parts, asked_for(actor, call_id, asked), (start, size), turned=turned)
        return db.session.execute(_full(chosen).order_by(chosen.c.part, *_newest_first(turned=False))).all()
    query = _by_column(actor, call_id, replace(asked, page=1), turned=turned, walked=walked)
    return db.session.execute(query, {"size": size, "start": start}).all()


@lru_cache(maxsize=256)
def _by_column(
    actor: Actor, call_id: int, asked: Asked, *, turned: bool, walked: bool
) -> Select[*tuple[Any, ...]]:
    """Kept for a person who turns pages: putting it together takes longer than reading fifty rows."""
    column = COLUMNS[asked.column]
    order = _order(column, down=asked.down is not turned)
    size, start = bindparam("size", type_=Integer), bindparam("start", type_=Integer)
    where = asked_for(actor, call_id, asked, walked=walked)
    chosen = select(Dossier.id).where(*where).order_by(*order).limit(size).offset(start).subquery()
    return _full(chosen).order_by(*_order(column, down=asked.down))


def _order(column: InstrumentedAttribute[Any], *, down: bool) -> tuple[ColumnElement[Any], ...]:
    """Without a value comes last downward and first upward, on both databases."""
    if down:
        return column.desc().nulls_last(), Dossier.id.desc()
    return column.asc().nulls_first(), Dossier.id.asc()


def _newest_first(*, turned: bool) -> tuple[ColumnElement[Any], ...]:
    return _order(Dossier.submitted_at, down=not turned)


@dataclass(frozen=True)
class _Part:
    """The dossiers with one value of a grouped column: its place among the parts, and how many there are."""

    place: int
    condition: ColumnElement[bool]
    number: int


def _parts(asked: Asked, cells: Counts, call: CallLine, handlers: Sequence[int]) -> list[_Part]:
    """States in the order of the procedure, lots in that of the call, handlers by name and nobody last."""
    column = GROUPED[asked.column]
    known: dict[str, list[Any]] = {
        "state": list(State), "lot": list(call.lots), "handler": [*handlers, None],
    }  # fmt: skip
    values = known[asked.column]
    numbers = cells.by({"state": 1, "lot": 2, "handler": 3}[asked.column])
    values += [value for value in numbers if value not in values]
    ordered = reversed(values) if asked.down else values
    return [
        _Part(place, column.is_(None) if value is None else column == value, numbers[value])
        for place, value in enumerate(ordered)
        if numbers[value]
    ]


def _from_parts(
    parts: list[_Part], where: list[ColumnElement[bool]], span: tuple[int, int], *, turned: bool
) -> Subquery:
    """Ids of ``span[1]`` dossiers after ``span[0]`` with the place of their part; ``turned`` from the end."""
    start, size = span
    pieces = []
    for part in reversed(parts) if turned else parts:
        taken = min(size, part.number - start)
        if taken > 0:
            query = select(Dossier.id, literal(part.place).label("part")).where(*where, part.condition)
            piece = query.order_by(*_newest_first(turned=turned)).limit(taken).offset(start).subquery()
            pieces.append(select(piece.c.id, piece.c.part))
            size -= taken
        start = max(0, start - part.number)
        if not size:
            break
    return union_all(*pieces).subquery()


_TAGS = (
    select(func.aggregate_strings(cast(Tagged.tag_id, String), ","))
    .where(Tagged.dossier_id == Dossier.id)
    .correlate(Dossier)
    .scalar_subquery()
)
_NOTES = (
    select(func.count())
    .where(StaffNote.dossier_id == Dossier.id, StaffNote.removed_at.is_(None))
    .correlate(Dossier)
    .scalar_subquery()
)
"""Of the rows of a page only: both look into an index once a row, inside the one statement."""


def _full(chosen: Subquery) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.lot_id,
            Dossier.state,
            Dossier.shown_state, Dossier.total_percent, Dossier.scores_given, Dossier.requested,
            Dossier.submitted_at, Dossier.handler_id, Municipality.country, Municipality.name_nl,
            Municipality.name_fr, _TAGS.label("tags"), _NOTES.label("notes"),
        )
        .join(chosen, chosen.c.id == Dossier.id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
    )  # fmt: skip


def _line(row: Row[Any]) -> Line:
    town = row.name_nl if row.country == "BE" else row.name_fr
    return Line(
        row.reference, row.title, row.language, place_of(row.village, town, row.country), row.lot_id,
        row.state,
        row.state is row.shown_state, row.total_percent, row.scores_given, row.requested, row.submitted_at,
        row.handler_id, [int(each) for each in row.tags.split(",")] if row.tags else (), row.notes,
    )  # fmt: skip


def place_of(village: str, town: str | None, country: str | None) -> str:
    """Village, municipality when it has another name, and country: "Pollinkhove, Lo-Reninge (BE)"."""
    named = ", ".join(dict.fromkeys(part for part in (village, town or "") if part))
    return f"{named} ({country})" if named and country else named
