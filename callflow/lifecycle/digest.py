"""One SHA-256 over what a call came to: references, titles, states, scores, outcomes and the text of
letters.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from callflow.calls.models import Criterion
from callflow.core.db import db
from callflow.core.trail import canonical
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.jury.models import Score, Sheet
from callflow.letters import render
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.people.models import User

BATCH = 500
Lines = dict[int, list[list[Any]]]


def digest() -> str:
    """The same for the same content, whatever the database and its ids; different when any of it differs."""
    found = hashlib.sha256()
    references = sorted(db.session.scalars(select(Dossier.reference)))
    for batch in _cut(references):
        for line in _lines(batch):
            found.update(canonical(line).encode() + b"\n")
        db.session.expunge_all()
    return found.hexdigest()


def _cut(references: Sequence[str]) -> Iterator[Sequence[str]]:
    return (references[start : start + BATCH] for start in range(0, len(references), BATCH))


def _lines(references: Sequence[str]) -> Iterator[list[Any]]:
    """A line per dossier, in the order of their references."""
    dossiers = db.session.execute(
        select(Dossier.id, Dossier.reference, Dossier.title, Dossier.state, Dossier.total_percent).where(
            Dossier.reference.in_(references)
        )
    ).all()
    ids = [row.id for row in dossiers]
    scores, outcomes, letters = _scores(ids), _outcomes(ids), _letters(ids)
    for row in sorted(dossiers, key=lambda row: row.reference):
        said = [row.reference, row.title, row.state.value, row.total_percent]
        yield [*said, *(kind.get(row.id, []) for kind in (scores, outcomes, letters))]


def _scores(ids: Sequence[int]) -> Lines:
    """Who gave what on which criterion, by pseudonym; abstentions as well."""
    return _grouped(
        db.session.execute(
            select(
                Sheet.dossier_id, User.pseudonym, Sheet.abstained, Criterion.key, Score.value, Score.reason
            )
            .join(User, User.id == Sheet.juror_id)
            .outerjoin(Score, Score.sheet_id == Sheet.id)
            .outerjoin(Criterion, Criterion.id == Score.criterion_id)
            .where(Sheet.dossier_id.in_(ids), Sheet.given_at.is_not(None))
        )
    )


def _outcomes(ids: Sequence[int]) -> Lines:
    given = (Decision.outcome, Decision.state, Decision.amount, Decision.coaching_days, Decision.rank)
    return _grouped(
        db.session.execute(
            select(Decision.dossier_id, *given, Decision.valid_until, Decision.ended_how).where(
                Decision.dossier_id.in_(ids)
            )
        )
    )


def _letters(ids: Sequence[int]) -> Lines:
    """What letters were frozen with, and what they say: their words as a worker would put them today."""
    named = (Letter.dossier_id, Letter.number, Letter.kind, Letter.language, Letter.template, Letter.context)
    rows = db.session.execute(select(*named).where(Letter.dossier_id.in_(ids)))
    return _grouped([*row, _words(row.context)] for row in rows)


def _words(context: dict[str, Any]) -> str:
    """The fingerprint of a letter; a context that somebody broke says nothing, and `kept` names it."""
    try:
        return render.fingerprint(LetterContext.of(context))
    except (render.LetterError, LookupError, TypeError, ValueError):
        return ""


def _grouped(rows: Iterable[Any]) -> Lines:
    """What belongs to each dossier, in an order that no database chooses."""
    grouped: Lines = {}
    for dossier_id, *rest in rows:
        grouped.setdefault(dossier_id, []).append(rest)
    return {dossier_id: sorted(each, key=canonical) for dossier_id, each in grouped.items()}
