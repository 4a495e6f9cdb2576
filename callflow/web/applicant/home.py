"""A person's home: where each application stands, what to do next and by when, and what is open."""

from callflow.core.gate import actor, requires
from callflow.core.permissions import P
from callflow.desk.applicant import home as desk
from callflow.web.applicant import bp
from callflow.web.pages import page


@bp.get("/applications")
@requires(P.account_use)
def home() -> str:
    return page("applicant/home.html", home=desk.home(actor()))
