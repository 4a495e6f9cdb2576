"""The selection board of a call: what it is worked out from now, and how the one that was kept stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.applications.models import Answer
from callflow.calls import queries as calls
from callflow.calls.models import Call, CallQuota, JointEnvelope, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound, Refused
from callflow.core.permissions import P, may
from callflow.decisions.board import GRANTED, Line, Number, Pot, Table
from callflow.decisions.models import Decision
from callflow.desk.dossiers import place_of
from callflow.desk.ranking import RANKED, means_of
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Kind
from callflow.territory.models import Municipality

Twin = Mapping[str, str]


@dataclass(frozen=True)
class Project:
    """What the board shows of a project beside its line in the table."""

    reference: str
    title: str
    language: str
    where: str
    version: int
    state: str


@dataclass(frozen=True)
class Live:
    """A call as it stands now: the table that a board is worked out from, and what its lines are called."""

    call: Call
    lots: Sequence[Lot]
    joints: Sequence[JointEnvelope]
    quotas: Sequence[CallQuota]
    table: Table
    projects: Mapping[str, Project] = field(default_factory=dict)


def call_of(actor: Actor, reference: str, *, lock: bool = False) -> Call:
    """A call whose selection this person works on as a whole. ``lock`` takes its lots, its history, its row.

    Raises NotFound.
    """
    query = select(Call).where(Call.reference == reference)
    if lock:
        calls.lock_money(select(Lot.id).join(Call).where(Call.reference == reference))
        calls.hold_history(Call.reference == reference)
        db.session.execute(query.with_only_columns(Call.id).with_for_update(of=Call, key_share=True))
    call = db.session.scalar(
        query.options(
            joinedload(Call.trail),
            selectinload(Call.criteria),
            selectinload(Call.quotas),
            selectinload(Call.lots).options(joinedload(Lot.authority), joinedload(Lot.joint)),
        ).execution_options(populate_existing=True)
    )
    if call is None or not may(actor, P.scores_view, call):
        raise NotFound
    return call


def live(actor: Actor, reference: str, *, lock: bool = False) -> Live:
    """The call and its table now, in a fixed number of statements. Raises NotFound, and Refused for somebody
    who has a conflict of interest.
    """
    call = call_of(actor, reference, lock=lock)
    refuse_conflict(actor, call)
    return live_of(call)


def refuse_conflict(actor: Actor, call: Call) -> None:
    """A selection is of all projects: Refused for who may not see one of them; a statement from their own
    conflicts, for who looks as somebody else from those of both.

    In whichever state what is hidden stands: were the board open until it is scored, the closing would tell
    that it was.
    """
    people = [actor.id] if actor.behind is None else [actor.id, actor.behind.id]
    hidden = select(Exclusion.dossier_id).where(Exclusion.person_id.in_(people))
    mine = (Dossier.id.in_(hidden), Dossier.call_id == call.id, Dossier.kind == Kind.application)
    unseen = [
        exists(select(Dossier.id).where(Dossier.lot_id == lot.id, *listed()))
        for lot in call.lots
        if actor.behind is not None and not may(actor.behind, P.scores_view, lot)
    ]
    if db.session.scalar(select(or_(exists(select(Dossier.id).where(*mine)), *unseen))):
        raise Refused("board_conflict")


def listed() -> tuple[ColumnElement[bool], ...]:
    """Projects that were scored, and those that hold money already."""
    return (
        Dossier.kind == Kind.application,
        Dossier.state.in_([*RANKED, *GRANTED]),
        Dossier.total_percent.is_not(None),
    )


def live_of(call: Call) -> Live:
    """A call and its table now, whoever looks; its lots, quotas and criteria are loaded. Three statements."""
    lots = sorted(call.lots, key=lambda lot: lot.position)
    joints = list({lot.joint.id: lot.joint for lot in lots if lot.joint}.values())
    rows = db.session.execute(_projects().where(Dossier.call_id == call.id, *listed())).all()
    answers = _answers(call)
    means = means_of(call, Dossier.call_id == call.id, *listed())
    by_id = {lot.id: lot for lot in lots}
    lines = [
        _line(row, by_id[row.lot_id], call, means.get(row.id, {}), answers.get(row.id, {})) for row in rows
    ]
    table = Table(
        int(call.threshold_percent * 10_000), tuple(_pots(lots, joints)),
        tuple(Number(each.key, each.least, each.most) for each in call.quotas),
        {lot.key: _money(lot) for lot in lots}, tuple(sorted(lines, key=lambda line: line.ref)),
    )  # fmt: skip
    return Live(call, lots, joints, call.quotas, table, {row.reference: _project(row) for row in rows})


def projects_of(actor: Actor, call: Call, refs: Collection[str]) -> dict[str, Project]:
    """Those of these projects that this person may see now, by reference: one statement."""
    query = _projects().where(
        Dossier.reference.in_(refs), Dossier.call_id == call.id, visible_to(actor, P.scores_view)
    )
    return {row.reference: _project(row) for row in db.session.execute(query)}


def _projects() -> Select[*tuple[Any, ...]]:
    """Columns and no objects: a board is of thousands."""
    return (
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.lot_id,
            Dossier.version, Dossier.state, Dossier.requested, Dossier.total_percent,
            Dossier.municipality_code, Decision.amount, Decision.coaching_days, Municipality.country,
            Municipality.name_nl, Municipality.name_fr,
        )
        .outerjoin(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
    )  # fmt: skip


def _money(lot: Lot) -> str:
    """The pot that the list of a lot is paid from."""
    return f"lot:{lot.key}" if lot.envelope is not None else f"days:{lot.key}"


def _pots(lots: Sequence[Lot], joints: Sequence[JointEnvelope]) -> list[Pot]:
    pots = []
    for lot in lots:
        if lot.envelope is not None:
            behind = f"joint:{lot.joint.key}" if lot.joint else None
            pots.append(Pot(f"lot:{lot.key}", _cents(lot.envelope), behind))
        if lot.coaching_days is not None or lot.envelope is None:
            pots.append(Pot(f"days:{lot.key}", _cents(Decimal(lot.coaching_days or 0))))
    return [*pots, *(Pot(f"joint:{joint.key}", _cents(joint.amount)) for joint in joints)]


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _line(row: Any, lot: Lot, call: Call, means: Mapping[str, Decimal], answers: Mapping[str, Any]) -> Line:
    costs = {}
    if lot.envelope is not None:
        asked = min(row.requested or Decimal(0), lot.maximum_amount or Decimal(10**9))
        costs[f"lot:{lot.key}"] = _cents(asked if row.amount is None else row.amount)
    if lot.coaching_days is not None or lot.envelope is None:
        each = lot.coaching_days_each or 0
        costs[f"days:{lot.key}"] = _cents(Decimal(each if row.coaching_days is None else row.coaching_days))
    return Line(
        ref=row.reference,
        lot=lot.key,
        total=int((row.total_percent or Decimal(0)).scaleb(4)),
        breaks=tuple(_cents(means.get(key, Decimal(0))) for key in call.tie_breaks),
        below=tuple(
            each.key
            for each in call.criteria
            if each.minimum is not None and each.key in means and means[each.key] < each.minimum
        ),
        costs=costs,
        quotas=tuple(
            quota.key for quota in call.quotas if counts(quota.among, lot.key, row.municipality_code, answers)
        ),
        state=str(row.state),
    )


def counts(among: Mapping[str, Any], lot: str, town: str | None, answers: Mapping[str, Any]) -> bool:
    """Whether a project counts for a quota: each of what narrows it down must fit."""
    return (
        lot in among.get("lots", (lot,))
        and ("municipalities" not in among or town in among["municipalities"])
        and ("question" not in among or answers.get(among["question"]) in among["choices"])
    )


def _project(row: Any) -> Project:
    town = row.name_nl if row.country == "BE" else row.name_fr
    where = place_of(row.village, town, row.country)
    return Project(row.reference, row.title, row.language, where, row.version, str(row.state))


def _answers(call: Call) -> dict[int, dict[str, Any]]:
    """The answers that quotas ask for."""
    asked = {quota.among["question"] for quota in call.quotas if "question" in quota.among}
    if not asked:
        return {}
    rows = db.session.execute(
        select(Answer.application_id, Answer.field, Answer.value)
        .join(Dossier, Dossier.id == Answer.application_id)
        .where(Dossier.call_id == call.id, *listed(), Answer.field.in_(asked))
    )
    found: dict[int, dict[str, Any]] = {}
    for dossier_id, name, value in rows:
        found.setdefault(dossier_id, {})[name] = value
    return found


def places(table: Table) -> list[tuple[int, Line]]:
    """Every project with its place in its lot; equals share one."""
    found = []
    for lot in table.money:
        mine = [line for line in table.lines if line.lot == lot]
        ranked = sorted({line.standing for line in mine}, reverse=True)
        order = {standing: place for place, standing in enumerate(ranked, start=1)}
        found += [(order[line.standing], line) for line in mine]
    return found
