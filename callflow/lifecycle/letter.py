"""Gathers what each letter says from the records, freezes it, and queues the mail that goes with it."""

from callflow.core.actor import Actor
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter

__all__ = ["Letter"]


def acknowledge(dossier: Dossier) -> None:
    """Write the acknowledgement of receipt and its mail."""


def confirm_withdrawal(dossier: Dossier, actor: Actor) -> None:
    """Write the confirmation of a withdrawal and its mail."""


def approve_report(dossier: Dossier) -> None:
    """Write the approval of a report and its mail."""
