"""The coordinator's inbox: what comes next, whose it is, and what waits for a juror."""

import pytest

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.desk import inbox, scope
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import State, Task
from tests import factories as make
from tests.agreements.test_amending import Amending
from tests.rounds import COACHED_BEFORE, Round


def test_the_inbox_names_what_comes_next_and_whose_it_is(call, coordinator):
    call.submitted(answers={"title": "Na te kijken"})
    mine = call.screened(answers={"title": "Aan de jury"})
    call.give(mine, Task.handler, call.coordinator)
    others = call.submitted(answers={"title": "Van een ander"})
    call.give(others, Task.handler, call.colleague)

    page = coordinator.page("/coordinator")

    assert dict(zip([each.get_text() for each in page.select("td a.voice")], _steps(page), strict=True)) == {
        "Na te kijken": "Volledigheid en ontvankelijkheid nakijken",
        "Aan de jury": "Aan juryleden geven",
    }


def _steps(page):
    return [each.get_text() for each in page.select("td[data-label='Volgende stap']")]


def test_only_who_gives_coaches_is_led_to_the_proposal(app, client):
    call = Round(COACHED_BEFORE)
    call.screened()
    leads = "#main a[href*='/coaching/proposal']"

    led = [
        client.sign_in(who).page("/coordinator").select(leads) for who in (call.coordinator, call.signatory)
    ]

    assert [len(each) for each in led] == [1, 0]


@pytest.mark.unverified  # the scores are a number without sheets
def test_what_has_enough_scores_and_no_juror_any_more_waits_for_a_juror(call):
    alone, read, _fresh, aside = (call.screened(answers={"title": f"Idee {n}"}) for n in range(4))
    for dossier in (read, aside):
        call.give(dossier, Task.juror, call.juror)
    with unit_of_work():
        scored = db.update(Dossier).where(Dossier.id.in_([alone.id, read.id, aside.id]))
        db.session.execute(scored.values(scores_given=3))
        db.session.add(
            Exclusion(
                dossier_id=aside.id, person_id=call.coordinator.id, reason="Familie", since=clock.now()
            )
        )  # fmt: skip
    who = make.actor(call.coordinator)

    kinds = inbox.inbox(who, scope.calls_of(who)[0]).kinds

    assert {kind.code: kind.number for kind in kinds} == {"next_jury": 2, "next_close_scoring": 1}


@pytest.mark.unverified  # the state is set without the report that leads to it
def test_a_report_waits_when_no_question_for_another_payee_does(app):
    call = Amending()
    asks, waits = (call.agreed(), call.agreed())
    call.ask(asks)
    with unit_of_work():
        both = db.update(Dossier).where(Dossier.id.in_([asks.id, waits.id]))
        db.session.execute(both.values(state=State.reported, shown_state=State.reported))
    who = make.actor(call.coordinator)

    found = inbox.inbox(who, scope.calls_of(who)[0])

    assert {kind.code: kind.number for kind in found.kinds} == {"next_payee_change": 1, "next_approve": 1}
    assert {each.reference: each.next.code for each in found.waiting} == {
        asks.reference: "next_payee_change", waits.reference: "next_approve",
    }  # fmt: skip
