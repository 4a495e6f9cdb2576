"""The mails about the whole application: the group is invited to write it, or did not hand it in."""

from callflow.applications.rules import full_until
from callflow.dossiers.models import Dossier
from callflow.lifecycle.timed.telling import tell, writers_of


def tell_invited(dossier: Dossier, text: str) -> None:
    """Queue it, with the words of the office; it leaves with the step that invites."""
    _tell(dossier, "full_invited", text=text.strip())


def tell_lapsed(dossier: Dossier) -> None:
    """Queue the word that the invitation no longer holds."""
    _tell(dossier, "full_lapsed")


def _tell(dossier: Dossier, kind: str, **said: str) -> None:
    tell(
        writers_of(dossier), kind, f"/applications/{dossier.reference}", call=dossier.call, dossier=dossier,
        by_itself=False, at=full_until(dossier.call), **said,
    )  # fmt: skip
