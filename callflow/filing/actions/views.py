"""Saved views of the list of dossiers: kept, renamed, shared, taken away and brought back."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db, in_turn
from callflow.core.errors import Forbidden, Refused
from callflow.core.permissions import P, require
from callflow.filing.models import DefaultView, SavedView
from callflow.filing.rules import cleaned, key_of, owns

MOST = 40


def save_view(
    actor: Actor, call_id: int, *, name: str, shared: bool, asked: Mapping[str, Sequence[str]]
) -> SavedView:
    """Keep what the list shows under a name, in a call that the actor works on.

    Raises Refused when one's own view has that name, or there are many.
    """
    require(actor, P.filing_read)
    standing = _names(actor, call_id)
    if key_of(name) in standing:
        raise Refused("view_name_taken", field="name")
    if len(standing) >= MOST:
        raise Refused("too_many_views", field="name", most=MOST)
    made = SavedView(
        call_id=call_id, owner_id=actor.id, name=" ".join(name.split()), name_key=key_of(name), shared=shared,
        asked=cleaned(asked),
    )  # fmt: skip
    db.session.add(made)
    trail.record(made.trail, actor, "view_saved", data={"shared": shared}, texts={"name": made.name})
    return made


def change_view(actor: Actor, view: SavedView, *, name: str, shared: bool) -> None:
    """Another name, shared or not; no longer shared it opens for nobody else by itself. Only its owner."""
    require(actor, P.filing_read)
    _mine(actor, view)
    if key_of(name) != view.name_key and key_of(name) in _names(actor, view.call_id):
        raise Refused("view_name_taken", field="name")
    view.name, view.name_key, view.shared = " ".join(name.split()), key_of(name), shared
    if not shared:
        others = (DefaultView.view_id == view.id, DefaultView.user_id != actor.id)
        db.session.execute(delete(DefaultView).where(*others))
    trail.record(view.trail, actor, "view_changed", data={"shared": shared}, texts={"name": view.name})


def remove_view(actor: Actor, view: SavedView) -> None:
    """Take a view away; nobody's list begins with it any more. Only its owner."""
    require(actor, P.filing_read)
    _mine(actor, view)
    view.removed_at = clock.now()
    db.session.execute(delete(DefaultView).where(DefaultView.view_id == view.id))
    trail.record(view.trail, actor, "view_removed")


def restore_view(actor: Actor, view: SavedView) -> None:
    """Bring a view back. Raises Refused when another of one's own has its name meanwhile. Only its owner."""
    require(actor, P.filing_read)
    _mine(actor, view)
    if view.name_key in _names(actor, view.call_id):
        raise Refused("view_name_taken")
    view.removed_at = None
    trail.record(view.trail, actor, "view_restored")


def begin_with(actor: Actor, view: SavedView, *, wanted: bool) -> None:
    """Whether one's own list of this call begins with this view."""
    require(actor, P.filing_read)
    in_turn(f"views of {actor.id}")
    mine = (DefaultView.user_id == actor.id, DefaultView.call_id == view.call_id)
    db.session.execute(delete(DefaultView).where(*mine))
    if wanted:
        db.session.add(DefaultView(user_id=actor.id, call_id=view.call_id, view_id=view.id))
    trail.record(view.trail, actor, "view_default", data={"wanted": wanted})


def _mine(actor: Actor, view: SavedView) -> None:
    if not owns(actor, view):
        raise Forbidden("not_your_view")


def _names(actor: Actor, call_id: int) -> set[str]:
    """The names of one's own views, once no other window is changing them."""
    in_turn(f"views of {actor.id}")
    mine = (SavedView.call_id == call_id, SavedView.owner_id == actor.id, SavedView.removed_at.is_(None))
    return set(db.session.scalars(select(SavedView.name_key).where(*mine)))
