"""What the law asks every site to say: accessibility, privacy and how to reach the authorities."""

from callflow.core.gate import public
from callflow.desk import public as desk
from callflow.web.pages import page
from callflow.web.public import bp


@bp.get("/accessibility")
@public
def accessibility() -> str:
    return page("public/accessibility.html", authorities=desk.authorities())


@bp.get("/privacy")
@public
def privacy() -> str:
    return page("public/privacy.html", authorities=desk.authorities())


@bp.get("/contact")
@public
def contact() -> str:
    return page("public/contact.html", authorities=desk.authorities())
