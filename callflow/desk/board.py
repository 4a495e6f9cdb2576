"""The selection board of a call: what it is worked out from now, and how the one that was kept stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from callflow.applications.models import Answer
from callflow.calls import queries as calls
from callflow.calls.models import Call, CallQuota, Criterion, JointEnvelope, Lot
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound, Refused
from callflow.core.permissions import P, may
from callflow.decisions.board import GRANTED, Line, Number, Pot, Table
from callflow.decisions.models import Decision
from callflow.desk.dossiers import place_of
from callflow.desk.ranking import RANKED, means_of
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import barred, visible_to
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
    below: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class Live:
    """A call as it stands now: the table that a board is worked out from, and what its lines are called."""

    call: Call
    lots: Sequence[Lot]
    joints: Sequence[JointEnvelope]
    quotas: Sequence[CallQuota]
    criteria: Sequence[Criterion]
    table: Table
    projects: Mapping[str, Project] = field(default_factory=dict)

    def lot(self, key: str) -> Lot:
        """A lot by its key."""
        return next(lot for lot in self.lots if lot.key == key)


def call_of(actor: Actor, reference: str, *, lock: bool = False) -> Call:
    """A call whose selection this person works on as a whole. ``lock`` takes its row, then those of its lots.

    Raises NotFound.
    """
    query = select(Call).where(Call.reference == reference)
    if lock:
        held = query.with_only_columns(Call.id).with_for_update(of=Call, key_share=True)
        call_id = db.session.scalar(held)
        calls.lock_money(select(Lot.id).where(Lot.call_id == call_id))
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
    """The call and its table now, in seven statements. Raises NotFound; Refused for somebody who has a
    conflict of interest with one of the projects: a selection is of them all.
    """
    call = call_of(actor, reference, lock=lock)
    lots = sorted(call.lots, key=lambda lot: lot.position)
    joints = list({lot.joint.id: lot.joint for lot in lots if lot.joint}.values())
    rows = _rows(actor, call)
    if not all(row.seen for row in rows):
        raise Refused("board_conflict")
    answers = _answers(call, [row.Dossier.id for row in rows])
    means = means_of([row.Dossier.id for row in rows], call.criteria)
    lines, projects = [], {}
    for row in rows:
        line = _line(row, call, means.get(row.Dossier.id, {}), answers.get(row.Dossier.id, {}))
        lines.append(line)
        projects[line.ref] = _project(row, call, line)
    table = Table(
        int(call.threshold_percent * 10_000), tuple(_pots(lots, joints)),
        tuple(Number(each.key, each.least, each.most) for each in call.quotas),
        {lot.key: _money(lot) for lot in lots}, tuple(sorted(lines, key=lambda line: line.ref)),
    )  # fmt: skip
    return Live(call, lots, joints, call.quotas, call.criteria, table, projects)


def _rows(actor: Actor, call: Call) -> Sequence[Any]:
    """Projects that were scored, and those that hold money already; besides them whatever a conflict hides,
    in whichever state: were the board open until it is scored, the closing would tell that it was.
    """
    return db.session.execute(
        select(Dossier, Decision, Municipality, visible_to(actor, P.scores_view).label("seen"))
        .outerjoin(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(
            Dossier.call_id == call.id,
            Dossier.kind == Kind.application,
            or_(Dossier.state.in_([*RANKED, *GRANTED]) & Dossier.total_percent.is_not(None), barred(actor)),
        )
    ).all()


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


def _line(row: Any, call: Call, means: Mapping[str, Decimal], answers: Mapping[str, Any]) -> Line:
    dossier, decision = row.Dossier, row.Decision
    lot = next(lot for lot in call.lots if lot.id == dossier.lot_id)
    costs = {}
    if lot.envelope is not None:
        asked = min(dossier.requested or Decimal(0), lot.maximum_amount or Decimal(10**9))
        granted = decision.amount if decision and decision.amount is not None else asked
        costs[f"lot:{lot.key}"] = _cents(granted)
    if lot.coaching_days is not None or lot.envelope is None:
        days = decision.coaching_days if decision and decision.coaching_days is not None else None
        each = lot.coaching_days_each or 0
        costs[f"days:{lot.key}"] = _cents(Decimal(each if days is None else days))
    return Line(
        ref=dossier.reference,
        lot=lot.key,
        total=int((dossier.total_percent or Decimal(0)).scaleb(4)),
        breaks=tuple(_cents(means.get(key, Decimal(0))) for key in call.tie_breaks),
        below=tuple(
            each.key
            for each in call.criteria
            if each.minimum is not None and each.key in means and means[each.key] < each.minimum
        ),
        costs=costs,
        quotas=tuple(
            quota.key
            for quota in call.quotas
            if counts(quota.among, lot.key, dossier.municipality_code, answers)
        ),
        state=str(dossier.state),
    )


def counts(among: Mapping[str, Any], lot: str, town: str | None, answers: Mapping[str, Any]) -> bool:
    """Whether a project counts for a quota: each of what narrows it down must fit."""
    return (
        lot in among.get("lots", (lot,))
        and ("municipalities" not in among or town in among["municipalities"])
        and ("question" not in among or answers.get(among["question"]) in among["choices"])
    )


def _project(row: Any, call: Call, line: Line) -> Project:
    dossier, town = row.Dossier, row.Municipality
    titles = {each.key: each.title for each in call.criteria}
    where = place_of(dossier.village, town.name if town else None, town.country if town else None)
    return Project(
        dossier.reference, dossier.title, dossier.language, where, dossier.version, str(dossier.state),
        tuple(titles[key] for key in line.below),
    )  # fmt: skip


def _answers(call: Call, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The answers that quotas ask for."""
    asked = {quota.among["question"] for quota in call.quotas if "question" in quota.among}
    if not asked:
        return {}
    rows = db.session.execute(
        select(Answer.application_id, Answer.field, Answer.value).where(
            Answer.application_id.in_(ids), Answer.field.in_(asked)
        )
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
