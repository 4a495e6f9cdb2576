"""Files that a group added itself, with the permission of the page they stand on."""

from flask import Response

from callflow.applications import queries
from callflow.core.gate import actor, requires
from callflow.core.permissions import P
from callflow.desk.applicant.own import own
from callflow.web.applicant import bp
from callflow.web.files import sent


@bp.get("/applications/<ref>/files/<int:number>")
@requires(P.dossier_view)
def file(ref: str, number: int) -> Response:
    own(ref, actor())
    return sent(queries.file(ref, number, by=actor()))
