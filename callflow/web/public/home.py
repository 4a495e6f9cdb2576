"""The landing page: what is open, until which hour, and what is next."""

from callflow.core.gate import public
from callflow.desk import public as desk
from callflow.web.pages import page
from callflow.web.public import bp


@bp.get("/")
@public
def home() -> str:
    return page(
        "public/home.html", calls=desk.open_calls(), coming=desk.coming_calls(), closed=desk.closed_calls()
    )
