"""Who may see, write and submit: members by their right, nobody else."""

from collections.abc import Callable

import pytest

from callflow.dossiers.states import State
from callflow.lifecycle.values import Submitting
from callflow.people.states import Right
from tests import factories
from tests.applications.conftest import Village
from tests.client import CheckedClient, form_values
from tests.web.applicant.looking import fresh, stored, values, words

Browser = Callable[..., CheckedClient]
PATHS = [
    "", "/form", "/form/project", "/check", "/text", "/withdraw", "/sent", "/report", "/report-check",
    "/report/result", "/files/1",
]  # fmt: skip
POSTS = [
    "/form/project", "/form/project/autosave", "/submit", "/withdraw", "/report-check", "/report/result",
    "/report/result/autosave",
]  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "neighbour", "coordinator", "juror"])
def test_for_others_the_application_does_not_exist(village: Village, browser: Browser, who: str):
    application = village.ready()
    factories.take(application, "submit", village.els, Submitting(fresh(application).content_version))
    grants = [(factories.Role[who], "call", village.call.id)] if who in factories.Role.__members__ else []
    person = factories.person(*grants)
    factories.group({person: Right.submit})
    other = browser(person)
    token = form_values(other.page("/account").select_one("main form"))["csrf_token"]

    reference = application.reference
    answers = [other.get(f"/applications/{reference}{path}").status_code for path in PATHS]
    answers += [
        other.post(f"/applications/{reference}{path}", data={"csrf_token": token}).status_code
        for path in POSTS
    ]

    assert answers == [404] * (len(PATHS) + len(POSTS))


def test_an_application_that_is_not_there_looks_the_same(village: Village, browser: Browser):
    els = browser(village.els)

    for path in PATHS:
        els.page(f"/applications/NOPE-12345{path}", status=404)
    els.page(f"/applications/{village.started().reference}/form/nowhere", status=404)
    els.page("/applications/new?call=nowhere", status=404)
    els.page("/applications/new", status=404)


def test_who_may_only_read_reads(village: Village, browser: Browser):
    application = village.ready()
    rita, path = browser(village.rita), f"/applications/{application.reference}"

    rita.page(path)
    tasks = rita.page(f"{path}/form")
    assert not tasks.select(".tasks a[href*='/form/']")
    rita.page(f"{path}/text")
    rita.page(f"{path}/form/project", status=403)
    sent = {"csrf_token": form_values(rita.page("/account").select_one("main form"))["csrf_token"]}
    for target in ("/form/project", "/form/project/autosave", "/submit", "/withdraw"):
        answer = rita.post(path + target, data={**sent, "f-title": "Gekaapt", "seen": "draft"})
        assert answer.status_code == 403, target
    assert stored(application)["title"].value == "'t Lichtpunt"
    assert factories.state_of(application) is State.draft


def test_who_may_write_but_not_submit_is_told_who_may(village: Village, browser: Browser):
    application = village.ready()
    piet, path = browser(village.piet), f"/applications/{application.reference}"

    check = piet.page(f"{path}/check")

    assert "Els Maes" in words(check)
    assert check.find("form", action=f"{path}/submit") is None
    assert "Els Maes" in words(piet.page(path))
    sent = values(piet, f"{path}/form/project")
    refused = piet.post(f"{path}/submit", data={"csrf_token": sent["csrf_token"], "content": "1"})
    assert refused.status_code == 403
    assert factories.state_of(application) is State.draft


def test_who_is_not_signed_in_is_asked_to(village: Village, client: CheckedClient):
    application = village.ready()

    for path in PATHS:
        answer = client.get(f"/applications/{application.reference}{path}")
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in")
