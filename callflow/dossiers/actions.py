"""Writes of dossiers that no step makes: who works on one, and who a conflict keeps away from it."""

from collections.abc import Iterable

from sqlalchemy import exists, or_, select

from callflow.core import clock, trail
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Assignment, Conflict, Dossier, Exclusion
from callflow.dossiers.rules import ROLE_OF, takes_jurors
from callflow.dossiers.states import ConflictKind, Task
from callflow.people import queries as people
from callflow.people.models import Membership, User


def assign(actor: Actor, dossier: Dossier, *, person_id: int, task: Task) -> Assignment:
    """Give somebody one task on a dossier that was loaded for a step; a new handler replaces the one before.

    Raises Refused when the person lacks the role, has another task there, is excluded, or is of the group.
    """
    require(actor, P.dossier_assign, dossier)
    field = f"{task.value}_id"
    if task is Task.juror and not takes_jurors(dossier):
        raise Refused("scoring_over", field=field)
    if not _holds(person_id, ROLE_OF[task], dossier):
        raise Refused("lacks_role", field=field)
    held = _assignment(dossier, person_id)
    if held is not None:
        raise Refused("has_task", field=field, task=held.task.value)
    if _stands_apart(dossier, person_id) or (task is Task.juror and _in_conflict(dossier, person_id)):
        raise Refused("has_conflict", field=field)
    if task is Task.handler:
        _release_handler(actor, dossier)
        dossier.handler_id = person_id
    made = Assignment(
        dossier_id=dossier.id, person_id=person_id, task=task, assigned_by=actor.id, assigned_at=clock.now()
    )
    db.session.add(made)
    trail.record(dossier.trail, actor, "assigned", data={"task": task.value, "person_id": person_id})
    return made


def unassign(actor: Actor, dossier: Dossier, *, person_id: int, reason: str = "") -> None:
    """Take a task away. A juror leaves through jury.actions.excuse, which looks at their scores first.

    Raises Refused when this person has no task on the dossier.
    """
    require(actor, P.dossier_assign, dossier)
    held = _assignment(dossier, person_id)
    if held is None:
        raise Refused("has_no_task")
    if held.task is Task.handler:
        dossier.handler_id = None
    db.session.delete(held)
    trail.record(
        dossier.trail, actor, "unassigned",
        data={"task": held.task.value, "person_id": person_id}, texts={"reason": reason} if reason else None,
    )  # fmt: skip


def exclude(actor: Actor, dossier: Dossier, *, person_id: int, reason: str) -> Exclusion:
    """Note a conflict of interest that somebody reported about another person, before any task is given.

    Raises Refused without a reason, for nobody we know, when it was noted before, or when a task has to be
    taken away first.
    """
    require(actor, P.dossier_assign, dossier)
    if not reason.strip():
        raise Refused("conflict_reason_missing", field="reason")
    if db.session.get(User, person_id) is None:
        raise Refused("nobody_chosen", field="person_id")
    if _assignment(dossier, person_id) is not None:
        raise Refused("task_first", field="person_id")
    if _excluded(dossier, person_id):
        raise Refused("already_excluded", field="person_id")
    made = Exclusion(
        dossier_id=dossier.id, person_id=person_id, declared=False, reason=reason.strip(), since=clock.now()
    )
    db.session.add(made)
    note_conflict(dossier, person_id=person_id, kind=ConflictKind.reported, reason=reason)
    trail.record(
        dossier.trail, actor, "excluded", data={"person_id": person_id}, texts={"reason": reason.strip()}
    )
    return made


def note_conflict(dossier: Dossier, *, person_id: int, kind: ConflictKind, reason: str) -> Conflict:
    """Keep why somebody is no juror of this dossier; what was known and ended begins anew. The caller
    records it.
    """
    mine = (Conflict.dossier_id == dossier.id, Conflict.person_id == person_id, Conflict.kind == kind)
    held = db.session.scalar(select(Conflict).where(*mine))
    if held is None:
        held = Conflict(dossier_id=dossier.id, person_id=person_id, kind=kind)
        db.session.add(held)
    held.reason, held.since = reason.strip()[:500], clock.now()
    held.ended_at, held.ended_by, held.ended_reason = None, None, ""
    return held


def seat_jurors(actor: Actor, dossier: Dossier, *, add: Iterable[int], away: Iterable[Assignment]) -> None:
    """Put jurors on a dossier and take others off, as a confirmed proposal says, whose making saw to roles,
    tasks and conflicts in this same unit of work.
    """
    require(actor, P.dossier_assign, dossier)
    for held in away:
        db.session.delete(held)
        trail.record(
            dossier.trail, actor, "unassigned",
            data={"task": Task.juror.value, "person_id": held.person_id, "proposal": True},
        )  # fmt: skip
    for person_id in add:
        db.session.add(
            Assignment(
                dossier_id=dossier.id, person_id=person_id, task=Task.juror, assigned_by=actor.id,
                assigned_at=clock.now(),
            )
        )  # fmt: skip
        trail.record(
            dossier.trail, actor, "assigned",
            data={"task": Task.juror.value, "person_id": person_id, "proposal": True},
        )  # fmt: skip


def _assignment(dossier: Dossier, person_id: int) -> Assignment | None:
    return db.session.scalar(
        select(Assignment).where(Assignment.dossier_id == dossier.id, Assignment.person_id == person_id)
    )


def _release_handler(actor: Actor, dossier: Dossier) -> None:
    """One case handler at a time: the letters name that person."""
    if dossier.handler_id is not None:
        unassign(actor, dossier, person_id=dossier.handler_id)


def _holds(person_id: int, role: Role, dossier: Dossier) -> bool:
    return people.actor(person_id).covers(role, dossier)


def _excluded(dossier: Dossier, person_id: int) -> bool:
    query = select(Exclusion.id).where(Exclusion.dossier_id == dossier.id, Exclusion.person_id == person_id)
    return db.session.scalar(query) is not None


def _in_conflict(dossier: Dossier, person_id: int) -> bool:
    query = select(Conflict.id).where(
        Conflict.dossier_id == dossier.id, Conflict.person_id == person_id, Conflict.ended_at.is_(None)
    )
    return db.session.scalar(query.limit(1)) is not None


def _stands_apart(dossier: Dossier, person_id: int) -> bool:
    """A declared conflict, or membership of the group that applies: one statement."""
    member = select(Membership.id).where(
        Membership.group_id == dossier.group_id, Membership.user_id == person_id
    )
    declared = select(Exclusion.id).where(
        Exclusion.dossier_id == dossier.id, Exclusion.person_id == person_id
    )
    return bool(db.session.scalar(select(or_(exists(declared), exists(member)))))
