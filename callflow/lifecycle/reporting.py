"""What the group is told about a report: the one halfway approved, or either sent back with the reason."""

from callflow.dossiers.models import Dossier
from callflow.lifecycle.timed.telling import tell, writers_of
from callflow.reports.states import ReportKind

RETURNED = {
    ReportKind.interim: ("interim_returned", "interim-report"),
    ReportKind.final: ("report_returned", "report"),
}


def tell_approved(dossier: Dossier) -> None:
    """Write to the members who write, each in their language."""
    tell(
        writers_of(dossier), "interim_approved", f"/applications/{dossier.reference}", call=dossier.call,
        dossier=dossier, by_itself=False,
    )  # fmt: skip


def tell_returned(dossier: Dossier, kind: ReportKind, *, why: str) -> None:
    """The same, with what must change."""
    notice, page = RETURNED[kind]
    tell(
        writers_of(dossier), notice, f"/applications/{dossier.reference}/{page}",
        call=dossier.call, dossier=dossier, by_itself=False, why=why,
    )  # fmt: skip
