"""Pilots for everybody: how far the promise is, and each one as far as its state makes it public."""

from callflow.core.gate import public
from callflow.desk import pilot_lists as desk
from callflow.web import pilot_words as words
from callflow.web.pages import page
from callflow.web.public import bp


@bp.get("/pilots")
@public
def pilots() -> str:
    return page("public/pilots.html", tracks=desk.for_everybody(), words=words)


@bp.get("/pilots/<ref>")
@public
def pilot(ref: str) -> str:
    return page("public/pilot.html", it=desk.public_page(ref), words=words)
