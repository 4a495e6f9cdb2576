"""The procedure of pilots: every state and step, who may take which, and what holds it back."""

import itertools
from types import SimpleNamespace

import pytest

from callflow.core import trail
from callflow.core.actor import NOBODY, Role
from callflow.core.db import db
from callflow.core.permissions import ROLES
from callflow.core.trail import Event
from callflow.core.workflow import Blocked, Case, NotAllowed, NotOffered
from callflow.dossiers.states import State
from callflow.lifecycle import pilot as lifecycle
from callflow.pilots.actions import parties
from callflow.pilots.states import EntryKind, Verdict
from tests import factories as make
from tests.pilots.trio import Trio

TABLE = """
proposed   submit           submitted     partner
proposed   withdraw         withdrawn     partner
submitted  send_back        proposed      staff
submitted  screen           screened      staff
submitted  decline          not_selected  staff
submitted  withdraw         withdrawn     partner
screened   finish_coaching  coached       staff
screened   decline          not_selected  staff
screened   withdraw         withdrawn     partner
coached    select           selected      both
coached    decline          not_selected  staff
coached    withdraw         withdrawn     partner
selected   start            running       partner
selected   stop             stopped       both
running    report           reported      partner
running    stop             stopped       both
reported   return_report    running       staff
reported   close            closed        staff
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def test_each_state_and_trigger_leads_where_the_table_says():
    workflow = lifecycle.workflow()
    expected = {(source, trigger): (dest, who) for source, trigger, dest, who in ROWS}

    found = {
        (state.value, trigger): (step.dest, _takers(step.permission))
        for state in State
        for trigger, step in workflow.steps_from(state).items()
    }

    assert found == expected


def _takers(permission):
    held = (permission in ROLES[Role.member], permission in ROLES[Role.coordinator])
    return {(True, False): "partner", (False, True): "staff", (True, True): "both"}[held]


def test_a_step_is_refused_from_every_state_that_the_table_does_not_name():
    named = {(source, trigger) for source, trigger, _dest, _who in ROWS}
    triggers = {trigger for _source, trigger, _dest, _who in ROWS}

    for state, trigger in itertools.product(State, triggers):
        if (state.value, trigger) not in named:
            with pytest.raises(NotOffered):
                lifecycle.workflow().fire(Case(SimpleNamespace(state=state), NOBODY), trigger)


def test_three_partners_bring_a_pilot_from_proposed_to_closed(app):
    trio = Trio()

    pilot = trio.upto(State.closed)

    steps = db.session.scalars(
        db.select(Event.action)
        .where(Event.trail_id == pilot.trail_id, Event.dest.is_not(None))
        .order_by(Event.sequence)
    ).all()
    assert steps == [
        "pilot_proposed", "submit", "screen", "finish_coaching", "select", "start", "report", "close",
    ]  # fmt: skip
    agreed = db.session.scalars(
        db.select(Event.actor_id).where(Event.trail_id == pilot.trail_id, Event.action == "pilot_agreed")
    ).all()
    assert set(agreed) == {guide.id for guide in trio.guides}
    assert list(trail.check_all()) == []


def blocks(trio, pilot, trigger, by, why=None):
    with pytest.raises(Blocked) as blocked:
        trio.take(pilot, trigger, by, why)
    return [(reason.code, reason.parameters.get("count")) for reason in blocked.value.reasons]


def test_a_proposal_is_handed_in_with_partners_text_and_plan(app):
    trio = Trio()
    pilot = trio.proposed()
    assert blocks(trio, pilot, "submit", trio.mayor) == [("pilot_plan_missing", None)]
    for group in trio.partners[1:]:
        party_id = trio.party(pilot, group).id
        trio.do(pilot, trio.coordinator, lambda who, found, gone=party_id: parties.leave(who, found, gone))

    assert blocks(trio, pilot, "submit", trio.mayor) == [
        ("pilot_guides_missing", 1), ("pilot_plan_missing", None),
    ]  # fmt: skip


def test_it_is_coached_when_that_stands_in_the_log(app):
    trio = Trio()
    pilot = trio.upto(State.screened)
    trio.write_down(pilot, kind=EntryKind.meeting)

    assert blocks(trio, pilot, "finish_coaching", trio.coordinator) == [("pilot_coaching_missing", None)]


def test_it_is_selected_when_every_guiding_partner_agrees_with_it_as_it_stands(app):
    trio = Trio()
    pilot = trio.upto(State.coached)
    assert blocks(trio, pilot, "select", trio.coordinator) == [("pilot_agreements_missing", 3)]

    for guide in trio.guides:
        trio.agree(pilot, guide)
    trio.plan(pilot, "Een regel erbij", by=trio.clerk)
    assert blocks(trio, pilot, "select", trio.coordinator) == [("pilot_agreements_missing", 3)]

    trio.agree(pilot, trio.guides[0], Verdict.objected, "Te duur")
    for guide in trio.guides[1:]:
        trio.agree(pilot, guide)
    assert blocks(trio, pilot, "select", trio.guides[1]) == [("pilot_objections", 1)]

    trio.agree(pilot, trio.guides[0])
    trio.take(pilot, "select", trio.guides[1])
    assert make.state_of(pilot) is State.selected


def test_it_reports_in_full_and_closes_when_the_report_is_approved(app):
    trio = Trio()
    pilot = trio.upto(State.running)
    assert blocks(trio, pilot, "report", trio.mayor) == [
        ("pilot_report_missing", 5), ("pilot_method_missing", None),
    ]  # fmt: skip

    trio.upto(State.reported, pilot)
    assert blocks(trio, pilot, "close", trio.coordinator) == [("pilot_report_not_approved", None)]
    assert blocks(trio, pilot, "return_report", trio.coordinator, " ") == [("pilot_reason_missing", None)]
    trio.take(pilot, "return_report", trio.coordinator, "Het aantal klopt niet")
    assert make.state_of(pilot) is State.running


@pytest.mark.parametrize(
    ("trigger", "who"),
    [
        ("select", "mayor"), ("select", "reader"), ("decline", "guide"), ("withdraw", "clerk"),
        ("withdraw", "coordinator"), ("select", "signatory"),
    ],
)  # fmt: skip
def test_who_may_not_take_a_step_is_refused_even_when_all_is_ready(app, trigger, who):
    trio = Trio()
    pilot = trio.upto(State.coached)
    for guide in trio.guides:
        trio.agree(pilot, guide)
    person = trio.guides[0] if who == "guide" else getattr(trio, who)

    with pytest.raises(NotAllowed):
        trio.take(pilot, trigger, person, "x")
