"""To whom a text for many would go: how many groups read which language, and what is left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, select, union_all

from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.trail import canonical
from callflow.core.twin import LANGUAGES
from callflow.desk import kept
from callflow.desk.dossiers import Asked, asked_for, fits
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State
from callflow.filing.models import Tag, Tagged
from callflow.messages.queries import long_over
from callflow.messages.rules import closed_for
from callflow.messages.states import Side
from callflow.people.models import Group, Membership, User

NAMED = 50
"""Dossiers that are named as left out; of more there is the number."""
_LANGUAGE = func.coalesce(Group.language, Dossier.language)


@dataclass(frozen=True)
class Addressed:
    """A dossier that a text for many would go to; ``open`` says whether it can be written to."""

    reference: str
    title: str
    language: str
    group_id: int | None
    why_not: str | None

    @property
    def open(self) -> bool:
        return self.why_not is None


@dataclass(frozen=True)
class Cell:
    """So many dossiers that stand alike, whose groups read this language; of those with a tag, or of all."""

    state: State
    lot_id: int
    handler_id: int | None
    tag_id: int | None
    language: str
    closed: bool
    number: int


@dataclass(frozen=True)
class Cells:
    """All dossiers of a call, and again those with each tag."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Recipients:
    """``languages`` counts those that can be written to; ``left_out`` names the first that cannot, of
    ``closed``. ``reading`` says how old the numbers are, where they were not counted just now.
    """

    languages: Mapping[str, int]
    closed: int
    left_out: Sequence[Addressed]
    reading: kept.Reading[Cells, None] | None = None

    @property
    def number(self) -> int:
        return sum(self.languages.values())


def recipients(actor: Actor, call: CallLine, asked: Asked, named: Sequence[str] = ()) -> Recipients:
    """The numbers of those named, else of all that a list finds, in a fixed number of statements;
    those left out are looked for where there are any.
    """
    where = [Dossier.call_id == call.id, Dossier.reference.in_(named)]
    where = where if named else asked_for(actor, call.id, asked, walked=True)
    # words leave few: they are counted on the spot
    live = named or asked.q.strip()
    reading = None if live else kept.read(KIND, actor, call.id, lots=call.lots)
    cells = reading.head.cells if reading else _cells(_seen(actor, where))
    chosen = [
        cell for cell in cells
        if not reading
        or (cell.tag_id == asked.tag and _fits(cell, call, asked, actor))
    ]  # fmt: skip
    found = Counter[str]()
    for cell in chosen:
        found[cell.language] += 0 if cell.closed else cell.number
    closed = sum(cell.number for cell in chosen if cell.closed)
    return Recipients(_in_order(found), closed, _left_out(actor, where) if closed else [], reading)


def _fits(cell: Cell, call: CallLine, asked: Asked, actor: Actor) -> bool:
    return fits((call.id, cell.state, cell.lot_id, cell.handler_id), asked, actor)


def of_all(found: Sequence[Addressed]) -> Recipients:
    """The same from all dossiers themselves, as they are read before anything is sent."""
    left_out = [each for each in found if not each.open]
    languages = Counter(each.language for each in found if each.open)
    return Recipients(_in_order(languages), len(left_out), left_out[:NAMED])


def _in_order(found: Mapping[str, int]) -> dict[str, int]:
    known = [*LANGUAGES, *sorted(found.keys() - set(LANGUAGES))]
    return {code: found[code] for code in known if found.get(code)}


def _seen(actor: Actor, where: Sequence[ColumnElement[bool]]) -> Select[int]:
    return select(Dossier.id).where(visible_to(actor, P.message_office), *where)


def _cells(chosen: Select[int], *, tags: bool = False) -> tuple[Cell, ...]:
    """These dossiers by all that can be asked for, and again for each tag that they carry: one statement."""
    columns = (
        Dossier.state, Dossier.lot_id, Dossier.handler_id, _LANGUAGE.label("language"),
        long_over(clock.now()).label("closed"),
    )  # fmt: skip
    here = select(*columns).outerjoin(Group, Group.id == Dossier.group_id).where(Dossier.id.in_(chosen))
    carried = here.add_columns(Tag.id).join(Tagged, Tagged.dossier_id == Dossier.id)
    carried = carried.join(Tag, Tag.id == Tagged.tag_id).where(Tag.removed_at.is_(None))
    without = here.add_columns(null().label("tag_id"))
    rows = (union_all(without, carried) if tags else without).subquery()
    counted = select(*rows.c, func.count().label("number")).group_by(*rows.c)
    return tuple(
        Cell(row.state, row.lot_id, row.handler_id, row.tag_id, row.language, row.closed, row.number)
        for row in db.session.execute(counted)
    )


def _work(actor: Actor, call_id: int) -> kept.Work[Cells, None]:
    whole = [Dossier.call_id == call_id, visible_to(actor, P.scores_view)]
    return kept.Work(Cells(_cells(_seen(actor, whole), tags=True)))


# thirty days after its end a dossier can no longer be written to, whatever happens meanwhile
KIND = kept.Kind(
    "recipients", Cells, type(None), _work, (Role.coordinator,), (P.message_office, P.scores_view),
    by_clock=True,
)  # fmt: skip


def _left_out(actor: Actor, where: Sequence[ColumnElement[bool]]) -> list[Addressed]:
    """The first that can no longer be written to, read along the index of the states in which that is."""
    query = _addressed().where(visible_to(actor, P.message_office), *where, long_over(clock.now()))
    rows = db.session.execute(query.order_by(Dossier.state, Dossier.submitted_at).limit(NAMED)).all()
    return [_line(row) for row in sorted(rows, key=lambda row: row.id)]


def addressed(actor: Actor, where: Sequence[ColumnElement[bool]]) -> list[Addressed]:
    """The dossiers that fit and that this person may write to, with the language of their group."""
    query = _addressed().where(visible_to(actor, P.message_office), *where)
    return [_line(row) for row in db.session.execute(query.order_by(Dossier.id))]


def _addressed() -> Select[*tuple[Any, ...]]:
    return select(
        Dossier.id, Dossier.reference, Dossier.title, Dossier.group_id, Dossier.state, Dossier.shown_state,
        Dossier.state_since, Dossier.submitted_at, _LANGUAGE.label("spoken"),
    ).outerjoin(Group, Group.id == Dossier.group_id)  # fmt: skip


def _line(row: Any) -> Addressed:
    code = closed_for(Side.office, row, clock.now())
    return Addressed(row.reference, row.title, row.spoken, row.group_id, code)


def digest_of(found: Sequence[Addressed]) -> str:
    """What tells a list of recipients from another: who gets it, and in which language."""
    said = [[each.reference, each.language] for each in found if each.open]
    return sha256(canonical(said).encode()).hexdigest()


def mailed(found: Sequence[Addressed]) -> int:
    """How many people read it: each member once for each dossier that is written to."""
    groups = [each.group_id for each in found if each.open and each.group_id is not None]
    query = (
        select(Membership.group_id, func.count())
        .join(User, User.id == Membership.user_id)
        .where(User.active, Membership.group_id.in_(set(groups)))
        .group_by(Membership.group_id)
    )
    members: dict[int, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return sum(members.get(group_id, 0) for group_id in groups)
