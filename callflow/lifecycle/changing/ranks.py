"""What other weights, minima and tie-breaks do to the ranking: each place before and after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlalchemy import select

from callflow.calls.models import Call, Criterion
from callflow.calls.setup import Setup
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.jury import queries
from callflow.jury.models import MeetingItem, Score, Sheet
from callflow.jury.totals import Line, Terms, counted, rounded

BATCH = 2000


@dataclass(frozen=True)
class Rubric:
    """How a call weighs, where a tie goes, and from which total on a project can be selected."""

    lines: Sequence[Line]
    tie_breaks: Sequence[str]
    threshold: Decimal
    scale_max: int

    @classmethod
    def of_call(cls, call: Call) -> "Rubric":
        """The rubric as it stands."""
        return cls(
            queries.lines_of(call.criteria), tuple(call.tie_breaks), call.threshold_percent, call.scale_max
        )

    @classmethod
    def of_setup(cls, setup: Setup) -> "Rubric":
        """The rubric that a set-up would give."""
        lines = [Line(each["key"], each["weight"], each["minimum"]) for each in setup.criteria]
        said = setup.call
        return cls(lines, tuple(said["tie_breaks"]), said["threshold_percent"], said["scale_max"])


@dataclass(frozen=True)
class Mark:
    """Where a dossier stands under one rubric: equals share a place; ``enough``: it can be selected."""

    total: Decimal
    enough: bool
    place: int = 0


@dataclass(frozen=True)
class Standing:
    """A scored dossier before and after."""

    before: Mark
    after: Mark


Row = tuple[int, int, tuple[Decimal, ...], bool]


def standings(call: Call, before: Rubric, after: Rubric) -> dict[int, Standing]:
    """By dossier what changes for those whose scoring is closed: three statements; nothing where the rubrics
    are the same. Memory holds a line a dossier, never the scores of all.
    """
    if before == after:
        return {}
    terms, agreed = queries.terms_of([call.id])[call.id], _agreed(call.id)
    was: list[Row] = []
    will: list[Row] = []
    for dossier_id, lot_id, sheets in _sheets(call.id):
        for rubric, found in ((before, was), (after, will)):
            row = _judged(rubric, sheets, terms, agreed.get(dossier_id))
            if row is not None:
                found.append((lot_id, dossier_id, *row))
    marks, later = _placed(was), _placed(will)
    return {
        dossier_id: Standing(mark, later[dossier_id])
        for dossier_id, mark in marks.items()
        if dossier_id in later and mark != later[dossier_id]
    }


def _judged(
    rubric: Rubric, sheets: Mapping[int, Mapping[str, Decimal | None]], terms: Terms, agreed: Decimal | None
) -> tuple[tuple[Decimal, ...], bool] | None:
    total = counted(rubric.lines, sheets, terms, scale_max=rubric.scale_max, agreed=agreed)
    if total.percent is None:
        return None
    percent = rounded(total.percent, 4)
    ties = (rounded(total.means.get(key, Fraction(-1)), 2) for key in rubric.tie_breaks)
    return (percent, *ties), percent >= rubric.threshold and not total.below


def _placed(rows: list[Row]) -> dict[int, Mark]:
    """The place of each in its lot."""
    rows.sort(key=lambda row: (row[0], [-each for each in row[2]]))
    found: dict[int, Mark] = {}
    for _lot, group in groupby(rows, key=lambda row: row[0]):
        place, last = 0, None
        for number, (_, dossier_id, standing, enough) in enumerate(group, start=1):
            place, last = (place, last) if standing == last else (number, standing)
            found[dossier_id] = Mark(standing[0], enough, place)
    return found


def _sheets(call_id: int) -> Iterator[tuple[int, int, dict[int, dict[str, Decimal | None]]]]:
    """Dossier by dossier the scores that count, by juror and key of the criterion."""
    query = (
        select(Dossier.id, Dossier.lot_id, Sheet.juror_id, Criterion.key, Score.value)
        .join(Sheet, Sheet.dossier_id == Dossier.id)
        .join(Score, Score.sheet_id == Sheet.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(
            Dossier.call_id == call_id, Dossier.state == State.scored, Sheet.given_at.is_not(None),
            ~Sheet.abstained,
        )
        .order_by(Dossier.id)
    )  # fmt: skip
    rows = db.session.execute(query, execution_options={"yield_per": BATCH})
    for (dossier_id, lot_id), group in groupby(rows, key=_of_dossier):
        sheets: dict[int, dict[str, Decimal | None]] = {}
        for _, _, juror_id, key, value in group:
            sheets.setdefault(juror_id, {})[key] = value
        yield dossier_id, lot_id, sheets


def _of_dossier(row: Any) -> tuple[int, int]:
    return row[0], row[1]


def _agreed(call_id: int) -> dict[int, Decimal]:
    """By dossier the total that a meeting agreed on: no weight changes it."""
    rows = db.session.execute(
        select(MeetingItem.dossier_id, MeetingItem.agreed)
        .join(Dossier, Dossier.id == MeetingItem.dossier_id)
        .where(Dossier.call_id == call_id, MeetingItem.stands, MeetingItem.agreed.is_not(None))
    )
    return {row.dossier_id: row.agreed for row in rows}
