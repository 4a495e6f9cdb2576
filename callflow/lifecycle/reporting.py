"""What the group is told about a report halfway: approved, or sent back with the reason."""

from callflow.dossiers.models import Dossier
from callflow.lifecycle.timed.telling import tell, writers_of


def tell_approved(dossier: Dossier) -> None:
    """Write to the members who write, each in their language."""
    tell(
        writers_of(dossier), "interim_approved", f"/applications/{dossier.reference}", call=dossier.call,
        dossier=dossier, by_itself=False,
    )  # fmt: skip


def tell_returned(dossier: Dossier, *, why: str) -> None:
    """The same, with what must change."""
    tell(
        writers_of(dossier), "interim_returned", f"/applications/{dossier.reference}/interim-report",
        call=dossier.call, dossier=dossier, by_itself=False, why=why,
    )  # fmt: skip
