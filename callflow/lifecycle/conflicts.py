"""Conflicts of interest of jurors, found in what the site knows, kept with their reason, and lifted."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from callflow.applications.models import Answer, Submission
from callflow.calls.models import Call
from callflow.coaching.models import Session, session_dossier
from callflow.core import clock, trail
from callflow.core.actor import CLOCK, Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers import actions as dossiers
from callflow.dossiers.models import Assignment, Conflict, Dossier, Exclusion
from callflow.dossiers.rules import takes_jurors
from callflow.dossiers.states import JUDGED, SAID, ConflictKind, Fate, Kind, Task
from callflow.jury import actions as jury
from callflow.jury.models import JurorProfile
from callflow.people.models import Group, Membership, User

OPEN = (Dossier.kind == Kind.application, Dossier.state.in_(JUDGED))
"""Which dossiers of a call still take jurors."""
SHORTEST = 4
"""Signs that a name must have to be compared: shorter ones stand in many others."""
Key = tuple[int, int, ConflictKind]


@dataclass
class Known:
    """What is known of the jurors and the dossiers of a call, as far as conflicts are made of it."""

    jurors: Mapping[int, User]
    profiles: Mapping[int, JurorProfile]
    dossiers: Sequence[Any]
    members: dict[int, dict[int, User]] = field(default_factory=dict)
    named: dict[int, dict[str, str]] = field(default_factory=dict)
    coached: set[tuple[int, int]] = field(default_factory=set)
    wrote: set[tuple[int, int]] = field(default_factory=set)


def find(call_id: int, jurors: Mapping[int, User], *, only: int | None = None) -> dict[Key, str]:
    """Every conflict of these jurors with an open dossier of the call (with this ``only`` where one is
    given), by dossier, person and kind; with what it was found in. Six statements.
    """
    which = (Dossier.call_id == call_id, *OPEN, *([Dossier.id == only] if only is not None else []))
    known = _known(call_id, jurors, which)
    found: dict[Key, str] = {}
    for row in known.dossiers:
        people = _people(row, known.members.get(row.group_id, {}))
        for person_id in jurors:
            for kind, reason in _between(row, person_id, known, people):
                found.setdefault((row.id, person_id, kind), reason[:500])
    return found


def renew(actor: Actor, call: Call, jurors: Mapping[int, User], *, only: int | None = None) -> int:
    """Bring what is kept in step with what is found: new conflicts begin, those without a cause end. How many
    changed. ``only`` one juror who told something of themselves, or all on behalf of a coordinator.
    """
    if only is None:
        require(actor, P.dossier_assign, call)
    else:
        require(
            actor, P.jury_pile if actor.id == only else P.dossier_assign, None if actor.id == only else call
        )
    of = {only: jurors[only]} if only is not None else jurors
    _lock(call.id)
    found, held = find(call.id, of), _held(call.id, of)
    new = [key for key, reason in found.items() if _begins(held.get(key), reason)]
    gone = [each for key, each in held.items() if key not in found and each.ended_at is None]
    if only is not None and actor.id == only:
        gone = []  # nobody clears their own conflicts: a coordinator's look does
    loaded = _loaded({key[0] for key in new} | {each.dossier_id for each in gone})
    for dossier_id, person_id, kind in sorted(new):
        _begin(actor, loaded[dossier_id], person_id, kind, found[dossier_id, person_id, kind])
    for each in gone:
        _end(actor, loaded[each.dossier_id], each, by=None, reason="")
    return len(new) + len(gone)


def pending(call_id: int, jurors: Mapping[int, User]) -> bool:
    """Whether renew() would change anything."""
    found, held = find(call_id, jurors), _held(call_id, jurors)
    begins = any(_begins(held.get(key), reason) for key, reason in found.items())
    return begins or any(key not in found and each.ended_at is None for key, each in held.items())


def look(actor: Actor, dossier: Dossier, jurors: Mapping[int, User]) -> int:
    """Keep what conflicts these jurors have with one dossier, before one of them is put on it by hand. How
    many began.
    """
    require(actor, P.dossier_assign, dossier)
    found, held = find(dossier.call_id, jurors, only=dossier.id), _held(dossier.call_id, jurors)
    new = [key for key, reason in found.items() if _begins(held.get(key), reason)]
    for _, person_id, kind in sorted(new):
        _begin(actor, dossier, person_id, kind, found[dossier.id, person_id, kind])
    return len(new)


def sit(call_id: Any) -> Select[*tuple[Any, ...]]:
    """Who sits on an open dossier of a call and does not stand apart: dossier and person."""
    return (
        select(Assignment.dossier_id, Assignment.person_id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .outerjoin(
            Exclusion,
            (Exclusion.dossier_id == Assignment.dossier_id) & (Exclusion.person_id == Assignment.person_id),
        )
        .where(Dossier.call_id == call_id, *OPEN, Assignment.task == Task.juror, Exclusion.id.is_(None))
    )


def begun(call: Call, jurors: Mapping[int, User]) -> list[Dossier]:
    """Keep what came to light about jurors who sit on a dossier already: they joined its group, moved, or a
    new version names their organisation. The dossiers from which somebody stands aside since.

    Nobody asked for it, so nothing ends by it: who changes what they told of themselves is let in again by
    a coordinator only.
    """
    if not _new_among_seats(call.id, jurors):
        return []
    _lock(call.id)
    new = _new_among_seats(call.id, jurors)
    loaded = _loaded({dossier_id for dossier_id, _, _ in new})
    for dossier_id, person_id, kind in sorted(new):
        _begin(CLOCK, loaded[dossier_id], person_id, kind, new[dossier_id, person_id, kind])
    return [loaded[dossier_id] for dossier_id in sorted(loaded)]


def report(actor: Actor, dossier: Dossier, *, person_id: int, reason: str) -> None:
    """Note a conflict that somebody told the office of. Who sits on the dossier stands aside, and what
    becomes of scores that were handed in is decided next.

    Raises Refused without a reason, for who already stands aside, for another task that has to be taken away
    first, and for a juror once the scoring is closed.
    """
    require(actor, P.dossier_assign, dossier)
    if not _sits(dossier.id, person_id):
        dossiers.exclude(actor, dossier, person_id=person_id, reason=reason)
        return
    if not reason.strip():
        raise Refused("conflict_reason_missing", field="reason")
    if not takes_jurors(dossier):
        raise Refused("scoring_over")
    made = jury.stand_apart(dossier, juror_id=person_id, declared=False, reason=reason)
    dossiers.note_conflict(dossier, person_id=person_id, kind=ConflictKind.reported, reason=reason)
    trail.record(
        dossier.trail, actor, "conflict_reported",
        data={"person_id": person_id, "scores_left_out": made.scores is Fate.undecided},
        texts={"reason": reason.strip()},
    )  # fmt: skip


def lift(actor: Actor, dossier: Dossier, *, person_id: int, kind: ConflictKind, reason: str) -> Conflict:
    """A conflict that was found is none, for a reason that stays on record.

    Raises Refused without a reason, for one's own, for one that somebody spoke of, and when there is none.
    """
    require(actor, P.dossier_assign, dossier)
    if person_id == actor.id:
        raise Refused("own_conflict")
    if not reason.strip():
        raise Refused("lift_reason_missing", field="reason")
    mine = (Conflict.dossier_id == dossier.id, Conflict.person_id == person_id, Conflict.kind == kind)
    held = db.session.scalar(select(Conflict).where(*mine, Conflict.ended_at.is_(None)))
    if held is None or kind in SAID:
        raise Refused("nothing_to_lift")
    _end(actor, dossier, held, by=actor.id, reason=reason.strip()[:500])
    return held


def folded(name: str) -> str:
    """A name as it is compared: small letters without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^\w@.]+", " ", letters).strip()


def _between(row: Any, person_id: int, known: Known, people: set[str]) -> Iterator[tuple[ConflictKind, str]]:
    if person_id in known.members.get(row.group_id, {}):
        yield ConflictKind.member, row.group_name or ""
    if (row.id, person_id) in known.coached:
        yield ConflictKind.coached, ""
    if (row.id, person_id) in known.wrote:
        yield ConflictKind.author, ""
    profile = known.profiles.get(person_id)
    if profile is None:
        return
    if profile.municipality_code and profile.municipality_code == row.municipality_code:
        yield ConflictKind.municipality, row.municipality_code
    names = known.named.get(row.id, {})
    for each in profile.bodies:
        if folded(each) in names:
            yield ConflictKind.body, each
    for each in profile.household:
        if folded(each) in people:
            yield ConflictKind.household, each


def _people(row: Any, members: Mapping[int, User]) -> set[str]:
    """Names and addresses of who is behind an application."""
    said = [row.contact_name, row.contact_email]
    said += [word for each in members.values() for word in (each.name, each.email)]
    return {folded(word) for word in said if word}


def _known(call_id: int, jurors: Mapping[int, User], which: tuple[ColumnElement[bool], ...]) -> Known:
    profiles = select(JurorProfile).where(JurorProfile.call_id == call_id)
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.group_id, Dossier.municipality_code, Group.name.label("group_name"),
            Group.contact_name, Group.contact_email,
        )
        .outerjoin(Group, Group.id == Dossier.group_id)
        .where(*which)
    ).all()  # fmt: skip
    known = Known(jurors, {each.person_id: each for each in db.session.scalars(profiles)}, rows)
    inside = select(Dossier.id).where(*which)
    members = select(Membership.group_id, User).join(User, User.id == Membership.user_id)
    groups = select(Dossier.group_id).where(*which)
    for group_id, user in db.session.execute(members.where(Membership.group_id.in_(groups))):
        known.members.setdefault(group_id, {})[user.id] = user
    wrote = select(Answer.application_id, Answer.saved_by).where(Answer.application_id.in_(inside)).distinct()
    known.wrote = {(row[0], row[1]) for row in db.session.execute(wrote)}
    known.coached = {(row[0], row[1]) for row in db.session.execute(_coached(inside))}
    if any(each.bodies for each in known.profiles.values()):
        known.named = _named(rows, inside)
    return known


def _coached(inside: Any) -> Any:
    """Who logged a session with a dossier, or coaches it."""
    sessions = (
        select(session_dossier.c.dossier_id, Session.coach_id)
        .join(Session, Session.id == session_dossier.c.session_id)
        .where(session_dossier.c.dossier_id.in_(inside))
    )
    coaches = select(Assignment.dossier_id, Assignment.person_id).where(
        Assignment.task == Task.coach, Assignment.dossier_id.in_(inside)
    )
    return sessions.union(coaches)


def _named(rows: Sequence[Any], inside: Any) -> dict[int, dict[str, str]]:
    """By dossier, the names that its last version holds: the group, and every short text in the answers."""
    named = {row.id: {folded(row.group_name or ""): ""} for row in rows}
    last = (
        select(Submission.application_id, func.max(Submission.number).label("number"))
        .where(Submission.application_id.in_(inside))
        .group_by(Submission.application_id)
        .subquery()
    )
    whole = select(Submission.application_id, Submission.answers).join(
        last, (last.c.application_id == Submission.application_id) & (last.c.number == Submission.number)
    )
    for dossier_id, answers in db.session.execute(whole):
        for word in _texts(answers):
            named[dossier_id][folded(word)] = word
    return {
        key: {name: word for name, word in each.items() if len(name) >= SHORTEST}
        for key, each in named.items()
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) <= 120:
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _new_among_seats(call_id: int, jurors: Mapping[int, User]) -> dict[Key, str]:
    seats = {(row[0], row[1]) for row in db.session.execute(sit(call_id))}
    judging = {person_id for _, person_id in seats}
    sitting = {person_id: each for person_id, each in jurors.items() if person_id in judging}
    found, held = find(call_id, sitting), _held(call_id, sitting)
    return {
        key: reason for key, reason in found.items() if key[:2] in seats and _begins(held.get(key), reason)
    }


def _lock(call_id: int) -> None:
    db.session.execute(
        select(Dossier.id)
        .where(Dossier.call_id == call_id, *OPEN)
        .order_by(Dossier.id)
        .with_for_update(key_share=True)
    )


def _held(call_id: int, jurors: Iterable[int]) -> dict[Key, Conflict]:
    """What is kept of found conflicts of these jurors with open dossiers."""
    query = (
        select(Conflict)
        .join(Dossier, Dossier.id == Conflict.dossier_id)
        .where(
            Dossier.call_id == call_id, *OPEN, Conflict.person_id.in_(list(jurors)),
            Conflict.kind.not_in(SAID),
        )
    )  # fmt: skip
    return {(each.dossier_id, each.person_id, each.kind): each for each in db.session.scalars(query)}


def _begins(held: Conflict | None, reason: str) -> bool:
    """One that was lifted begins anew only when something else is found."""
    if held is None:
        return True
    return held.ended_at is not None and (held.ended_by is None or held.reason != reason)


def _loaded(ids: set[int]) -> dict[int, Dossier]:
    query = select(Dossier).where(Dossier.id.in_(ids)).options(joinedload(Dossier.trail))
    return {each.id: each for each in db.session.scalars(query.execution_options(populate_existing=True))}


def _begin(actor: Actor, dossier: Dossier, person_id: int, kind: ConflictKind, reason: str) -> None:
    dossiers.note_conflict(dossier, person_id=person_id, kind=kind, reason=reason)
    data = {"person_id": person_id, "kind": kind.value, "scores_left_out": False}
    if _sits(dossier.id, person_id):
        made = jury.stand_apart(dossier, juror_id=person_id, declared=False, reason=kind.value)
        data["scores_left_out"] = made.scores is Fate.undecided
    said = reason if kind is not ConflictKind.municipality else ""  # a code, which tells a reader nothing
    trail.record(dossier.trail, actor, "conflict_found", data=data, texts={"reason": said} if said else None)


def _sits(dossier_id: int, person_id: int) -> bool:
    """Whether this person is its juror and does not stand apart yet."""
    query = (
        select(Assignment.id)
        .outerjoin(
            Exclusion,
            (Exclusion.dossier_id == Assignment.dossier_id) & (Exclusion.person_id == Assignment.person_id),
        )
        .where(
            Assignment.dossier_id == dossier_id, Assignment.person_id == person_id,
            Assignment.task == Task.juror, Exclusion.id.is_(None),
        )
    )  # fmt: skip
    return db.session.scalar(query) is not None


def _end(actor: Actor, dossier: Dossier, held: Conflict, *, by: int | None, reason: str) -> None:
    held.ended_at, held.ended_by, held.ended_reason = clock.now(), by, reason
    db.session.flush()  # what still stands is asked next
    keep = _open_again(dossier, held.person_id)
    trail.record(
        dossier.trail, actor, "conflict_lifted",
        data={"person_id": held.person_id, "kind": held.kind.value, "keep": keep, "gone": by is None},
        texts={"reason": reason} if reason else None,
    )  # fmt: skip


def _open_again(dossier: Dossier, person_id: int) -> bool:
    """Without any conflict left the juror sees the dossier again; whether scores count again."""
    mine = (Conflict.dossier_id == dossier.id, Conflict.person_id == person_id, Conflict.ended_at.is_(None))
    apart = (Exclusion.dossier_id == dossier.id, Exclusion.person_id == person_id, ~Exclusion.declared)
    excluded = db.session.scalar(select(Exclusion).where(*apart))
    if excluded is None or db.session.scalar(select(Conflict.id).where(*mine).limit(1)) is not None:
        return excluded is not None and excluded.scores is Fate.kept
    had_scored = excluded.scores is not Fate.none
    db.session.delete(excluded)
    jury.reopen(dossier, juror_id=person_id, handed_in=had_scored)
    return had_scored
