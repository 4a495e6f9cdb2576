"""Whatever is sent: a clear message, what was typed comes back, nothing is written that should not be."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from callflow.applications.models import Application
from callflow.calls import fields
from tests.applications.conftest import Village
from tests.client import CheckedClient, form_values, soup_of
from tests.web.applicant.looking import section_of, shown_in, stored, values, words

Browser = Callable[..., CheckedClient]
OWN_HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE answer; --",
    "{{ 7*7 }} {% raise %}",
    "%(count)s %s %n {0}",
    "=1+1",
    "\u202eomgekeerd",
    "Z̡̖̜͖̰̣͉̜a͖̰̙̬͡l̲̫̳͍̩g̡̟̼̱͚̞̬ͅo",
    "👨‍👩‍👧‍👦 🇧🇪",
    "e\u0301te\u0301",
    "a\x00b",
    "\x1b[31mrood",
    "\ufeffBOM \u200b \u00ad",
    "\ufffe\uffff",
    "  vooraan en achteraan  ",
    "null",
    "NaN",
    "../../../etc/passwd",
    "\u2028lijn\u2029",
    "𝕿𝖍𝖊",
    "&amp;&lt;",
    "</textarea><b>",
]


def hostile(shared: Callable[[str], Path]) -> list[str]:
    return json.loads(shared("data/hostile/blns.json").read_text(encoding="utf-8"))


def check_text(client: CheckedClient, village: Village, application: Application, texts: list[str]) -> None:
    """Typed into a short and a long text, each comes back as typed; stored it is the same to the byte."""
    path = section_of(village, application)
    for text in texts:
        page = soup_of(
            client.post(
                path, data={**values(client, path), "f-title": text, "f-summary": text, "go": "later"}
            )
        )
        page = client.page(path)
        kept = stored(application)
        for name in ("title", "summary"):
            whole = fields.lines(text)
            if not whole.strip():
                assert name not in kept or (kept[name].value, kept[name].typed) == (None, None)
                continue
            answer = kept[name]
            once = answer.value if answer.typed is None else answer.typed["text"]
            assert once in (whole, whole.strip("\n")), repr(text)
            expected = fields.visible(once)
            seen = shown_in(page, name)
            assert seen == expected or (name == "title" and seen == expected.replace("\n", "")), repr(text)


def test_hostile_texts_come_back_as_typed(village: Village, browser: Browser):
    application = village.started()

    check_text(browser(village.els), village, application, OWN_HOSTILE)


def test_naughty_strings_come_back_as_typed(
    village: Village, browser: Browser, shared: Callable[[str], Path]
):
    naughty = hostile(shared)
    deep = os.environ.get("CALLFLOW_TEST_DEPTH") == "deep"
    drawn = naughty if deep else random.Random(20261123).sample(naughty, 24)

    check_text(browser(village.els), village, village.started(), [*drawn, *naughty[478:485]])


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_every_kind_of_field_refuses_with_a_sentence_and_keeps_what_was_typed(
    village: Village, browser: Browser, language: str
):
    application = village.started()
    els = browser(village.els, language)
    typed = {
        "f-title": "x" * 200, "f-summary": "y" * 4000, "f-place": "Atlantis", "f-begin": "gisteren",
        "f-people": "veel", "f-kind": "onbekend",
    }  # fmt: skip

    answer = els.post(
        section_of(village, application),
        data={**values(els, section_of(village, application)), **typed, "go": "next"},
    )

    assert answer.status_code == 422
    page = soup_of(answer)
    assert len(page.select(".errors li")) == 6
    for name in ("title", "summary", "place", "begin", "people"):
        assert shown_in(page, name) == typed[f"f-{name}"]
    assert "This cannot be done" not in words(page)
    assert "(" not in " ".join(line.get_text() for line in page.select(".errors li"))
    assert {name: each.value for name, each in stored(application).items()} == dict.fromkeys(
        ["title", "summary", "place", "begin", "people", "kind"]
    )
    again = els.page(section_of(village, application))
    assert len(again.select(".errors li")) == 6, "what is wrong is still said after signing in again"


def test_a_budget_with_every_mistake(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els), section_of(village, application, "money")
    rows = {
        "f-budget-costs-0-kind": "nope", "f-budget-costs-0-label": "", "f-budget-costs-0-amount": "8oo",
        "f-budget-income-0-kind": "grant", "f-budget-income-0-label": "<b>",
        "f-budget-income-0-amount": "1,234",
        "f-budget-costs-9999-amount": "1", "f-budget-costs-x-amount": "1", "f-budget-costs-1-nope": "1",
    }  # fmt: skip

    answer = els.post(path, data={**values(els, path), **rows, "go": "next"})

    assert answer.status_code == 422
    page = soup_of(answer)
    assert page.find(id="f-budget-costs-0-amount")["value"] == "8oo"
    assert page.find(id="f-budget-income-0-label")["value"] == "<b>"
    assert len(page.select(".errors li")) == 4
    assert stored(application)["budget"].value is None


def test_rows_are_added_and_removed_without_losing_any(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els), section_of(village, application, "money")
    row = {"kind": "works", "amount": "5"}
    sent = {
        f"f-budget-costs-{number}-{cell}": text
        for number, label in enumerate("abc")
        for cell, text in {**row, "label": label}.items()
    }

    added = els.post(path, data={**values(els, path), **sent, "go": None, "add": "budget:costs"} | {"go": ""})
    assert added.status_code == 303
    page = els.page(added.location)
    assert len(page.select("#f-budget-costs tbody tr")) == 6
    removed = els.post(path, data={**values(els, path), "go": "", "remove": "budget:costs:1"})
    assert removed.status_code == 303
    labels = [each["value"] for each in els.page(path).select("#f-budget-costs [name$=-label]")]
    assert labels == ["a", "c", ""]
    els.post(path, data={**values(els, path), "go": "", "remove": "budget:costs:99"})
    els.post(path, data={**values(els, path), "go": "", "remove": "nothing:at:all"})
    els.post(path, data={**values(els, path), "go": "", "remove": "file:9999999999999999999"})
    assert [each["value"] for each in els.page(path).select("#f-budget-costs [name$=-label]")] == [
        "a",
        "c",
        "",
    ]


def test_the_same_form_sent_twice_saves_once(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els), section_of(village, application)
    sent = {**values(els, path), "f-title": "Eens", "go": "next"}

    first, second = els.post(path, data=sent), els.post(path, data=sent)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert stored(application)["title"].version == 1


def test_two_members_in_one_answer_see_both_texts_and_nothing_is_lost(village: Village, browser: Browser):
    application = village.ready()
    els, piet, path = browser(village.els), browser(village.piet), section_of(village, application)
    of_els, of_piet = values(els, path), values(piet, path)
    piet.post(path, data={**of_piet, "f-summary": "De tekst van Piet.", "go": "next"})

    late = els.post(path, data={**of_els, "f-summary": "De tekst van Els.", "f-title": "Nieuw", "go": "next"})

    assert late.status_code == 409
    page = soup_of(late)
    assert "De tekst van Piet." in words(page)
    assert shown_in(page, "summary") == "De tekst van Els."
    assert shown_in(page, "title") == "Nieuw"
    assert stored(application)["summary"].value == "De tekst van Piet."
    assert stored(application)["title"].value == "'t Lichtpunt"
    form = page.select_one("#section")
    assert form is not None
    both = form_values(form)

    taken = els.post(path, data={**both, "go": "", "take": "summary"})
    assert taken.status_code == 303
    assert stored(application)["summary"].value == "De tekst van Piet."
    assert stored(application)["title"].value == "Nieuw"
    kept = els.post(path, data={**both, "token": "an other", "go": "next"})
    assert kept.status_code == 303
    assert stored(application)["summary"].value == "De tekst van Els."


def test_what_somebody_did_not_touch_never_covers_what_others_wrote(village: Village, browser: Browser):
    application = village.ready()
    els, piet, path = browser(village.els), browser(village.piet), section_of(village, application)
    of_els, of_piet = values(els, path), values(piet, path)
    piet.post(path, data={**of_piet, "f-summary": "Van Piet.\n\nTwee alinea's.", "go": "next"})

    answer = els.post(path, data={**of_els, "f-title": "Van Els", "go": "next"})

    assert answer.status_code == 303
    assert stored(application)["summary"].value == "Van Piet.\n\nTwee alinea's."
    assert stored(application)["title"].value == "Van Els"


@pytest.mark.parametrize("seen", ["", "x", "-1.x", "999999999999999999999.x", "١.x", None])
def test_a_version_that_never_was_is_refused_not_believed(village: Village, browser: Browser, seen: str):
    application = village.ready()
    els, path = browser(village.els), section_of(village, application)
    sent = {**values(els, path), "seen-f-title": seen, "f-title": "Gekaapt", "go": "next"}

    answer = els.post(path, data={name: value for name, value in sent.items() if value is not None})

    assert answer.status_code == 409
    assert stored(application)["title"].value == "'t Lichtpunt"


def test_a_text_without_end_is_refused_and_comes_back(village: Village, browser: Browser):
    application = village.ready()
    els, path = browser(village.els), section_of(village, application)
    endless = "a" * 250_000

    answer = els.post(
        path, data={**values(els, path), "f-summary": endless, "f-title": "Nieuw", "go": "next"}
    )

    assert answer.status_code == 422
    assert shown_in(soup_of(answer), "summary") == endless
    assert stored(application)["title"].value == "'t Lichtpunt"


def test_a_form_without_its_proof_of_origin_is_refused(village: Village, browser: Browser, app):
    application = village.ready()
    els, path = browser(village.els), section_of(village, application)
    sent = {name: value for name, value in values(els, path).items() if name != "csrf_token"}

    answer = els.post(path, data={**sent, "f-title": "Gekaapt"})

    assert answer.status_code == 400
    assert stored(application)["title"].value == "'t Lichtpunt"
