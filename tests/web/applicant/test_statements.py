"""Pages ask the database as often for one application as for thirty, whatever state it is in."""

from collections.abc import Callable

import pytest

from callflow.dossiers.models import Dossier
from tests import factories as make
from tests.applications.conftest import Village
from tests.client import CheckedClient
from tests.rounds import Round

Browser = Callable[..., CheckedClient]


def counted(statements, group: CheckedClient, path: str) -> int:
    group.page(path)  # what is read once per process is read
    with statements() as seen:
        group.page(path)
    return len(seen)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_home_of_drafts(app, village: Village, browser: Browser, statements, count: int):
    for _ in range(count):
        village.started()

    assert counted(statements, browser(village.els), "/applications") == 11


@pytest.mark.parametrize("count", [1, 3, 30])
def test_home_of_dossiers_under_way(app, browser: Browser, statements, count: int):
    call = Round()
    for _ in range(count):
        call.submitted()

    assert counted(statements, browser(call.resident), "/applications") == 11


def pages_of(call: Round, dossier: Dossier, group: CheckedClient, statements) -> dict[str, int]:
    return {
        path: counted(statements, group, f"/applications/{dossier.reference}{path}")
        for path in ("", "/text", "/withdraw")
    }


def test_the_pages_of_one_application(app, browser: Browser, statements):
    call = Round()
    group = browser(call.resident)
    fresh, done = call.submitted(), call.released()

    assert pages_of(call, fresh, group, statements) == {"": 12, "/text": 4, "/withdraw": 4}
    assert pages_of(call, done, group, statements) == {"": 12, "/text": 4, "/withdraw": 4}


def test_the_pages_of_a_draft(app, village: Village, browser: Browser, statements):
    application = village.ready()
    els = browser(village.els)
    paths = ("", "/form", "/form/project", "/form/money", "/check")

    found = {path: counted(statements, els, f"/applications/{application.reference}{path}") for path in paths}

    assert found == {"": 12, "/form": 5, "/form/project": 5, "/form/money": 5, "/check": 7}
    assert make.state_of(application) == "draft"
