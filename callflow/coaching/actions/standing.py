"""What coach and coordinator write beside the sessions: waivers, notes for each other, a coach's conflict."""

from sqlalchemy import select

from callflow.calls.procedure import Procedure
from callflow.coaching.models import Note, Waiver
from callflow.coaching.rules import TEXT, stage_of
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers import actions as dossiers
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.states import Task

REASON = 1000


def waive_sessions(actor: Actor, dossier: Dossier, *, reason: str) -> Waiver:
    """Let a dossier leave this stretch of coaching with fewer sessions than the call asks for.

    Raises Refused without a reason, outside a stage of coaching, and when it was waived before.
    """
    require(actor, P.coaching_waive, dossier)
    stretch = stage_of(Procedure.of(dossier.call.procedure), dossier.state)
    if stretch is None or dossier.state is not dossier.shown_state:
        raise Refused("nothing_to_waive")
    if not reason.strip():
        raise Refused("waiver_reason_missing", field="reason")
    if len(reason.strip()) > REASON:
        raise Refused("reason_long", field="reason", limit=REASON)
    if db.session.scalar(select(Waiver.id).where(Waiver.dossier_id == dossier.id, Waiver.stretch == stretch)):
        raise Refused("already_waived")
    made = Waiver(
        dossier_id=dossier.id, stretch=stretch, reason=reason.strip(), waived_by=actor.id,
        waived_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    trail.record(
        dossier.trail, actor, "sessions_waived",
        data={"stretch": stretch.value, "needed": Procedure.of(dossier.call.procedure).sessions_needed},
        texts={"reason": made.reason},
    )  # fmt: skip
    return made


def assign_proposed(actor: Actor, dossier: Dossier, *, person_id: int) -> Assignment:
    """Give a coach to a project that needs one and still has none; a second one is given on its own page.

    Raises Refused when somebody was quicker, when it is not being coached, and for what dossiers refuses.
    """
    require(actor, P.dossier_assign, dossier)
    if stage_of(Procedure.of(dossier.call.procedure), dossier.state) is None:
        raise Refused("coaching_over", reference=dossier.reference)
    coached = select(Assignment.id).where(Assignment.dossier_id == dossier.id, Assignment.task == Task.coach)
    if db.session.scalar(coached.limit(1)) is not None:
        raise Refused("has_coach", reference=dossier.reference)
    return dossiers.assign(actor, dossier, person_id=person_id, task=Task.coach)


def write_note(actor: Actor, dossier: Dossier, *, text: str) -> Note:
    """A note that coach and coordinator read and the group never does: its words stand on no trail."""
    require(actor, P.coaching_note, dossier)
    if not text.strip():
        raise Refused("note_missing", field="note")
    if len(text.strip()) > TEXT:
        raise Refused("reason_long", field="note", limit=TEXT)
    made = Note(dossier_id=dossier.id, written_by=actor.id, written_at=clock.now(), text=text.strip())
    db.session.add(made)
    db.session.flush()  # the event names its id
    trail.record(dossier.trail, actor, "note_written", data={"note_id": made.id})
    return made


def declare_conflict(actor: Actor, dossier: Dossier, *, reason: str) -> Exclusion:
    """A coach steps aside: the dossier is theirs no more, and they are never proposed for it again.

    Sessions that took place stay on record. Raises Refused without a reason.
    """
    require(actor, P.coaching_log, dossier)
    if not reason.strip():
        raise Refused("conflict_reason_missing", field="reason")
    made = Exclusion(
        dossier_id=dossier.id, person_id=actor.id, declared=True, reason=reason.strip()[:500],
        since=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    mine = select(Assignment).where(Assignment.dossier_id == dossier.id, Assignment.person_id == actor.id)
    db.session.delete(db.session.scalars(mine).one())
    trail.record(dossier.trail, actor, "coach_stepped_aside", texts={"reason": reason.strip()[:500]})
    return made
