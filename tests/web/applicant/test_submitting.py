"""Submitting: the text that was checked, once, and to the second."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from callflow.applications.models import Submission
from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.dossiers.states import State
from callflow.lifecycle.values import Submitting
from tests import factories
from tests.applications.conftest import Village
from tests.client import CheckedClient, form_values, soup_of
from tests.web.applicant.looking import fresh, section_of, shown_in, stored, values, words

Browser = Callable[..., CheckedClient]


def closing_in_an_hour(village: Village) -> datetime:
    """Signed in people stay so that long."""
    closes = clock.now().replace(microsecond=0) + timedelta(hours=1)
    with unit_of_work():
        db.session.get_one(Call, village.call.id).closes_at = closes
    return closes


def test_a_second_past_the_closing_hour_nothing_is_saved_or_submitted(village: Village, browser: Browser):
    application, closes = village.ready(), closing_in_an_hour(village)
    els, path = browser(village.els), section_of(village, application)
    check = f"/applications/{application.reference}/check"
    section, submit = values(els, path), form_values(els.page(check).select_one("main form"))

    with time_machine.travel(closes, tick=False):
        saved = els.post(path, data={**section, "f-title": "Te laat", "go": "next"})
        sent = els.post(f"/applications/{application.reference}/submit", data=submit)
        begun = els.get(f"/applications/new?call={village.call.reference}&place=8647")
        overview = els.page("/applications")

    assert (saved.status_code, sent.status_code) == (422, 422)
    assert shown_in(soup_of(saved), "title") == "Te laat"
    assert "afgesloten" in words(soup_of(saved)) or "sloot" in words(soup_of(saved))
    assert begun.status_code == 200
    assert overview.find("a", href=f"/applications/{application.reference}")
    assert stored(application)["title"].value == "'t Lichtpunt"
    assert factories.state_of(application) is State.draft


def test_a_second_before_the_closing_hour_is_in_time(village: Village, browser: Browser):
    application, closes = village.ready(), closing_in_an_hour(village)
    els = browser(village.els)

    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        sent = els.submit(f"/applications/{application.reference}/check")

    assert sent.location == f"/applications/{application.reference}/sent"
    assert factories.state_of(application) is State.submitted


@pytest.mark.parametrize("content", ["1", "0", "", "x", "-1", "99999999999999999999", "١"])
def test_only_the_text_that_was_checked_is_submitted(village: Village, browser: Browser, content: str):
    application = village.ready()
    village.save(application, {"title": "Veranderd"})
    els, path = browser(village.els), f"/applications/{application.reference}"
    sent = form_values(els.page(f"{path}/check").select_one("main form"))

    answer = els.post(f"{path}/submit", data={**sent, "content": content})

    assert answer.status_code == 422
    assert soup_of(answer).select_one(".errors") is not None
    assert factories.state_of(application) is State.draft


def test_submitting_twice_leads_to_the_same_number(village: Village, browser: Browser):
    application = village.ready()
    els, path = browser(village.els), f"/applications/{application.reference}"
    sent = form_values(els.page(f"{path}/check").select_one("main form"))

    answers = [els.post(f"{path}/submit", data=sent) for _ in range(2)]
    other = els.post(f"{path}/submit", data={**sent, "token": "of another window"})

    assert [each.location for each in answers] == [f"{path}/sent"] * 2
    assert (other.status_code, other.location) == (303, path)
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_submitted_text_keeps_what_a_late_writer_typed_on_the_page(village: Village, browser: Browser):
    application = village.ready()
    piet, path = browser(village.piet), section_of(village, application)
    sent = values(piet, path)
    factories.take(application, "submit", village.els, Submitting(fresh(application).content_version))

    late = piet.post(path, data={**sent, "f-summary": "Nog een zin van Piet.", "go": "next"})

    assert late.status_code == 422
    assert shown_in(soup_of(late), "summary") == "Nog een zin van Piet."
    assert piet.get(path).status_code == 303
