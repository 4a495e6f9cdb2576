"""Writes of tags, notes, views and steps for many."""

from callflow.filing.actions.batches import keep_batch
from callflow.filing.actions.notes import edit_note, remove_note, write_staff_note
from callflow.filing.actions.tags import change_tag, make_tag, put_tag, remove_tag, restore_tag, take_tag
from callflow.filing.actions.views import (
    begin_with,
    change_view,
    remove_view,
    restore_view,
    save_view,
)

__all__ = [
    "begin_with", "change_tag", "change_view", "edit_note", "keep_batch", "make_tag", "put_tag",
    "remove_note", "remove_tag", "remove_view", "restore_tag", "restore_view", "save_view", "take_tag",
    "write_staff_note",
]  # fmt: skip
