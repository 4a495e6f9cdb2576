"""From the first click to the withdrawal, as a group walks it in a browser, in Dutch and in French."""

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from callflow.applications.models import Application, Submission
from callflow.core.db import db
from callflow.dossiers.states import State
from tests.applications.conftest import Village
from tests.client import CheckedClient, form_values

ANSWERS = {
    "nl": {"begin": "1 maart 2027", "amount": "4.000", "cost": "4.000"},
    "fr": {"begin": "1er mars 2027", "amount": "4 000", "cost": "4\u202f000,00"},
}
BUTTONS = {
    "nl": {"submit": "Aanvraag indienen", "withdraw": "Aanvraag intrekken"},
    "fr": {"submit": "Déposer la candidature", "withdraw": "Retirer la candidature"},
}


def text_of(page) -> str:
    return " ".join(page.get_text(" ").split())


def the_only_draft() -> Application:
    db.session.expire_all()
    return db.session.scalars(select(Application)).one()


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_a_group_applies_and_withdraws(
    village: Village, browser: Callable[..., CheckedClient], language: str
):
    els, typed = browser(village.els, language), ANSWERS[language]
    reference = village.call.reference

    home = els.page("/applications")
    assert home.html is not None
    assert home.html["lang"] == language
    assert home.find("a", href=f"/applications/new?call={reference}")

    choose = values_of(els.page(f"/applications/new?call={reference}"))
    confirm = els.page("/applications/new", query_string={**choose, "place": "8647"})
    begun = els.post(f"/applications/new?call={reference}", data=values_of(confirm))
    assert begun.status_code == 303
    draft = the_only_draft()
    assert begun.location == f"/applications/{draft.reference}/form"
    assert (draft.municipality_code, draft.language) == ("32030", language)

    els.page(begun.location)
    first = els.submit(
        f"/applications/{draft.reference}/form/project",
        {"f-title": "'t Lichtpunt", "f-summary": "Een kamer\nvoor heel het dorp.", "f-begin": typed["begin"]},
        form="#section",
    )
    assert first.location == f"/applications/{draft.reference}/form/money"
    last = els.submit(
        first.location,
        {
            "f-amount": typed["amount"],
            "f-budget-costs-0-kind": "works", "f-budget-costs-0-label": "Verf",
            "f-budget-costs-0-amount": typed["cost"],
            "f-budget-income-0-kind": "grant", "f-budget-income-0-label": "Steun",
            "f-budget-income-0-amount": typed["cost"],
        },
        form="#section",
    )  # fmt: skip
    assert last.location == f"/applications/{draft.reference}/check"

    check = els.page(last.location)
    assert BUTTONS[language]["submit"] in text_of(check)
    assert "Een kamer" in text_of(check)
    sent = els.submit(last.location)
    assert sent.location == f"/applications/{draft.reference}/sent"
    done = els.page(sent.location)
    assert done.select_one(".done .ref").get_text() == draft.reference

    assert the_only_draft().state is State.submitted
    frozen = db.session.scalars(select(Submission)).one()
    assert frozen.answers["begin"] == "2027-03-01"
    assert frozen.answers["budget"]["total"] == "4000.00"

    status = els.page(f"/applications/{draft.reference}")
    assert [step["class"] for step in status.select(".steps li") if step.has_attr("class")] == [["past"]]
    assert BUTTONS[language]["withdraw"] in text_of(status)
    els.page(f"/applications/{draft.reference}/text")
    gone = els.submit(f"/applications/{draft.reference}/withdraw", {"text": "Geen tijd."}, form="main form")
    assert gone.location == f"/applications/{draft.reference}"
    assert the_only_draft().state is State.withdrawn
    els.page(gone.location)
    els.page("/applications")


def values_of(page: BeautifulSoup) -> dict[str, object]:
    form = page.select_one("main form")
    assert form is not None
    return form_values(form)


def test_every_page_is_right_in_three_languages(village: Village, browser: Callable[..., CheckedClient]):
    application = village.ready()
    pages = ["", "/form", "/form/project", "/form/money", "/check", "/text", "/withdraw"]

    for language in ("nl", "fr", "en"):
        els = browser(village.els, language)
        for path in ("/applications", *(f"/applications/{application.reference}{each}" for each in pages)):
            assert not re.search(r"%\(|\bNone\b", text_of(els.page(path))), path
