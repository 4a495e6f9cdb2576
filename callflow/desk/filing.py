"""What the staff's list shows beside its rows: tags, saved views, loads; and the page of a step for many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P
from callflow.core.workflow import Reason
from callflow.desk.counts import CALLS, Counts, by_tag
from callflow.desk.dossiers import Asked, asked_for
from callflow.desk.scope import CallLine, calls_of
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State
from callflow.filing import queries
from callflow.filing.models import Tag
from callflow.filing.queries import TagLine
from callflow.lifecycle.bulk import Result

OVER = (
    State.draft, State.withdrawn, State.closed, State.not_selected, State.inadmissible, State.not_invited,
    State.lapsed, State.revoked,
)  # fmt: skip


@dataclass(frozen=True)
class Matching:
    """The dossiers that a list finds; the digest changes with any of them."""

    references: Sequence[str]

    @property
    def digest(self) -> str:
        return sha256(" ".join(sorted(self.references)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class CountedTag(TagLine):
    """A tag of a call and how many dossiers that one may see carry it."""

    number: int


@dataclass(frozen=True)
class BatchPage:
    """What became of each dossier of a step for many."""

    id: int
    call: CallLine
    deed: str
    value: str
    taken_at: datetime
    results: Sequence[Result]

    @property
    def done(self) -> list[Result]:
        return [each for each in self.results if each.done]

    @property
    def refused(self) -> list[Result]:
        return [each for each in self.results if not each.done]


def tags_of(actor: Actor, call_id: int) -> list[CountedTag]:
    """The tags of a call by name, in one statement."""
    rows = db.session.execute(_tags(actor), {"calls": [call_id]})
    return [CountedTag(row.id, row.name, row.colour, int(row.number)) for row in rows]


@lru_cache(maxsize=256)
def _tags(actor: Actor) -> Select[*tuple[Any, ...]]:
    told = by_tag(actor)
    return (
        select(Tag.id, Tag.name, Tag.colour, func.coalesce(func.sum(told.c.number), 0).label("number"))
        .outerjoin(told, told.c.tag_id == Tag.id)
        .where(Tag.call_id.in_(CALLS), Tag.removed_at.is_(None))
        .group_by(Tag.id)
        .order_by(Tag.name_key)
    )


def loads_of(counts: Counts) -> dict[int, int]:
    """By case handler, how many dossiers are theirs that are not over yet."""
    found: dict[int, int] = {}
    for (_, state, _, handler_id), number in counts.cells.items():
        if handler_id is not None and state not in OVER:
            found[handler_id] = found.get(handler_id, 0) + number
    return found


def matching(actor: Actor, call: CallLine, asked: Asked, *, most: int) -> Matching:
    """Every dossier that the list finds, not only those of its page; one more than ``most`` says too many."""
    query = select(Dossier.reference).where(*asked_for(actor, call.id, asked)).limit(most + 1)
    return Matching(db.session.scalars(query).all())


def batch_page(actor: Actor, batch_id: int) -> BatchPage:
    """A step for many that this person took, three statements. Titles only of what they may still see."""
    batch = queries.batch_of(batch_id, by=actor)
    call = next((each for each in calls_of(actor) if each.id == batch.call_id), None)
    if call is None:
        raise NotFound
    titles = _titles([reference for reference, _ in batch.results], actor)
    results = [
        Result(reference, titles.get(reference, ""), [Reason(code, given) for code, given in reasons])
        for reference, reasons in batch.results
    ]
    return BatchPage(batch.id, call, batch.deed, batch.value, batch.taken_at, results)


def _titles(references: Sequence[str], actor: Actor) -> Mapping[str, Any]:
    query = select(Dossier.reference, Dossier.title).where(
        Dossier.reference.in_(references), visible_to(actor, P.scores_view)
    )
    return {row.reference: row.title for row in db.session.execute(query)}
