"""Gathers what each letter says from the records, freezes it, and queues the mail that goes with it."""

from callflow.core.actor import Actor
from callflow.core.workflow import Reason
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter

__all__ = ["Letter"]


def acknowledge(dossier: Dossier) -> None:
    """Write the acknowledgement of receipt and its mail."""


def confirm_withdrawal(dossier: Dossier, actor: Actor) -> None:
    """Write the confirmation of a withdrawal and its mail."""


def approve_report(dossier: Dossier) -> None:
    """Write the approval of a report and its mail."""


def release_decision(dossier: Dossier, decision: Decision) -> None:
    """Write the decision letter and its mail."""


def obstacles(dossier: Dossier, decision: Decision) -> list[Reason]:
    """What keeps the letter of this decision from being written."""
    return []
