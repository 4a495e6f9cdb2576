"""Writes of the jury: declarations, scores, and the total that lists sort by."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from callflow.calls.models import Criterion
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.jury.models import Score, Sheet
from callflow.jury.totals import Line, Total, rounded, total


def total_of(dossier: Dossier) -> Total:
    """What the sheets handed in for this dossier add up to: two statements."""
    lines = [
        Line(criterion.key, criterion.weight, criterion.minimum)
        for criterion in db.session.scalars(
            select(Criterion).where(Criterion.call_id == dossier.call_id).order_by(Criterion.position)
        )
    ]
    return total(lines, list(_sheets(dossier).values()), scale_max=dossier.call.scale_max)


def _sheets(dossier: Dossier) -> Mapping[int, Mapping[str, Decimal | None]]:
    rows: Sequence[tuple[int, str, Decimal | None]] = db.session.execute(  # type: ignore[assignment]  # a Row is a tuple
        select(Sheet.id, Criterion.key, Score.value)
        .join(Score, Score.sheet_id == Sheet.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Sheet.dossier_id == dossier.id, Sheet.given_at.is_not(None), ~Sheet.abstained)
    ).all()
    sheets: dict[int, dict[str, Decimal | None]] = {}
    for sheet_id, key, value in rows:
        sheets.setdefault(sheet_id, {})[key] = value
    return sheets


def write_total(dossier: Dossier) -> Total:
    """Write the total on the dossier, as part of closing its scoring (the one place that does)."""
    result = total_of(dossier)
    dossier.total_percent = None if result.percent is None else rounded(result.percent, 4)
    return result
