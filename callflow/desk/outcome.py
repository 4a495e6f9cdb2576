"""What became of dossiers: decisions, conditions, hearings, agreements; for one page or for a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from callflow.agreements.models import Payee, PayeeChange, ProjectAgreement
from callflow.applications.models import Attachment
from callflow.core import clock
from callflow.core.db import db
from callflow.decisions.models import Condition, Decision, Hearing
from callflow.decisions.states import DecisionState, Fulfilment
from callflow.dossiers.states import State


@dataclass(frozen=True)
class Demand:
    """A condition with the proofs that the group added."""

    condition: Condition
    proofs: Sequence[Attachment] = ()

    @property
    def met(self) -> bool:
        return self.condition.fulfilment is Fulfilment.met

    @property
    def late(self) -> bool:
        """Its day has passed and it is not met: shown, nothing more."""
        return not self.met and self.condition.due_on < clock.today()

    @property
    def to_prove(self) -> bool:
        """The group has to do something about it."""
        unmet = self.condition.fulfilment is Fulfilment.unmet
        return unmet or (not self.met and not self.proofs)

    @property
    def to_judge(self) -> bool:
        """The coordinator has to look at it."""
        return self.condition.fulfilment is Fulfilment.open and bool(self.proofs)


@dataclass(frozen=True)
class Outcome:
    """``decisions`` newest first; ``demands`` are those of the one that holds; ``hearing`` the last one;
    ``payee`` who is paid now, ``change`` what the group asks about that and is not settled.
    """

    decisions: Sequence[Decision] = ()
    demands: Sequence[Demand] = ()
    hearing: Hearing | None = None
    agreement: ProjectAgreement | None = None
    payee: Payee | None = None
    change: PayeeChange | None = None

    @property
    def agreed(self) -> ProjectAgreement | None:
        """The agreement that holds or is being made."""
        return self.agreement if self.agreement and self.agreement.ended_at is None else None

    @property
    def current(self) -> Decision | None:
        """The last one, told or not."""
        return next((each for each in self.decisions if each.current), None)

    @property
    def standing(self) -> Decision | None:
        """What the group was told and what holds."""
        holding = (each for each in self.decisions if each.state is DecisionState.released)
        return next((each for each in holding if each.ended_at is None), None)

    @property
    def offer(self) -> Decision | None:
        """An offer that nobody has answered."""
        found = self.standing
        return found if found and found.answer_by is not None and found.answered_at is None else None

    @property
    def heard(self) -> Hearing | None:
        """A hearing that is open."""
        return self.hearing if self.hearing and self.hearing.closed_at is None else None


NOTHING = Outcome()


def outcome_of(dossier_id: int, *, told: bool = False) -> Outcome:
    """Of one dossier; ``told`` leaves out what its group does not know."""
    return outcomes_of([dossier_id], told=told).get(dossier_id, NOTHING)


def outcomes_of(ids: Sequence[int], *, told: bool = False) -> Mapping[int, Outcome]:
    """Of these dossiers, in one statement; in three where some have conditions."""
    if not ids:
        return {}
    found = _Found()
    for decision, hearing, agreement, payee, change in db.session.execute(
        _decisions(told=told), {"dossiers": list(ids)}
    ):
        found.decisions.setdefault(decision.dossier_id, []).append(decision)
        if hearing is not None:
            found.hearings[decision.dossier_id] = hearing
        found.agreements[decision.dossier_id] = (agreement, payee, change)
    conditional = [
        dossier_id
        for dossier_id, decisions in found.decisions.items()
        if any(each.outcome is State.selected_with_conditions for each in decisions)
    ]
    if conditional:
        _load_demands(conditional, found)
    return {each: found.outcome(each) for each in found.decisions}


@lru_cache(maxsize=2)
def _decisions(*, told: bool) -> Select[*tuple[Any, ...]]:
    """Newest first, each with the last hearing, the agreement and the payee of its dossier; kept, since it
    takes long to put together.
    """
    chosen: BindParameter[int] = bindparam("dossiers", expanding=True)
    other = aliased(Hearing)
    under_way = and_(PayeeChange.ended_at.is_(None), ProjectAgreement.ended_at.is_(None))
    last = select(func.max(other.id)).where(other.dossier_id == Decision.dossier_id).scalar_subquery()
    query = (
        select(Decision, Hearing, ProjectAgreement, Payee, PayeeChange)
        .select_from(Decision)
        .outerjoin(Hearing, Hearing.id == last)
        .outerjoin(ProjectAgreement, ProjectAgreement.dossier_id == Decision.dossier_id)
        .outerjoin(Payee, and_(Payee.dossier_id == Decision.dossier_id, Payee.replaced_at.is_(None)))
        .outerjoin(PayeeChange, and_(PayeeChange.agreement_id == ProjectAgreement.id, under_way))
        .where(Decision.dossier_id.in_(chosen))
        .options(joinedload(Decision.resolution))
        .order_by(Decision.number.desc())
    )
    return query.where(Decision.state == DecisionState.released) if told else query


@dataclass
class _Found:
    decisions: dict[int, list[Decision]] = field(default_factory=dict)
    hearings: dict[int, Hearing] = field(default_factory=dict)
    conditions: dict[int, list[Condition]] = field(default_factory=dict)
    proofs: dict[str, list[Attachment]] = field(default_factory=dict)
    agreements: dict[int, tuple[ProjectAgreement | None, Payee | None, PayeeChange | None]] = field(
        default_factory=dict
    )

    def outcome(self, dossier_id: int) -> Outcome:
        without = Outcome(self.decisions[dossier_id], (), self.hearings.get(dossier_id))
        holds = without.standing or next(iter(without.decisions))
        demands = [
            Demand(each, self.proofs.get(each.field, ())) for each in self.conditions.get(holds.id, [])
        ]
        return Outcome(without.decisions, demands, without.hearing, *self.agreements[dossier_id])


def _load_demands(ids: Sequence[int], found: _Found) -> None:
    conditions = (
        select(Condition)
        .join(Decision, Decision.id == Condition.decision_id)
        .where(Decision.dossier_id.in_(ids))
        .order_by(Condition.position)
    )
    for each in db.session.scalars(conditions):
        found.conditions.setdefault(each.decision_id, []).append(each)
    proofs = select(Attachment).where(
        Attachment.dossier_id.in_(ids), Attachment.field.like("condition-%"), Attachment.removed_at.is_(None)
    )
    for proof in db.session.scalars(proofs.order_by(Attachment.id)):
        found.proofs.setdefault(proof.field, []).append(proof)
