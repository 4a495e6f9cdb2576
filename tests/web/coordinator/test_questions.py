"""A question for another payee waits for the staff in whichever state its project is, and once."""

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import AFTER_SELECTION, State, Task
from callflow.lifecycle import values
from callflow.lifecycle.amending import CHANGEABLE
from callflow.reports import actions, rules
from callflow.reports.queries import report_of
from callflow.reports.states import ReportKind
from tests import factories as make
from tests.agreements.test_amending import Amending
from tests.reports.test_actions import FORM
from tests.reports.test_interim import HALFWAY
from tests.web.applicant.looking import words

WHOLE = Procedure(
    scores_needed=1, agreement=True, interim=True, coaching=Coaching.after, sessions_needed=1
)  # fmt: skip
ROAD = (State.agreed, State.guided, State.interim_reported, State.interim_approved, State.reported)
QUESTION = "De groep vraagt een andere ontvanger"


@pytest.fixture
def call(app) -> Amending:
    return Amending(WHOLE, interim_form=HALFWAY, report_form=FORM)


def report(call, dossier, kind, typed):
    who = make.actor(call.resident)
    with unit_of_work():
        actions.save_report(who, dossiers.for_step(dossier.reference, by=who), typed, kind=kind)
    db.session.expire_all()
    version = report_of(dossier, kind).version
    with unit_of_work():
        actions.send(who, dossiers.for_step(dossier.reference, by=who), version=version, kind=kind)
    make.take(dossier, rules.STEPS[kind], call.resident)


def bring(call, dossier, state):
    """From one state of the road to the next."""
    if state is State.guided:
        call.give(dossier, Task.coach, call.coach)
        call.coach_them(dossier)
        make.take(dossier, "finish_guidance", call.coordinator)
    elif state is State.interim_reported:
        report(call, dossier, ReportKind.interim, {"so_far": "Geschilderd."})
    elif state is State.interim_approved:
        make.take(dossier, "approve_interim", call.coordinator, values.Remarking(""))
    elif state is State.reported:
        report(call, dossier, ReportKind.final, {"done": "Klaar.", "people": "12"})


def test_every_state_that_can_hold_a_question_is_on_this_road():
    assert set(ROAD) == set(CHANGEABLE)
    assert set(AFTER_SELECTION) - set(CHANGEABLE) == {State.selected, State.closed}


@pytest.mark.parametrize("state", ROAD)
def test_an_open_question_is_one_line_of_the_inbox_and_what_comes_next(call, client, state):
    dossier = call.agreed()
    for each in ROAD[: ROAD.index(state) + 1]:
        bring(call, dossier, each)
    call.ask(dossier)
    client.sign_in(call.coordinator)

    home = client.page(f"/coordinator?call={call.call.reference}")

    (line,) = home.select("[aria-labelledby=kinds] li")
    assert QUESTION in words(line)
    assert "1 dossier wacht" in words(line)
    assert QUESTION in words(home.select_one("[aria-labelledby=longest]"))
    assert QUESTION in words(client.page(f"/coordinator/dossiers/{dossier.reference}"))


def test_a_report_waits_to_be_read_while_the_group_reads_a_changed_text(call, client):
    dossier = call.agreed()
    for state in ROAD[:3]:
        bring(call, dossier, state)
    call.ask(dossier)
    call.grant(dossier)

    home = client.sign_in(call.coordinator).page(f"/coordinator?call={call.call.reference}")

    (line,) = home.select("[aria-labelledby=kinds] li")
    assert QUESTION not in words(line)
    assert make.state_of(dossier) is State.interim_reported
