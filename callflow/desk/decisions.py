"""Decisions of a lot on their way: prepared, decided by the body, released, and what is in the way."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from callflow.calls.models import Call, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.core.trail import canonical
from callflow.core.workflow import Reason
from callflow.decisions import queries
from callflow.decisions.models import Decision, Resolution
from callflow.decisions.states import DecisionState
from callflow.desk.next import day_of
from callflow.desk.reserve import ReserveList, reserve_lists
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
class DecisionsPage:
    """The decisions of one lot. A digest changes with any decision that it is of."""

    lot: Lot
    prepared: Sequence[Pending]
    decided: Sequence[Pending]
    released: Sequence[Decision]
    prepared_digest: str
    decided_digest: str
    reserve: ReserveList
    resolutions: Sequence[Resolution]
    minuted: bool
    """Whether the minutes themselves may be read: somebody with a conflict in the lot does not get them."""

    @property
    def ready(self) -> Sequence[Pending]:
        """Those that can leave now."""
        return [each for each in self.decided if not each.reasons]


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
    for lot_id, state, number in db.session.execute(
        select(Decision.lot_id, Decision.state, func.count())
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .where(Decision.lot_id.in_([lot.id for lot in lots]), visible_to(actor, P.scores_view))
        .group_by(Decision.lot_id, Decision.state)
    ):
        numbers.setdefault(lot_id, {})[state] = number
    return [
        LotLine(
            lot.reference, lot.title, lot.key, lot.name, numbers.get(lot.id, {}), _whole(actor, lot.call_id),
            lot.id, day_of(lot.calendar, "decision_on"),
        )
        for lot in lots
    ]  # fmt: skip


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


def decisions_page(actor: Actor, reference: str, key: str) -> DecisionsPage:
    """The page of one lot, with what would stop this very person, or any signatory, from releasing."""
    lot = lot_of(actor, reference, key)
    found = queries.of_lot(lot.id, by=actor)
    tied = deciding.tied_in(found)
    names = _names({each.prepared_by for each in found if each.prepared_by is not None})

    def pending(state: DecisionState) -> list[Pending]:
        return [
            Pending(each, names.get(each.prepared_by or 0, ""), _against(each, actor, tied))
            for each in found
            if each.state is state
        ]

    released = [each for each in found if each.state is DecisionState.released]
    prepared, decided = pending(DecisionState.prepared), pending(DecisionState.decided)
    return DecisionsPage(
        lot, prepared, decided, released,
        digest_of([each.decision for each in prepared]), digest_of([each.decision for each in decided]),
        reserve_lists(actor, lot.call_id, lot_id=lot.id)[0], *_resolutions(actor, lot.id),
    )  # fmt: skip


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


def digest_of(decisions: Sequence[Decision]) -> str:
    """What somebody saw when they looked at these decisions."""
    table = [
        [each.id, each.outcome, str(each.amount), each.coaching_days, each.rank, str(each.valid_until)]
        for each in sorted(decisions, key=lambda decision: decision.id)
    ]
    return hashlib.sha256(canonical(table).encode()).hexdigest()[:16]


def _names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}
