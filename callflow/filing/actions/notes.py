"""Notes of the staff on a dossier: written, put right by their author, taken away with all they said."""

from sqlalchemy import select, update

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Forbidden, Refused
from callflow.core.permissions import P, require
from callflow.core.trail import Event, EventText
from callflow.dossiers.models import Dossier
from callflow.filing.models import StaffNote
from callflow.filing.rules import LONGEST_NOTE, owns


def write_staff_note(actor: Actor, dossier: Dossier, *, text: str) -> StaffNote:
    """A new note on a dossier that was loaded for a step. Raises Refused when it says nothing."""
    require(actor, P.filing_write, dossier)
    made = StaffNote(dossier_id=dossier.id, author_id=actor.id, written_at=clock.now())
    event = trail.record(made.trail, actor, "note_written", texts={"note": _words(text)})
    made.text_id = _text_of(event)
    db.session.add(made)
    return made


def edit_note(actor: Actor, dossier: Dossier, note: StaffNote, *, version: int, text: str) -> None:
    """Other words; what it said before stays in its history. Only its author; Changed after another."""
    require(actor, P.filing_write, dossier)
    _mine(actor, note)
    if note.version != version:
        raise Changed("note_changed")
    event = trail.record(note.trail, actor, "note_edited", texts={"note": _words(text)})
    note.text_id, note.edited_at, note.version = _text_of(event), clock.now(), note.version + 1


def remove_note(actor: Actor, dossier: Dossier, note: StaffNote) -> None:
    """Take a note away and erase every word it ever held: who wrote and removed it stays. Only its author."""
    require(actor, P.filing_write, dossier)
    _mine(actor, note)
    note.text_id, note.removed_at = None, clock.now()
    db.session.flush()  # the note lets go of its text before that is erased
    events = select(Event.id).where(Event.trail_id == note.trail_id)
    db.session.execute(update(EventText).where(EventText.event_id.in_(events)).values(body=None))
    trail.record(note.trail, actor, "note_removed")


def _words(text: str) -> str:
    if not text.strip():
        raise Refused("note_missing", field="note")
    if len(text) > LONGEST_NOTE:
        raise Refused("reason_long", field="note", limit=LONGEST_NOTE)
    return text.strip()


def _mine(actor: Actor, note: StaffNote) -> None:
    if not owns(actor, note):
        raise Forbidden("not_your_note")


def _text_of(event: Event) -> int | None:
    db.session.flush()  # for the id of the text
    return db.session.scalar(select(EventText.id).where(EventText.event_id == event.id))
