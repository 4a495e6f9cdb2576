"""Dossier by dossier, in batches: totals added up again, and rows compared with what the trail says of
them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from callflow.calls.models import Call, Criterion
from callflow.core.db import db
from callflow.core.trail import Event
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import UNJUDGED, Kind, State
from callflow.jury.actions.meeting import digest
from callflow.jury.models import Count, Habits, Meeting, Score, Sheet
from callflow.jury.queries import agreed_on, terms_of
from callflow.jury.totals import Line, Terms, counted, rounded
from callflow.lifecycle.agreement import DECIDED
from callflow.lifecycle.checking import Break
from callflow.screening.models import Check

BATCH = 500
TOTALLED = DECIDED - UNJUDGED | {State.scored}
DECIDING = (
    "select", "select_with_conditions", "reserve", "promote", "decline", "postpone", "refuse", "turn_away",
    "revoke",
)  # fmt: skip
TAKING_BACK = ("reopen", *(f"restore_{state.value}" for state in State))
SCORING = (
    "scores_handed_in", "scores_taken_back", "abstained", "conflict_declared", "conflict_found",
    "conflict_reported",
)  # fmt: skip
SAID = (
    *SCORING, "conflict_lifted", "recusal_decided", "settle", "score_again", "checked", "checks_reopened",
    *DECIDING, *TAKING_BACK, "decision_released", "withdraw",
)  # fmt: skip
COUNTING = ("counting_chosen", "habits_frozen")
Scores = dict[str, Decimal | None]
Found = Row[*tuple[Any, ...]]


@dataclass
class Told:
    """What the trail of one dossier says last: scores by juror, verdicts by point, the decisions in their
    order.
    """

    scores: dict[int | None, Scores] = field(default_factory=dict)
    aside: dict[int | None, Scores] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    decisions: list[Mapping[str, Any]] = field(default_factory=list)
    told: int = 0
    agreed: str | None = None

    def hear(self, event: Found) -> None:
        if event.action == "scores_handed_in":
            given = event.data["scores"].items()
            self.scores[event.actor_id] = {
                key: None if text is None else Decimal(text) for key, text in given
            }
        elif event.action == "checked":
            self.verdicts[event.data["point"]] = event.data["verdict"]
        elif event.action == "checks_reopened":
            for point in event.data["points"]:
                self.verdicts.pop(point, None)
        elif event.action in ("recusal_decided", "conflict_lifted"):
            self._decided(event.data["person_id"], keep=event.data["keep"])
        elif event.action == "settle":
            self.agreed = event.data["agreed"]
        elif event.action == "score_again":
            self.scores.clear()
            self.aside.clear()
            self.agreed = None
        elif event.action in SCORING:
            juror = event.data.get("person_id", event.actor_id)
            left = self.scores.pop(juror, None)
            if left is not None and event.action.startswith("conflict"):
                self.aside[juror] = left
        else:
            self._hear_of_decision(event)

    def _hear_of_decision(self, event: Found) -> None:
        """What was prepared is taken back by name, or by a group that withdraws before it is told."""
        if event.action in DECIDING:
            self.decisions.append(event.data)
        elif event.action == "decision_released":
            self.told = len(self.decisions)
        else:
            del self.decisions[self.told :]

    def _decided(self, juror: int, *, keep: bool) -> None:
        held = self.aside.get(juror)
        if keep and held is not None:
            self.scores[juror] = held
        elif not keep:
            self.scores.pop(juror, None)


@dataclass
class Batch:
    """Some dossiers and what belongs to them, each by the id of its dossier."""

    dossiers: Sequence[Found]
    told: dict[int, Told]
    sheets: dict[int, dict[int, Scores]]
    checks: dict[int, dict[str, str]]
    decisions: dict[int, list[Decision]]
    agreed: dict[int, Decimal]


def breaks(*, batch: int = BATCH) -> Iterator[Break]:
    """Every dossier that was handed in, after what its call counts by; memory stays flat."""
    yield from _counts_as_told()
    rubrics = _rubrics()
    last = 0
    while rows := _next(last, batch):
        loaded = _loaded(rows)
        for row in rows:
            for look in (
                _counted,
                _added_up,
                _scored_as_told,
                _agreed_as_told,
                _checked_as_told,
                _decided_as_told,
            ):
                yield from look(row, loaded, rubrics)
        last = rows[-1].id
        db.session.expunge_all()


@dataclass(frozen=True)
class Rubric:
    """What the total of a call's dossiers is made with."""

    lines: tuple[Line, ...]
    scale_max: int
    terms: Terms


def _counts_as_told() -> Iterator[Break]:
    """What counts and with which habits is what was last said on the trail of the call."""
    told: dict[int, dict[str, Any]] = {}
    said = select(Event.trail_id, Event.action, Event.data).where(Event.action.in_(COUNTING))
    for event in db.session.execute(said.order_by(Event.trail_id, Event.sequence)):
        told.setdefault(event.trail_id, {})[event.action] = event.data
    rows = db.session.execute(
        select(Call.reference, Call.trail_id, Count.counting, Habits.offsets)
        .outerjoin(Count, Count.call_id == Call.id)
        .outerjoin(Habits, Habits.call_id == Call.id)
    )
    for meeting in db.session.scalars(select(Meeting).where(Meeting.closed_at.is_not(None))):
        if digest(meeting.minutes) != meeting.minutes_sha256:
            yield Break("minutes_changed", str(meeting.held_on))
    for row in rows:
        last = told.get(row.trail_id, {})
        if row.counting != last.get("counting_chosen", {}).get("counting"):
            yield Break("counting_changed", row.reference, str(row.counting))
        if row.offsets != last.get("habits_frozen", {}).get("offsets"):
            yield Break("habits_differ", row.reference)


Look = Callable[[Found, Batch, Mapping[int, Rubric]], Iterator[Break]]


def _rubrics() -> dict[int, Rubric]:
    lines: dict[int, list[Line]] = {}
    for each in db.session.scalars(select(Criterion).order_by(Criterion.call_id, Criterion.position)):
        lines.setdefault(each.call_id, []).append(Line(each.key, each.weight, each.minimum))
    calls = db.session.execute(select(Call.id, Call.scale_max))
    terms = terms_of()
    return {
        call_id: Rubric(tuple(lines.get(call_id, ())), scale_max, terms[call_id])
        for call_id, scale_max in calls
    }


def _next(last: int, batch: int) -> Sequence[Found]:
    query = select(
        Dossier.id, Dossier.reference, Dossier.trail_id, Dossier.call_id, Dossier.state, Dossier.scores_given,
        Dossier.total_percent,
    )  # fmt: skip
    applied = query.where(Dossier.kind == Kind.application)
    handed_in = applied.where(Dossier.id > last, Dossier.submitted_at.is_not(None))
    return db.session.execute(handed_in.order_by(Dossier.id).limit(batch)).all()


def _loaded(rows: Sequence[Found]) -> Batch:
    ids = [row.id for row in rows]
    trails = {row.trail_id: row.id for row in rows}
    told = {dossier_id: Told() for dossier_id in ids}
    events = select(Event.trail_id, Event.actor_id, Event.action, Event.data).where(
        Event.trail_id.in_(list(trails)), Event.action.in_(SAID)
    )
    for event in db.session.execute(events.order_by(Event.trail_id, Event.sequence)):
        told[trails[event.trail_id]].hear(event)
    decisions: dict[int, list[Decision]] = {}
    found = select(Decision).where(Decision.dossier_id.in_(ids)).order_by(Decision.number)
    for decision in db.session.scalars(found):
        decisions.setdefault(decision.dossier_id, []).append(decision)
    return Batch(rows, told, _sheets(ids), _checks(ids), decisions, agreed_on(ids))


def _sheets(ids: Sequence[int]) -> dict[int, dict[int, Scores]]:
    """The sheets that count, by dossier and juror."""
    rows = db.session.execute(
        select(Sheet.dossier_id, Sheet.juror_id, Criterion.key, Score.value)
        .outerjoin(Score, Score.sheet_id == Sheet.id)
        .outerjoin(Criterion, Criterion.id == Score.criterion_id)
        .where(Sheet.dossier_id.in_(ids), Sheet.given_at.is_not(None), ~Sheet.abstained)
    )
    sheets: dict[int, dict[int, Scores]] = {}
    for dossier_id, juror_id, key, value in rows:
        scores = sheets.setdefault(dossier_id, {}).setdefault(juror_id, {})
        if key is not None:
            scores[key] = value
    return sheets


def _checks(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for check in db.session.scalars(select(Check).where(Check.dossier_id.in_(ids))):
        found.setdefault(check.dossier_id, {})[check.point] = check.verdict.value
    return found


def _counted(row: Found, batch: Batch, _rubrics: Mapping[int, Rubric]) -> Iterator[Break]:
    """The number of sheets that lists show."""
    count = len(batch.sheets.get(row.id, {}))
    if row.scores_given != count:
        yield Break("sheets_miscounted", row.reference, f"{row.scores_given} / {count}")


def _added_up(row: Found, batch: Batch, rubrics: Mapping[int, Rubric]) -> Iterator[Break]:
    """The total that lists sort by, from closing the scoring on."""
    if row.state not in TOTALLED:
        return
    rubric = rubrics[row.call_id]
    found = counted(
        rubric.lines,
        batch.sheets.get(row.id, {}),
        rubric.terms,
        scale_max=rubric.scale_max,
        agreed=batch.agreed.get(row.id),
    )
    percent = None if found.percent is None else rounded(found.percent, 4)
    if percent != row.total_percent:
        yield Break("total_disagrees", row.reference, f"{row.total_percent} / {percent}")


def _scored_as_told(row: Found, batch: Batch, _rubrics: Mapping[int, Rubric]) -> Iterator[Break]:
    """Each sheet that counts is the one that its juror handed in."""
    told, counting = batch.told[row.id].scores, batch.sheets.get(row.id, {})
    for juror_id in sorted({*told, *counting}, key=str):
        if told.get(juror_id) != counting.get(juror_id or 0):
            yield Break("scores_changed", row.reference, str(juror_id))


def _agreed_as_told(row: Found, batch: Batch, _rubrics: Mapping[int, Rubric]) -> Iterator[Break]:
    """What a meeting agreed is what was last said of it."""
    told, stands = batch.told[row.id].agreed, batch.agreed.get(row.id)
    if (None if told is None else Decimal(told)) != stands:
        yield Break("agreed_differs", row.reference, f"{stands} / {told}")


def _checked_as_told(row: Found, batch: Batch, _rubrics: Mapping[int, Rubric]) -> Iterator[Break]:
    """Each verdict is the last that was given."""
    told, found = batch.told[row.id].verdicts, batch.checks.get(row.id, {})
    for point in sorted({*told, *found}):
        if told.get(point) != found.get(point):
            yield Break("check_changed", row.reference, point)


def _decided_as_told(row: Found, batch: Batch, _rubrics: Mapping[int, Rubric]) -> Iterator[Break]:
    """Money, days and rank of each decision are those of the step that prepared it."""
    stand = [
        (each.amount, each.coaching_days, each.rank, each.repayment)
        for each in batch.decisions.get(row.id, [])
    ]
    said = [
        (
            _exact(told.get("amount")),
            told.get("coaching_days"),
            told.get("rank"),
            _exact(told.get("repayment")),
        )
        for told in batch.told[row.id].decisions
    ]
    if stand != said:
        yield Break("decision_changed", row.reference, f"{stand} / {said}")


def _exact(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)
