"""How many letters of decisions wait for a signature, or for the day on which they arrived: counted at once
in a small call, kept in a large one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, exists, func, select

from callflow.calls.models import Lot
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.desk import kept
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import barred, looker_sees, visible_to
from callflow.letters.models import Letter, Notification, SignedCopy
from callflow.letters.states import LetterKind, LetterState

OF_DECISIONS = (
    LetterKind.inadmissible, LetterKind.not_invited, LetterKind.selected,
    LetterKind.selected_with_conditions, LetterKind.postponed, LetterKind.revoked,
    LetterKind.reserve, LetterKind.not_selected,
)  # fmt: skip
"""Letters that somebody signs, and from whose arrival an appeal period runs."""
Numbers = dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Papers:
    """By lot, the letters without a signed copy, and those of whose arrival nothing is noted; among them
    those that are not made yet: making them has no event.
    """

    lots: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Nothing:
    """There are no lists."""


def papers_of(actor: Actor, lots: Mapping[int, tuple[int, str]]) -> Numbers:
    """By the id of each of these lots, which are given with call and key: two statements, a few more for each
    large call.
    """
    large = kept.large_among({call_id for call_id, _ in lots.values()})
    found = _counted(actor, [lot for lot, (call_id, _) in lots.items() if call_id not in large])
    for call_id in sorted(large):
        found |= _kept(actor, call_id, {lot: key for lot, (of, key) in lots.items() if of == call_id})
    return found


def _counted(actor: Actor, lot_ids: Collection[int]) -> Numbers:
    rows = db.session.execute(
        _query(actor).where(Dossier.lot_id.in_(lot_ids), Letter.state == LetterState.rendered)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _query(actor: Actor) -> Any:
    signed = exists(select(SignedCopy.id).where(SignedCopy.letter_id == Letter.id)).correlate(Letter)
    standing = (Notification.letter_id == Letter.id, Notification.taken_back_at.is_(None))
    noted = exists(select(Notification.id).where(*standing)).correlate(Letter)
    return (
        select(Dossier.lot_id, func.count(case((~signed, 1))), func.count(case((~noted, 1))))
        .join(Letter, Letter.dossier_id == Dossier.id)
        .where(visible_to(actor, P.letter_view), Letter.kind.in_(OF_DECISIONS))
        .group_by(Dossier.lot_id)
    )


def _kept(actor: Actor, call_id: int, lots: Mapping[int, str]) -> Numbers:
    """Those that are kept, without the few that are not made yet."""
    every = db.session.scalars(select(Lot.id).where(Lot.call_id == call_id)).all()
    reading = kept.read(KIND, actor, call_id, lots=every)
    if reading is None:
        return {}
    unmade = db.session.execute(
        select(Dossier.lot_id, func.count())
        .join(Letter, Letter.dossier_id == Dossier.id)
        .where(
            Letter.pdf_sha256.is_(None), Letter.kind.in_(OF_DECISIONS),
            (Dossier.lot_id + 0).in_(lots),  # begins with the letters, which are few
            ~barred(actor), looker_sees(actor),
        )
        .group_by(Dossier.lot_id)
    )  # fmt: skip
    fewer = {row[0]: row[1] for row in unmade}
    found = {}
    for lot, key in lots.items():
        unsigned, unnoted = reading.head.lots.get(key, (0, 0))
        less = fewer.get(lot, 0)
        found[lot] = (max(unsigned - less, 0), max(unnoted - less, 0))
    return found


def _work(actor: Actor, call_id: int) -> kept.Work[Papers, Nothing]:
    keys = {
        row.id: row.key for row in db.session.execute(select(Lot.id, Lot.key).where(Lot.call_id == call_id))
    }
    rows = db.session.execute(_query(actor).where(Dossier.call_id == call_id))
    return kept.Work(Papers({keys[row[0]]: (row[1], row[2]) for row in rows if row[0] in keys}))


KIND = kept.Kind("papers", Papers, Nothing, _work, (Role.coordinator, Role.signatory), (P.letter_view,))
