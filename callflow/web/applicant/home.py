"""A person's home: where each application stands, what to do next and by when, and what is open."""

from callflow.core.gate import actor, requires
from callflow.core.permissions import P
from callflow.desk.applicant import home as desk
from callflow.messages import queries
from callflow.messages.states import Side
from callflow.web.applicant import bp
from callflow.web.pages import page


@bp.get("/applications")
@requires(P.account_use)
def home() -> str:
    unread = queries.unread_of(actor(), Side.group)
    return page("applicant/home.html", home=desk.home(actor()), unread=unread)
