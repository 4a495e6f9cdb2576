"""Coaching sessions: logged for one dossier or several, with advice, hours per lot, and what is refused."""

from datetime import timedelta
from fractions import Fraction

import pytest

from callflow.calls.states import Law
from callflow.coaching import queries as coaching
from callflow.coaching.actions import Counsel, mark_advice_done
from callflow.coaching.models import Session, Way
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, NotFound, Refused
from callflow.core.trail import Event
from callflow.dossiers import queries
from callflow.dossiers.states import State, Task
from tests import factories as make
from tests.rounds import COACHED_BEFORE, Round


@pytest.fixture
def call(app):
    return Round(COACHED_BEFORE)


@pytest.fixture
def dossier(call):
    made = call.screened()
    call.give(made, Task.coach, call.coach)
    return made


def test_a_session_keeps_what_was_said_and_shows_with_the_coach_s_name(call, dossier):
    session = call.coach_them(
        dossier, place="Gildenhuis", way=Way.on_site, present="Marleen, Jan", minutes=75
    )

    found = coaching.sessions_of(dossier.id)
    assert [(each.id, name) for each, name in found] == [(session.id, "Sofie Voorbeeld")]
    kept = found[0][0]
    assert (kept.way, kept.place, kept.minutes, kept.present) == (
        Way.on_site,
        "Gildenhuis",
        75,
        "Marleen, Jan",
    )


def test_a_session_opens_the_step_that_closes_the_coaching(call, dossier):
    call.coach_them(dossier)

    assert make.take(dossier, "finish_coaching", call.coach).state is State.coached


def test_one_session_serves_several_dossiers_and_stands_on_each_trail(call, dossier):
    other = call.screened()
    call.give(other, Task.coach, call.coach)

    session = call.coach_them(dossier, other)

    events = db.session.scalars(
        db.select(Event).where(Event.action == "session_logged").order_by(Event.id)
    ).all()
    assert [event.trail_id for event in events] == [dossier.trail_id, other.trail_id]
    assert [event.data["together_with"] for event in events] == [[other.reference], [dossier.reference]]
    assert [each.id for each, _ in coaching.sessions_of(other.id)] == [session.id]


def test_hours_are_shared_by_the_dossiers_of_a_session_and_counted_per_lot(app):
    call = Round(COACHED_BEFORE, envelope="10000")
    lots = [call.lot]
    one, two, three = (call.screened() for _ in range(3))
    for each in (one, two, three):
        call.give(each, Task.coach, call.coach)
    call.coach_them(one, minutes=60)
    call.coach_them(one, two, three, minutes=100)

    assert coaching.minutes_by_lot([lot.id for lot in lots]) == {call.lot.id: Fraction(160)}


def test_a_session_across_the_border_costs_each_lot_its_part(app):
    call = Round(COACHED_BEFORE)
    call.call = make.call(Law.be_public, Law.fr_public, procedure=COACHED_BEFORE)
    lots = make.lots(call.call)
    scope = ("call", call.call.id)
    call.coordinator, call.coach = make.person(("coordinator", *scope)), make.person(("coach", *scope))
    made = [make.submitted(lot, call.resident, call.group) for lot in lots]
    for each in made:
        call.give(each, Task.coach, call.coach)
    call.coach_them(*made, minutes=75)

    assert coaching.minutes_by_lot([lot.id for lot in lots]) == dict.fromkeys(
        [lot.id for lot in lots], Fraction(75, 2)
    )


def test_advice_is_tied_to_a_criterion_and_to_the_version_of_the_text(call, dossier):
    call.coach_them(
        dossier,
        advice=[
            Counsel(dossier.reference, "Vraag drie offertes", "need"),
            Counsel(dossier.reference, "Bel de school"),
            Counsel(dossier.reference, "   "),
        ],
    )

    found = coaching.advice_to(dossier.id)
    assert [(advice.text, title and title["nl"], advice.content_version) for advice, title in found] == [
        ("Vraag drie offertes", "Nood", dossier.content_version),
        ("Bel de school", None, dossier.content_version),
    ]


def test_advice_is_ticked_off_and_opened_again(call, dossier):
    call.coach_them(dossier, advice=[Counsel(dossier.reference, "Bel de school")])
    advice = coaching.advice_to(dossier.id)[0][0].id
    who = make.actor(call.coach)
    for done in (True, False):
        with unit_of_work():
            found = mark_advice_done(
                who, queries.for_step(dossier.reference, by=who), advice_id=advice, done=done
            )
            assert (found.done_at is not None) is done

    actions = db.session.scalars(db.select(Event.action).where(Event.trail_id == dossier.trail_id)).all()
    assert [action for action in actions if action.startswith("advice")] == ["advice_done", "advice_open"]


@pytest.mark.parametrize(
    "said, code, field",
    [
        ({"held_on": clock.today() + timedelta(days=2)}, "session_ahead", "held_on"),
        ({"minutes": 0}, "minutes_impossible", "minutes"),
        ({"minutes": 1441}, "minutes_impossible", "minutes"),
        ({"summary": " \n"}, "summary_missing", "summary"),
        ({"way": Way.on_site, "place": " "}, "place_missing", "place"),
        ({"advice": [Counsel("ELSEWHERE", "Ja")]}, "advice_elsewhere", "refs"),
    ],
)
def test_what_a_session_cannot_be_is_refused_and_nothing_is_written(call, dossier, said, code, field):
    with pytest.raises(Refused) as refused:
        call.coach_them(dossier, **said)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert db.session.scalars(db.select(Session)).all() == []


def test_advice_on_a_criterion_of_no_rubric_is_refused(call, dossier):
    with pytest.raises(Refused) as refused:
        call.coach_them(dossier, advice=[Counsel(dossier.reference, "Ja", "elsewhere")])

    assert refused.value.code == "criterion_unknown"


def test_a_session_with_nobody_is_refused(call):
    with pytest.raises(Refused) as refused:
        call.coach_them()

    assert refused.value.code == "no_dossier_chosen"


def test_a_withdrawn_dossier_is_coached_no_more(call, dossier):
    make.take(dossier, "withdraw", call.resident, make.values.Reason("We stoppen"))

    with pytest.raises(Refused) as refused:
        call.coach_them(dossier)

    assert refused.value.code == "coaching_over"


def test_only_the_coach_of_the_dossier_logs(call, dossier):
    other = make.person(("coach", "call", call.call.id))
    call.coach = other
    with pytest.raises(NotFound):
        call.coach_them(dossier)

    call.coach = call.coordinator
    with pytest.raises(Forbidden):
        call.coach_them(dossier)


def test_the_clock_of_a_session_is_the_day_in_brussels(call, dossier):
    session = call.coach_them(dossier, held_on=clock.today())

    assert session.held_on == clock.today()
