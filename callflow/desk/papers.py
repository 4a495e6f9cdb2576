"""How many letters of decisions wait for a signature, or for the day on which they arrived: counted at once
in a small call, kept in a large one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, exists, func, select

from callflow.calls.models import Lot
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.desk import kept
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import barred, looker_sees, visible_to
from callflow.letters import queries as letters
from callflow.letters.models import Letter, Notification, SignedCopy
from callflow.letters.states import LetterKind, LetterState

OF_DECISIONS = (
    LetterKind.inadmissible, LetterKind.not_invited, LetterKind.selected,
    LetterKind.selected_with_conditions, LetterKind.postponed, LetterKind.revoked,
    LetterKind.reserve, LetterKind.not_selected,
)  # fmt: skip
"""Letters that somebody signs, and from whose arrival an appeal period runs."""
Numbers = dict[int, tuple[int, int]]
_LOTS: BindParameter[int] = bindparam("lots", expanding=True)


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
    """By the id of each of these lots, which are given with call and key: two statements for those of small
    calls, three for those of large ones with one more for each call.
    """
    large = kept.large_among({call_id for call_id, _ in lots.values()})
    in_large = {lot: key for lot, (call_id, key) in lots.items() if call_id in large}
    found = _counted(actor, lots.keys() - in_large.keys())
    return found | _kept(actor, in_large) if in_large else found


def _counted(actor: Actor, lot_ids: Collection[int]) -> Numbers:
    if not lot_ids:  # an empty list is still looked for in every row
        return {}
    rows = db.session.execute(_of_lots(actor), {"lots": list(lot_ids)})
    return {row[0]: (row[1], row[2]) for row in rows}


@lru_cache(maxsize=256)
def _of_lots(actor: Actor) -> Any:
    """Kept for a person who comes back."""
    return _query(actor).where(Dossier.lot_id.in_(_LOTS), Letter.state == LetterState.rendered)


def _query(actor: Actor) -> Any:
    kept_scan = (SignedCopy.letter_id == Letter.id, SignedCopy.taken_back_at.is_(None))
    signed = exists(select(SignedCopy.id).where(*kept_scan)).correlate(Letter)
    standing = (Notification.letter_id == Letter.id, Notification.taken_back_at.is_(None))
    noted = exists(select(Notification.id).where(*standing)).correlate(Letter)
    return (
        select(Dossier.lot_id, func.count(case((~signed, 1))), func.count(case((~noted, 1))))
        .join(Letter, Letter.dossier_id == Dossier.id)
        .where(visible_to(actor, P.letter_view), Letter.kind.in_(OF_DECISIONS))
        .group_by(Dossier.lot_id)
    )


def _kept(actor: Actor, keys: Mapping[int, str]) -> Numbers:
    """Those that are kept, of lots given with their keys, without the few that are not made yet."""
    own = select(Lot.call_id).where(Lot.id.in_(keys))
    every: dict[int, list[int]] = {}
    for row in db.session.execute(select(Lot.call_id, Lot.id).where(Lot.call_id.in_(own))):
        every.setdefault(row.call_id, []).append(row.id)
    fewer = {row[0]: row[1] for row in db.session.execute(unmade(actor), {"lots": list(keys)})}
    found = {}
    for call_id, head in kept.heads(KIND, actor, every).items():
        for lot in keys.keys() & every[call_id]:
            unsigned, unnoted = head.lots.get(keys[lot], (0, 0))
            less = fewer.get(lot, 0)
            found[lot] = (max(unsigned - less, 0), max(unnoted - less, 0))
    return found


@lru_cache(maxsize=256)
def unmade(actor: Actor) -> Any:
    """By lot, of ``lots``, the letters that are not made yet: begins with the letters, which are few."""
    return (
        select(Dossier.lot_id, func.count())
        .join(Letter, Letter.dossier_id + 0 == Dossier.id)
        .where(
            letters.unmade(), Letter.kind.in_(OF_DECISIONS), (Dossier.lot_id + 0).in_(_LOTS), ~barred(actor),
            looker_sees(actor),
        )
        .group_by(Dossier.lot_id)
    )  # fmt: skip


def _work(actor: Actor, call_id: int) -> kept.Work[Papers, Nothing]:
    keys = {
        row.id: row.key for row in db.session.execute(select(Lot.id, Lot.key).where(Lot.call_id == call_id))
    }
    rows = db.session.execute(_query(actor).where(Dossier.call_id == call_id))
    return kept.Work(Papers({keys[row[0]]: (row[1], row[2]) for row in rows if row[0] in keys}))


KIND = kept.Kind("papers", Papers, Nothing, _work, (Role.coordinator, Role.signatory), (P.letter_view,))
