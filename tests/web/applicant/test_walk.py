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
    els = browser(village.els, language)
    home = els.page("/applications")
    assert home.html is not None
    assert home.html["lang"] == language
    assert home.find("a", href=f"/applications/new?call={village.call.reference}")

    draft = begins(els, village.call.reference)
    assert (draft.municipality_code, draft.language) == ("32030", language)
    fills_in(els, draft.reference, ANSWERS[language])
    submits(els, draft.reference, BUTTONS[language]["submit"])
    assert the_only_draft().state is State.submitted

    status = els.page(f"/applications/{draft.reference}")
    assert [step["class"] for step in status.select(".steps li") if step.has_attr("class")] == [["past"]]
    assert BUTTONS[language]["withdraw"] in text_of(status)
    els.page(f"/applications/{draft.reference}/text")
    gone = els.submit(f"/applications/{draft.reference}/withdraw", {"text": "Geen tijd."}, form="main form")
    assert gone.location == f"/applications/{draft.reference}"
    assert the_only_draft().state is State.withdrawn
    els.page(gone.location)
    els.page("/applications")


def begins(els: CheckedClient, reference: str) -> Application:
    """By the postal code of the village, from which the lot follows."""
    choose = values_of(els.page(f"/applications/new?call={reference}"))
    confirm = els.page("/applications/new", query_string={**choose, "place": "8647"})
    sent = values_of(confirm)
    begun = [els.post(f"/applications/new?call={reference}", data=sent) for _ in range(2)]
    draft = the_only_draft()
    assert [(each.status_code, each.location) for each in begun] == [
        (303, f"/applications/{draft.reference}/form")
    ] * 2
    els.page(begun[0].location)
    return draft


def fills_in(els: CheckedClient, reference: str, typed: dict[str, str]) -> None:
    """Both sections, with amounts and dates as the language writes them."""
    first = els.submit(
        f"/applications/{reference}/form/project",
        {"f-title": "'t Lichtpunt", "f-summary": "Een kamer\nvoor heel het dorp.", "f-begin": typed["begin"]},
        form="#section",
    )
    assert first.location == f"/applications/{reference}/form/money"
    row = {"kind": "works", "label": "Verf", "amount": typed["cost"]}
    costs = {f"f-budget-costs-0-{cell}": text for cell, text in row.items()}
    income = {f"f-budget-income-0-{cell}": text for cell, text in {**row, "kind": "grant"}.items()}
    last = els.submit(first.location, {"f-amount": typed["amount"], **costs, **income}, form="#section")
    assert last.location == f"/applications/{reference}/check"


def submits(els: CheckedClient, reference: str, button: str) -> None:
    """After reading everything once more; what is frozen is what was typed."""
    check = els.page(f"/applications/{reference}/check")
    assert button in text_of(check)
    assert "Een kamer" in text_of(check)
    sent = els.submit(f"/applications/{reference}/check")
    assert sent.location == f"/applications/{reference}/sent"
    assert els.page(sent.location).select_one(".done .ref").get_text() == reference
    frozen = db.session.scalars(select(Submission)).one()
    assert frozen.answers["begin"] == "2027-03-01"
    assert frozen.answers["budget"]["total"] == "4000.00"


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
