"""The coordinator's list as a file: one statement read in batches, so that many rows need no more memory."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.spreadsheet import guard
from callflow.desk.dossiers import Asked, asked_for
from callflow.desk.scope import CallLine
from callflow.dossiers.models import Dossier
from callflow.people.models import Group
from callflow.territory.models import Municipality

BATCH = 500
HEADINGS = (
    "reference", "title", "language", "lot", "group", "village", "municipality", "country", "state",
    "submitted_at", "requested", "scores_given", "total_percent", "handler",
)  # fmt: skip
"""Names that an import finds its columns by: the same in every language."""


def records(
    actor: Actor, call: CallLine, asked: Asked, *, lots: Mapping[int, str], handlers: Mapping[int, str]
) -> Iterator[Sequence[Any]]:
    """Headings, then a row a dossier in order of submission: texts as they were typed, figures and the local
    moment as such, None where there is none.
    """
    yield HEADINGS
    query = (
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.lot_id, Group.name, Dossier.village,
            Municipality.name_nl, Municipality.name_fr, Municipality.country, Dossier.state,
            Dossier.submitted_at, Dossier.requested, Dossier.scores_given, Dossier.total_percent,
            Dossier.handler_id,
        )
        .outerjoin(Group, Group.id == Dossier.group_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(*asked_for(actor, call.id, asked))
        .order_by(Dossier.submitted_at, Dossier.id)
    )  # fmt: skip
    found = db.session.execute(query, execution_options={"yield_per": BATCH})
    for row in found:
        (
            reference, title, language, lot_id, group, village, name_nl, name_fr, country, state,
            submitted_at, requested, scores, total, handler_id,
        ) = row  # fmt: skip
        yield (
            reference, title, language, lots[lot_id], group or "", village,
            (name_nl if country == "BE" else name_fr) or "", country or "", state.value,
            clock.local(submitted_at).replace(tzinfo=None),
            requested, scores, total, handlers.get(handler_id, ""),
        )  # fmt: skip


def cells(table: Iterable[Sequence[Any]]) -> Iterator[Sequence[str]]:
    """The same as texts for csv; unguard() gives back each that somebody typed."""
    for row in table:
        yield [_plain(each) for each in row]


def written(table: Iterable[Sequence[Any]], *, delimiter: str = ",", mark: bool = False) -> Iterator[str]:
    """The table as text, some hundred rows at a time; ``mark`` begins with the sign of UTF-8 for Excel."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    if mark:
        buffer.write("\ufeff")
    for number, row in enumerate(table):
        writer.writerow(row)
        if number % BATCH == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _plain(cell: Any) -> str:
    if isinstance(cell, str):
        return guard(cell)
    return "" if cell is None else str(cell)
