"""Decisions of a lot on their way: prepared, decided by the body, released, and what is in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.core.workflow import Reason
from callflow.decisions import queries
from callflow.decisions.models import Decision, Resolution
from callflow.decisions.states import DecisionState
from callflow.desk import kept
from callflow.desk.decisions_kept import Figures, Lots, Row, digest_of, kind_of, part_of
from callflow.desk.next import day_of
from callflow.desk.reserve import Waiting, waiting
from callflow.desk.scope import STAFF, reach
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import barred, visible_to
from callflow.lifecycle import decision as deciding
from callflow.people.models import User


@dataclass(frozen=True)
class LotLine:
    """A lot with the number of its decisions by state."""

    call: str
    call_title: dict[str, str]
    key: str
    name: dict[str, str]
    numbers: dict[DecisionState, int]
    whole: bool = False
    """Whether this person works on the whole call: then its selection board is theirs too."""
    id: int = 0
    call_id: int = 0
    decision_on: date | None = None

    @property
    def prepared(self) -> int:
        return self.numbers.get(DecisionState.prepared, 0)

    @property
    def decided(self) -> int:
        return self.numbers.get(DecisionState.decided, 0)

    @property
    def released(self) -> int:
        return self.numbers.get(DecisionState.released, 0)


@dataclass(frozen=True)
class Pending:
    """A decision that is not released yet; ``reasons`` are what keeps it from being so. Nobody's name stands
    at an offer that the clock prepared.
    """

    decision: Decision
    prepared_by: str
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True)
class Leaf:
    """One page of the decisions in one state: ``total`` in all; ``digest`` of those on the page, where there
    are more, and ``whole`` of all of them.
    """

    rows: Sequence[Pending] = ()
    page: int = 1
    pages: int = 1
    total: int = 0
    digest: str = ""
    whole: str = ""

    @property
    def shown(self) -> str:
        """The ids on this page, where there are others on another."""
        return " ".join(str(each.decision.id) for each in self.rows) if self.pages > 1 else ""


@dataclass(frozen=True)
class DecisionsPage:
    """The decisions of one lot; ``ready`` counts the letters that this person could release now. Without
    ``reading`` they are being looked through.
    """

    lot: Lot
    reading: kept.Reading[Lots, Row] | None
    prepared: Leaf
    decided: Leaf
    released: Leaf
    ready: int
    reserve: Waiting
    resolutions: Sequence[Resolution]
    minuted: bool
    """Whether the minutes themselves may be read: somebody with a conflict in the lot does not get them."""


def lots_of(actor: Actor) -> list[LotLine]:
    """The lots that this person works on as staff with what they may see there, newest call first: two
    statements.
    """
    lots = db.session.execute(
        select(Lot.id, Lot.key, Lot.name, Lot.call_id, Call.reference, Call.title, Call.calendar)
        .join(Call, Call.id == Lot.call_id)
        .where(reach(actor, STAFF))
        .order_by(Call.opens_at.desc(), Call.id.desc(), Lot.position)
    ).all()
    numbers: dict[int, dict[DecisionState, int]] = {}
    for lot_id, state, number in db.session.execute(_numbers(actor, [lot.id for lot in lots])):
        held = numbers.setdefault(lot_id, {})
        held[state] = held.get(state, 0) + number
    return [
        LotLine(
            lot.reference, lot.title, lot.key, lot.name, numbers.get(lot.id, {}), _whole(actor, lot.call_id),
            lot.id, lot.call_id, day_of(lot.calendar, "decision_on"),
        )
        for lot in lots
    ]  # fmt: skip


def _numbers(actor: Actor, lots: Sequence[int]) -> Any:
    """By lot and state, from an index alone; what a conflict hides is few, and taken off again. Whoever looks
    as somebody else may see less than a lot: then each dossier is looked at.
    """
    columns = (Decision.lot_id, Decision.state)
    every = select(*columns, func.count()).where(Decision.lot_id.in_(lots)).group_by(*columns)
    of_dossiers = every.join(Dossier, Dossier.id == Decision.dossier_id)
    if actor.behind is not None:
        return of_dossiers.where(visible_to(actor, P.scores_view))
    hidden = of_dossiers.with_only_columns(*columns, -func.count()).where(barred(actor))
    return union_all(every, hidden)


def _whole(actor: Actor, call_id: int) -> bool:
    """Whether a role among the staff reaches all of a call."""
    return any(
        grant.role in STAFF and (grant.kind == "all" or (grant.kind == "call" and grant.id == call_id))
        for grant in actor.grants
    )


def lot_of(actor: Actor, reference: str, key: str, *, lock: bool = False) -> Lot:
    """A lot with call and authority. ``lock`` takes its row. Raises NotFound out of the actor's reach."""
    query = select(Lot).join(Call, Call.id == Lot.call_id).where(Call.reference == reference, Lot.key == key)
    if lock:
        db.session.execute(query.with_only_columns(Lot.id).with_for_update(of=Lot, key_share=True))
    lot = db.session.scalar(query.options(joinedload(Lot.call), joinedload(Lot.authority)))
    if lot is None or not may(actor, P.scores_view, lot):
        raise NotFound
    return lot


def decisions_page(
    actor: Actor,
    reference: str,
    key: str,
    pages: Mapping[DecisionState, int] | None = None,
    reserve_page: int = 1,
) -> DecisionsPage:
    """Of one lot one page of each state, with what would stop this very person, or any signatory, from
    releasing.
    """
    lot = lot_of(actor, reference, key)
    asked = {part_of(key, state): (pages or {}).get(state, 1) for state in DecisionState}
    lots = db.session.scalars(select(Lot.id).where(Lot.call_id == lot.call_id)).all()
    found = kept.read_parts(kind_of(lot), actor, lot.call_id, lambda _head: asked, lots=lots)
    figures = found[0].head.lots.get(key) if found else None
    leaves, counts = (found[1], found[0].counts) if found and figures else ({}, {})
    shown = _shown(actor, leaves)
    prepared, decided, released = (
        _leaf(part_of(key, state), leaves, counts, shown) for state in DecisionState
    )
    return DecisionsPage(
        lot, found[0] if found and figures else None,
        _seen(prepared, figures.prepared if figures else ""),
        _seen(decided, figures.decided if figures else ""),
        released, _ready(actor, lot, figures),
        waiting(actor, lot, reserve_page, lots=lots), *_resolutions(actor, lot.id),
    )  # fmt: skip


def _shown(actor: Actor, leaves: Mapping[str, kept.Leaf[Row]]) -> dict[int, Pending]:
    """The decisions of these pages that this person may see now, by id: three statements."""
    rows = {row.id: row for leaf in leaves.values() for row in leaf.rows}
    found = queries.these(list(rows), by=actor)
    tied = frozenset(each.dossier_id for each in found if rows[each.id].tied)
    names = _names({each.prepared_by for each in found if each.prepared_by is not None})
    return {
        each.id: Pending(
            each, names.get(each.prepared_by or 0, ""),
            _against(each, actor, tied) if each.state is not DecisionState.released else (),
        )
        for each in found
    }  # fmt: skip


def _leaf(
    part: str, leaves: Mapping[str, kept.Leaf[Row]], counts: Mapping[str, int], shown: Mapping[int, Pending]
) -> Leaf:
    leaf = leaves.get(part, kept.Leaf())
    rows = [shown[row.id] for row in leaf.rows if row.id in shown]
    return Leaf(rows, leaf.page, leaf.pages, counts.get(part, 0))


def _seen(leaf: Leaf, whole: str) -> Leaf:
    """With the digests by which a form knows that somebody saw what is there."""
    digest = digest_of([each.decision for each in leaf.rows]) if leaf.pages > 1 else whole
    return replace(leaf, digest=digest, whole=whole)


def _ready(actor: Actor, lot: Lot, figures: Figures | None) -> int:
    """Letters that can leave now, those left out that this person may not release though others may."""
    if figures is None:
        return 0
    own = figures.ready.get(str(actor.id), 0) if may(actor, P.decision_release, lot) else 0
    return sum(figures.ready.values()) - own


def ready_among(actor: Actor, decisions: Sequence[Decision], tied: frozenset[int]) -> list[Decision]:
    """Those of which nothing keeps this person from releasing the letter."""
    return [each for each in decisions if not _against(each, actor, tied)]


def _resolutions(actor: Actor, lot_id: int) -> tuple[Sequence[Resolution], bool]:
    """What the body of a lot decided so far, newest first, but for what it decided of hidden dossiers alone;
    and whether nothing in the lot is hidden: one statement.
    """
    of_it = select(Decision.id).where(Decision.resolution_id == Resolution.id)
    seen = of_it.join(Dossier, Dossier.id == Decision.dossier_id).where(visible_to(actor, P.scores_view))
    rows = db.session.execute(
        select(Resolution, _hides(actor, lot_id).label("hides"))
        .where(Resolution.lot_id == lot_id, or_(~exists(of_it), exists(seen)))
        .order_by(Resolution.decided_on.desc(), Resolution.id.desc())
    ).all()
    return [row.Resolution for row in rows], not any(row.hides for row in rows)


def _hides(actor: Actor, lot_id: int) -> ColumnElement[bool]:
    """Whether a conflict hides something of this lot."""
    return exists(select(Dossier.id).where(Dossier.lot_id == lot_id, barred(actor)).correlate(None))


def sees_all_of(actor: Actor, lot: Lot) -> bool:
    """Whether no conflict hides anything of this lot from this person, in whichever state it is."""
    return not db.session.scalar(select(_hides(actor, lot.id)))


def resolution_of(actor: Actor, reference: str, key: str, number: int, *, lock: bool = False) -> Resolution:
    """What the body decided, with its minutes. Raises NotFound, also for who may not see all of the lot."""
    lot = lot_of(actor, reference, key, lock=lock)
    if not sees_all_of(actor, lot):
        raise NotFound
    return queries.resolution(lot, number)


def _against(decision: Decision, actor: Actor, tied: frozenset[int]) -> list[Reason]:
    """The guards of the release, asked in advance; who may not release is not told to send somebody else."""
    step = deciding.workflow().steps_from(DecisionState.decided)["release"]
    found = step.reasons_against(deciding.case_of(decision, actor, tied=tied))
    releases = may(actor, P.decision_release, decision.dossier)
    spared = set() if releases else {"same_person", "same_recorder"}
    if decision.state is DecisionState.prepared:
        spared.add("resolution_missing")  # everything in this state waits for the body: no news
    return [reason for reason in found if reason.code not in spared]


def _names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}
