"""What happens by itself in a call, and when."""

from flask import request

from callflow.core.gate import actor, requires
from callflow.core.permissions import P
from callflow.desk.timed import timed_page
from callflow.web.coordinator import bp
from callflow.web.pages import page
from callflow.web.timed_words import ABOUT, WHAT


@bp.get("/coordinator/timed")
@requires(P.scores_view)
def timed() -> str:
    found = timed_page(actor(), request.args.get("call"))
    if found.call is None:
        return page("coordinator/no_call.html", entry="coordinator.home")
    return page("coordinator/timed.html", it=found, what=WHAT, about=ABOUT, entry="coordinator.home")
