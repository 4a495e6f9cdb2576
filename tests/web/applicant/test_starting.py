"""Beginning an application: for one's own group, in an open call, in the lot of the place."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from callflow.applications.models import Application
from callflow.core import clock
from callflow.core.db import db
from callflow.people.states import Right
from tests import factories as make
from tests.applications.conftest import WHOLE_FORM, Village
from tests.client import CheckedClient, form_values, soup_of
from tests.web.applicant.looking import words
from tests.web.applicant.test_submitting import closing_in_an_hour

Browser = Callable[..., CheckedClient]


def asked(village: Village, **more: Any) -> dict[str, Any]:
    chosen = {"call": village.call.reference, "group": village.group.id, "place": "Lo-Reninge"}
    return {**chosen, "language": "nl", **more}


def drafts() -> int:
    return db.session.scalar(select(func.count()).select_from(Application)) or 0


def test_who_has_no_group_is_told_to_make_one(village: Village, browser: Browser):
    newcomer = browser(make.person())

    home = newcomer.page("/applications")
    page = newcomer.page(f"/applications/new?call={village.call.reference}")

    assert home.find("a", href="/groups/new") is not None
    assert page.find("a", href="/groups/new") is not None
    assert page.select_one("main form") is None


@pytest.mark.parametrize(
    "changed", [{"place": ""}, {"place": "Atlantis"}, {"group": "999"}, {"language": "de"}]
)
def test_what_was_not_chosen_well_is_asked_again(village: Village, browser: Browser, changed: dict[str, str]):
    page = browser(village.els).get("/applications/new", query_string=asked(village, **changed))

    assert page.status_code == 422
    found = soup_of(page)
    assert found.select_one(".errors") is not None
    if "place" in changed:
        assert found.find(id="place")["value"] == changed["place"]


def test_the_place_decides_which_authority_reads(app, browser: Browser):
    call = make.call(make.Law.be_public, make.Law.fr_public, form=WHOLE_FORM)
    els = make.person()
    group = make.group({els: Right.submit})
    village = Village(call, make.lots(call)[0], group, els, els, els)
    flemish = browser(els).page("/applications/new", query_string=asked(village, place="8647"))
    french = browser(els).page("/applications/new", query_string=asked(village, place="59122"))

    chosen = [form_values(page.select_one("main form"))["lot"] for page in (flemish, french)]

    assert chosen == [lot.key for lot in make.lots(call)]


@pytest.mark.parametrize("changed", [{"lot": "nowhere"}, {"lot": ""}, {"place": "59122"}, {"group": "999"}])
def test_what_was_tampered_with_begins_nothing(village: Village, browser: Browser, changed: dict[str, str]):
    els = browser(village.els)
    page = els.page("/applications/new", query_string=asked(village))
    sent = {**form_values(page.select_one("main form")), **changed}

    answer = els.post(f"/applications/new?call={village.call.reference}", data=sent)

    assert answer.status_code == 422
    assert drafts() == 0


def test_nobody_begins_for_a_group_of_others_or_without_the_right(village: Village, browser: Browser):
    els = browser(village.els)
    sent = form_values(els.page("/applications/new", query_string=asked(village)).select_one("main form"))
    neighbour = make.person()
    make.group({neighbour: Right.submit})

    for person in (neighbour, village.rita):
        other = browser(person)
        token = form_values(other.page("/account").select_one("main form"))["csrf_token"]
        answer = other.post(
            f"/applications/new?call={village.call.reference}", data={**sent, "csrf_token": token}
        )
        assert answer.status_code == 422

    assert drafts() == 0


def test_a_second_application_is_begun_only_on_purpose(village: Village, browser: Browser):
    village.started()
    els, path = browser(village.els), f"/applications/new?call={village.call.reference}"
    page = els.page("/applications/new", query_string=asked(village))
    sent = form_values(page.select_one("main form"))

    refused = els.post(path, data=sent)
    assert refused.status_code == 422
    assert soup_of(refused).select_one('.errors a[href="#second"]') is not None
    assert drafts() == 1
    begun = els.post(path, data={**sent, "token": "another", "second": "y"})
    assert begun.status_code == 303
    assert drafts() == 2


def test_a_closed_call_takes_no_new_application(village: Village, browser: Browser):
    closes, els = closing_in_an_hour(village), browser(village.els)
    sent = form_values(els.page("/applications/new", query_string=asked(village)).select_one("main form"))

    with time_machine.travel(closes, tick=False):
        page = els.page("/applications/new", query_string=asked(village))
        answer = els.post(f"/applications/new?call={village.call.reference}", data=sent)

    assert page.select_one("main form") is None
    assert answer.status_code == 422
    assert drafts() == 0


def test_a_call_that_has_not_opened_says_when(app, browser: Browser):
    call = make.call(form=WHOLE_FORM)
    with make.unit_of_work():
        call.opens_at, call.closes_at = clock.now() + timedelta(days=3), clock.now() + timedelta(days=30)
    els = make.person()
    make.group({els: Right.submit})

    page = browser(els).page(f"/applications/new?call={call.reference}")

    assert page.select_one("main form") is None
    assert "opent" in words(page)


def test_questions_without_english_are_asked_in_the_language_of_the_application(
    village: Village, browser: Browser
):
    application = village.started()
    with make.unit_of_work():
        db.session.get_one(Application, application.id).language = "fr"

    page = browser(village.els, "en").page(f"/applications/{application.reference}/form/project")

    assert page.select_one('label[for="f-title"] [lang="fr"]').get_text() == "Titre"
