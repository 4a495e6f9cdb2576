"""Writes of applications: a draft begun, its answers and files, and the version frozen at submission."""

from callflow.applications.actions.drafts import save_answers, start, take_over, take_revision
from callflow.applications.actions.files import attach, remove_file, store
from callflow.applications.actions.submissions import freeze

__all__ = ["attach", "freeze", "remove_file", "save_answers", "start", "store", "take_over", "take_revision"]
