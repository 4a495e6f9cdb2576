"""Whoever comes too late with a step reads what happened, keeps what was typed, and can go on from there."""

import pytest

from callflow.core.db import db
from callflow.decisions.models import Decision
from callflow.dossiers.states import State
from callflow.web.words import state_words
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of

WORDS = "Zelf getypt, met veel werk."


@pytest.fixture
def colleague(coordinator, call):
    return CheckedClient(coordinator.application).sign_in(call.colleague)


def at(dossier, more=""):
    return f"/coordinator/dossiers/{dossier.reference}{more}"


def opened(client, dossier, step, **typed):
    """What a person sends who opened the page of a step now, and typed this."""
    return form_values(client.page(at(dossier, step)).select_one("main form")) | typed


def since(answer):
    return [each.b.get_text() for each in soup_of(answer).select(".notice.waits li")]


def lost(answer):
    return [each.get_text("\n", strip=True) for each in soup_of(answer).select(".errors .typed")]


def test_a_step_that_is_still_there_is_sent_again_as_it_came_back(call, coordinator, colleague):
    dossier = call.scored()
    sent = opened(coordinator, dossier, "/steps/decline", motivation=WORDS)
    colleague.submit(at(dossier, "/steps/select"), {"amount": "1000"})
    colleague.submit(at(dossier, "/steps/reopen"))

    late = coordinator.post(at(dossier, "/steps/decline"), data=sent)
    form = soup_of(late).select_one("main form")
    again = form_values(form)

    assert late.status_code == 409
    assert since(late) == ["Voorstel teruggenomen", "Voorgesteld voor selectie"]
    assert lost(late) == []
    assert again["motivation"].strip() == WORDS
    assert int(again["version"]) == int(sent["version"]) + 2
    assert again["token"] != sent["token"]
    assert make.state_of(dossier) is State.scored

    assert coordinator.post(form["action"], data=again).status_code == 303
    assert make.state_of(dossier) is State.not_selected
    assert [each.motivation for each in db.session.scalars(db.select(Decision)) if each.current] == [WORDS]


CONDITION = {"conditions-0-text": WORDS, "conditions-0-proof": "Attest", "conditions-0-due_on": "1/2/2030"}
ASKED = {"lines-0-paper": "Statuten", "lines-0-reason": WORDS}
GONE = {
    "refuse": ("submitted", {"motivation": WORDS}, "screen", 422),
    "postpone": ("scored", {"motivation": WORDS, "until": "1/2/2030"}, "decline", 409),
    "select_with_conditions": ("scored", CONDITION, "decline", 409),
    "return_for_completion": (
        "submitted",
        {"lines-0-paper": "Statuten", "lines-0-reason": WORDS},
        "screen",
        409,
    ),
}
"""For a step: the state in which it was opened, what was typed, what a colleague did, and the answer."""


@pytest.mark.parametrize("trigger", GONE)
def test_what_was_typed_for_a_step_that_is_gone_can_be_copied(call, coordinator, colleague, trigger):
    begun, typed, meanwhile, status = GONE[trigger]
    page = "/completion" if trigger == "return_for_completion" else f"/steps/{trigger}"
    dossier = getattr(call, begun)()
    if begun == "submitted":
        call.passed(dossier)
    sent = opened(coordinator, dossier, page, **typed)
    colleague.submit(at(dossier, f"/steps/{meanwhile}"))
    before = make.state_of(dossier)

    late = coordinator.post(at(dossier, page), data=sent)
    answer = soup_of(late)

    assert late.status_code == status
    assert set(typed.values()) <= set(lost(late))
    assert len(since(late)) == 1
    assert state_words(before) in answer.select_one(".title .lead").get_text()
    assert answer.select_one("main form") is None
    assert answer.select_one(f"main a.button[href='{at(dossier)}']")
    assert make.state_of(dossier) is before


def test_reasons_of_a_decision_that_was_taken_back_can_be_copied(call, coordinator, colleague):
    dossier = call.scored()
    colleague.submit(at(dossier, "/steps/decline"))
    sent = opened(coordinator, dossier, "/reasons", motivation=WORDS)
    name = next(each for each in sent if each.startswith("reason-"))
    colleague.submit(at(dossier, "/steps/reopen"))

    late = coordinator.post(at(dossier, "/reasons"), data={**sent, name: "Een reden per criterium."})

    assert late.status_code == 422
    assert {WORDS, "Een reden per criterium."} <= set(lost(late))
    assert coordinator.get(at(dossier, "/reasons")).status_code == 404


def test_a_checklist_that_is_closed_gives_the_words_back(call, coordinator, colleague):
    dossier = call.submitted()
    call.passed(dossier)
    sent = form_values(coordinator.page(at(dossier)).select_one("form[action$='/checks']"))
    point = next(name[7:] for name in sent if name.startswith("reason-") and not name.endswith("-was"))
    colleague.submit(at(dossier, "/steps/screen"))

    late = coordinator.post(
        at(dossier, "/checks"), data={**sent, f"verdict-{point}": "failed", f"reason-{point}": WORDS}
    )

    assert late.status_code == 422
    assert lost(late) == [WORDS]


def test_a_double_click_is_answered_with_one_message(call, coordinator):
    dossier = call.submitted()
    call.passed(dossier)
    path = f"/coordinator/dossiers/{dossier.reference}"
    sent = form_values(coordinator.page(f"{path}/steps/screen").select_one("main form"))

    answers = [coordinator.post(f"{path}/steps/screen", data=sent) for _ in range(2)]
    page = coordinator.page(path)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(page.select(".notice[role=status]")) == 1
