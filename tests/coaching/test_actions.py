"""Coaching sessions: logged for one dossier or several, with advice, hours per lot, and what is refused."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from callflow.calls.states import Law
from callflow.coaching import queries as coaching
from callflow.coaching.actions import Counsel, follow_up
from callflow.coaching.models import Session
from callflow.coaching.states import Follow, Way
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
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


def log(call, dossier):
    return coaching.log_of(queries.seen(dossier.reference, by=make.actor(call.coach)))


def test_a_session_keeps_what_was_said_and_shows_with_the_coach_s_name(call, dossier):
    session = call.coach_them(
        dossier, place="Gildenhuis", way=Way.on_site, present="Marleen, Jan", minutes=75
    )

    found = log(call, dossier)
    assert [(each.session.id, each.coach) for each in found] == [(session.id, "Sofie Voorbeeld")]
    kept = found[0].session
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
    assert [each.session.id for each in log(call, other)] == [session.id]


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

    assert [
        (each.advice.text, each.subject and each.subject["nl"], each.advice.content_version)
        for each in log(call, dossier)[0].given
    ] == [
        ("Vraag drie offertes", "Nood", dossier.content_version),
        ("Bel de school", None, dossier.content_version),
    ]


def test_advice_on_a_question_names_it_and_what_was_handed_in_by_then(call, dossier):
    call.coach_them(dossier, advice=[Counsel(dossier.reference, "Korter", field="summary")])

    found = log(call, dossier)[0].given[0]
    assert (found.subject["nl"], found.advice.submission_number) == ("Samenvatting", 1)
    with pytest.raises(Refused) as refused:
        call.coach_them(dossier, advice=[Counsel(dossier.reference, "Korter", field="nonsense")])
    assert refused.value.code == "question_unknown"


def test_advice_is_followed_up_opened_again_and_dropped(call, dossier):
    call.coach_them(dossier, advice=[Counsel(dossier.reference, "Bel de school")])
    advice = log(call, dossier)[0].given[0].advice.id
    who = make.actor(call.coach)
    for to in (Follow.done, Follow.open, Follow.dropped):
        with unit_of_work():
            loaded = queries.for_step(dossier.reference, by=who)
            found = follow_up(who, loaded, advice_id=advice, to=to, word="Gebeld")
            settled = None if to is Follow.open else call.coach.id
            assert (found.follow_up, found.settled_by, bool(found.word)) == (to, settled, settled is not None)

    with pytest.raises(Changed), unit_of_work():
        loaded = queries.for_step(dossier.reference, by=who)
        follow_up(who, loaded, advice_id=advice, to=Follow.done, seen=Follow.open)
    actions = db.session.scalars(db.select(Event.action).where(Event.trail_id == dossier.trail_id)).all()
    assert [action for action in actions if action.startswith("advice")] == [
        "advice_done",
        "advice_open",
        "advice_dropped",
    ]


@pytest.mark.parametrize(
    "said, code, field",
    [
        ({"held_on": clock.today() + timedelta(days=2)}, "session_ahead", "held_on"),
        ({"held_on": date(1999, 5, 1)}, "session_before_call", "held_on"),
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
