"""Tags of a call: made, renamed, taken away and brought back, put on dossiers and taken off them."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db, in_turn
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.filing.models import Tag, Tagged
from callflow.filing.rules import key_of
from callflow.filing.states import Colour

MOST = 60


class _OfCall:
    """The call as the reach of a role is asked about it."""

    def __init__(self, call_id: int) -> None:
        self.call_id = call_id


def make_tag(actor: Actor, call_id: int, *, name: str, colour: Colour) -> Tag:
    """A new tag of the call. Raises Refused when the name is taken or there are many."""
    require(actor, P.filing_write, _OfCall(call_id))
    standing = _names(call_id)
    if key_of(name) in standing:
        raise Refused("tag_name_taken", field="name")
    if len(standing) >= MOST:
        raise Refused("too_many_tags", field="name", most=MOST)
    made = Tag(call_id=call_id, name=" ".join(name.split()), name_key=key_of(name), colour=colour)
    db.session.add(made)
    trail.record(made.trail, actor, "tag_made", data={"colour": colour}, texts={"name": made.name})
    return made


def change_tag(actor: Actor, tag: Tag, *, name: str, colour: Colour) -> None:
    """Another name or colour, on every dossier that carries it. Raises Refused when the name is taken."""
    require(actor, P.filing_write, tag)
    if key_of(name) != tag.name_key and key_of(name) in _names(tag.call_id):
        raise Refused("tag_name_taken", field="name")
    tag.name, tag.name_key, tag.colour = " ".join(name.split()), key_of(name), colour
    trail.record(tag.trail, actor, "tag_changed", data={"colour": colour}, texts={"name": tag.name})


def remove_tag(actor: Actor, tag: Tag) -> None:
    """Take a tag away from the call; what carried it carries it again when it is brought back."""
    require(actor, P.filing_write, tag)
    tag.removed_at = clock.now()
    trail.record(tag.trail, actor, "tag_removed")


def restore_tag(actor: Actor, tag: Tag) -> None:
    """Bring a tag back. Raises Refused when another has its name meanwhile."""
    require(actor, P.filing_write, tag)
    if tag.name_key in _names(tag.call_id):
        raise Refused("tag_name_taken")
    tag.removed_at = None
    trail.record(tag.trail, actor, "tag_restored")


def put_tag(actor: Actor, tag: Tag, dossier_ids: Sequence[int]) -> None:
    """Put the tag, locked, on dossiers that filing.queries.reached() gave and that do not carry it."""
    require(actor, P.filing_write)
    if dossier_ids:
        at = clock.now()
        db.session.add_all(Tagged(dossier_id=each, tag_id=tag.id, since=at) for each in dossier_ids)
        trail.record(tag.trail, actor, "tag_put", data={"dossiers": list(dossier_ids)})


def take_tag(actor: Actor, tag: Tag, dossier_ids: Sequence[int]) -> None:
    """Take the tag, locked, off dossiers that filing.queries.reached() gave and that carry it."""
    require(actor, P.filing_write)
    if dossier_ids:
        held = (Tagged.tag_id == tag.id, Tagged.dossier_id.in_(dossier_ids))
        db.session.execute(delete(Tagged).where(*held))
        trail.record(tag.trail, actor, "tag_taken", data={"dossiers": list(dossier_ids)})


def _names(call_id: int) -> set[str]:
    """The names in use, once nobody else is changing them."""
    in_turn(f"tags of {call_id}")
    return set(
        db.session.scalars(select(Tag.name_key).where(Tag.call_id == call_id, Tag.removed_at.is_(None)))
    )
