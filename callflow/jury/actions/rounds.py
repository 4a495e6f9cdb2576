"""A second round: the sheets of the first are kept, and jurors score once more."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import selectinload

from callflow.core.db import db
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import Fate
from callflow.jury import queries
from callflow.jury.models import KeptSheet, MeetingItem, Score, Sheet


def open_round(dossier: Dossier, *, fresh: bool) -> None:
    """Keep what was handed in and open it again: ``fresh`` sheets are empty, others hold what they held.

    What a meeting settled about the round before stands no more. Part of the step that takes the dossier
    back, which writes the event. Who stood aside for a conflict stays aside.
    """
    keys = {each.id: each.key for each in queries.criteria_of(dossier.call_id)}
    last = select(func.max(KeptSheet.round)).where(KeptSheet.dossier_id == dossier.id)
    number = (db.session.scalar(last) or 0) + 1
    sheets = db.session.scalars(
        select(Sheet)
        .where(Sheet.dossier_id == dossier.id, Sheet.given_at.is_not(None))
        .options(selectinload(Sheet.scores))
    ).all()
    db.session.add_all(_kept(sheet, number, keys) for sheet in sheets)
    apart = _left_out(dossier)
    for sheet in sheets:
        sheet.abstained = sheet.abstained or sheet.juror_id in apart
        if not sheet.abstained:
            sheet.given_at, sheet.version = None, sheet.version + 1
    db.session.flush()  # the scores go after they were kept
    if fresh:
        opened = [sheet.id for sheet in sheets if not sheet.abstained]
        db.session.execute(delete(Score).where(Score.sheet_id.in_(opened)))
        db.session.expire_all()
    db.session.execute(
        update(MeetingItem)
        .where(MeetingItem.dossier_id == dossier.id, MeetingItem.stands)
        .values(stands=False)
    )
    dossier.scores_given, dossier.total_percent = 0, None


def _left_out(dossier: Dossier) -> set[int]:
    """Who has a conflict scores no second time; scores that were kept counted in the first round."""
    found = db.session.scalars(select(Exclusion).where(Exclusion.dossier_id == dossier.id)).all()
    for each in found:
        each.scores = Fate.left_out if each.scores is Fate.kept else each.scores
    return {each.person_id for each in found}


def _kept(sheet: Sheet, number: int, keys: dict[int, str]) -> KeptSheet:
    return KeptSheet(
        dossier_id=sheet.dossier_id, juror_id=sheet.juror_id, round=number,
        submission_number=sheet.submission_number, abstained=sheet.abstained, given_at=sheet.given_at,
        scores={
            keys[score.criterion_id]: {
                "value": None if score.value is None else str(score.value),
                "not_applicable": score.not_applicable,
                "reason": score.reason,
            }
            for score in sheet.scores
        },
    )  # fmt: skip
