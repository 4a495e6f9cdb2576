"""Writes of the screening: verdicts on the checklist, and requests for completion with the group's copy."""

from callflow.screening.actions.checks import ask_again, set_check
from callflow.screening.actions.copies import attach, remove_file, save_completion
from callflow.screening.actions.requests import ask, complete, end

__all__ = ["ask", "ask_again", "attach", "complete", "end", "remove_file", "save_completion", "set_check"]
