"""A change of a running call leaves what selected groups were told and agreed on, and shows their days."""

import pytest

from callflow.calls.procedure import Procedure
from tests.agreements.agreed import Agreeing
from tests.lifecycle.test_changing import refused, run_of, told

WHOLE = Procedure(scores_needed=1, agreement=True, interim=True)
CALENDAR = {"decision_on": "2027-02-11", "interim_due": "2027-09-30", "report_due": "2028-01-31"}


@pytest.fixture
def call(app) -> Agreeing:
    return Agreeing(WHOLE, calendar=CALENDAR, envelope="20000")


def test_every_day_that_moves_before_a_supported_project_is_in_the_table(call):
    agreed, selected = call.agreed(), call.released()
    later = {"call.calendar.interim_due": "2027-10-31", "call.calendar.report_due": "2028-02-29"}

    run = run_of(call, later)

    half, last = (
        ("due", {"was": "2027-09-30", "will": "2027-10-31"}),
        ("due", {"was": "2028-01-31", "will": "2028-02-29"}),
    )
    assert told(run) == {agreed.reference: [half, last], selected.reference: [half, last]}


def test_the_day_of_the_interim_report_only_moves_on_once_groups_were_told(call):
    call.released()

    assert refused(run_of(call, {"call.calendar.interim_due": "2027-09-01"})) == {
        "call.calendar.interim_due": "report_due_told"
    }
    assert refused(run_of(call, {"call.calendar.interim_due": "2027-10-31"})) == {}


def test_what_a_group_agreed_to_is_not_taken_back_by_a_switch(call):
    dossier = call.released()
    without = {"call.procedure.agreement": False}
    assert refused(run_of(call, without)) == {}
    call.offered(dossier)

    offered = run_of(call, without)
    call.accept(dossier, call.resident)
    concluded = run_of(call, without)

    assert refused(offered) == refused(concluded) == {"call.procedure.agreement": "agreement_offered"}
    assert [state.value for state in concluded.lost] == ["agreed"]


def test_no_agreement_is_asked_of_who_was_told_without(app):
    call = Agreeing(Procedure(scores_needed=1))
    call.scored()
    asked = {"call.procedure.agreement": True}
    assert refused(run_of(call, asked)) == {}

    call.released()

    assert refused(run_of(call, asked)) == {"call.procedure.agreement": "selected_told"}
