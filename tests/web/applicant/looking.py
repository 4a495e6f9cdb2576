"""What the tests of these pages look at: inputs, their values, what is stored."""

from bs4 import BeautifulSoup

from callflow.applications.answers import given_to
from callflow.applications.models import Answer, Application
from callflow.core.db import db
from tests.applications.conftest import Village
from tests.client import CheckedClient, form_values


def section_of(village: Village, application: Application, name: str = "project") -> str:
    return f"/applications/{application.reference}/form/{name}"


def shown_in(page: BeautifulSoup, name: str) -> str:
    found = page.find(id=f"f-{name}")
    assert found is not None
    if found.name == "textarea":
        return found.get_text().removeprefix("\n")
    return str(found.get("value", ""))


def values(client: CheckedClient, path: str) -> dict[str, object]:
    form = client.page(path).select_one("#section")
    assert form is not None
    return form_values(form)


def stored(application: Application) -> dict[str, Answer]:
    db.session.expire_all()
    return dict(given_to(application))


def words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def fresh(application: Application) -> Application:
    db.session.expire_all()
    return db.session.get_one(Application, application.id)
