"""Dossiers of the call that resemble one: on a page of its own, because looking for them takes a while."""

from callflow.applications.models import Application
from callflow.core.gate import actor, requires
from callflow.core.permissions import P
from callflow.desk.similar import similar_to
from callflow.dossiers import queries as dossiers
from callflow.web.coordinator import bp
from callflow.web.pages import page


@bp.get("/coordinator/dossiers/<ref>/similar")
@requires(P.scores_view)
def similar(ref: str) -> str:
    found = dossiers.seen(ref, by=actor(), kind=Application, permission=P.scores_view)
    return page(
        "coordinator/similar.html", dossier=found, similar=similar_to(found, actor()),
        entry="coordinator.dossiers",
    )  # fmt: skip
