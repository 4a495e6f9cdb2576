"""The words of what the staff files for itself: tags, notes, views, and steps for many."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l
from callflow.filing.states import Colour

REFUSALS: dict[str, Any] = {
    "tag_name_taken": _l("This call already has a tag of this name."),
    "too_many_tags": _l("This call has %(most)s tags. Take away one that is no longer used."),
    "tag_there": _l("This dossier carries the tag already."),
    "tag_not_there": _l("This dossier does not carry the tag."),
    "tag_unchosen": _l("Choose a tag from the list."),
    "view_name_taken": _l("You already have a list of this name."),
    "too_many_views": _l("You keep %(most)s lists in this call. Take away one that you no longer use."),
    "not_your_view": _l("Only the person who made this list changes it. Keep it under a name of your own."),
    "not_your_note": _l("Only the person who wrote this note changes it. Write a note beside it."),
    "note_changed": _l("You changed this note in another window meanwhile. Look at it again below."),
    "not_from_here": _l("This step does not begin from where the dossier is now: %(state)s."),
    "dossier_unseen": _l("There is no such dossier among yours."),
    "many_changed": _l(
        "Other dossiers match these filters now. Look at the number again before you confirm."
    ),
    "too_many_at_once": _l("At most %(most)s dossiers are done in one go. Choose a narrower filter."),
}
COLOURS: dict[Colour, Any] = {
    Colour.stone: _l("Grey"),
    Colour.sea: _l("Blue"),
    Colour.hedge: _l("Green"),
    Colour.straw: _l("Yellow"),
    Colour.brick: _l("Red"),
}
COLUMNS: dict[str, Any] = {
    "state": _l("State"),
    "total": _l("Score"),
    "scores": _l("Score sheets"),
    "requested": _l("Requested"),
    "submitted": _l("Handed in"),
    "handler": _l("Case handler"),
    "lot": _l("Lot"),
}
USUAL = ("state", "total", "requested", "submitted", "handler")
"""The columns of a list for which nobody chose others."""
DEEDS: dict[str, Any] = {
    "tag": _l("Add the tag"),
    "untag": _l("Take the tag off"),
    "handler": _l("Give to this case handler"),
}
EVENTS: dict[str, Any] = {
    "tag": _l("Tag added"),
    "untag": _l("Tag taken off"),
    "handler": _l("Given to a case handler"),
}
HAPPENED: dict[str, Any] = {
    "tag_made": _l("Tag made"),
    "tag_changed": _l("Tag changed"),
    "tag_removed": _l("Tag taken away from the call"),
    "tag_restored": _l("Tag put back"),
    "tag_put": _l("Tag put on dossiers"),
    "tag_taken": _l("Tag taken off dossiers"),
    "note_written": _l("Note of the staff written"),
    "note_edited": _l("Note of the staff changed"),
    "note_removed": _l("Note of the staff taken away and erased"),
    "view_saved": _l("List kept"),
    "view_changed": _l("Kept list changed"),
    "view_removed": _l("Kept list taken away"),
    "view_restored": _l("Kept list put back"),
    "view_default": _l("Beginning of the own list chosen"),
    "batch": _l("Step taken for many"),
}
"""What stands on the trails of tags, notes, views and steps for many."""
