"""What is put right or said beside sessions: corrections in history, waivers, notes, conflicts, profiles."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching import actions, queries
from callflow.coaching.actions import Counsel
from callflow.coaching.models import Advice, Note, Session
from callflow.coaching.rules import CoachOf, Told
from callflow.coaching.states import Follow, Way
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
from callflow.core.trail import Event, EventText
from callflow.core.workflow import Blocked
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment, Exclusion
from callflow.dossiers.states import State, Task
from callflow.people.states import Right
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


def told(**changes):
    said = {
        "held_on": clock.today(), "minutes": 60, "way": Way.online, "language": "nl",
        "summary": "Kort verslag",
    }  # fmt: skip
    return Told(**{**said, **changes})


def correct(call, session, *references, version=1, by=None, advice=(), **changes):
    who = make.actor(by or call.coach)
    with unit_of_work():
        found, served = queries.own_session(session.id, by=who, lock=True)
        loaded = [dossiers.for_step(ref, by=who) for ref in served]
        return actions.correct_session(who, found, loaded, told(**changes), version=version, advice=advice)


def doing(action, dossier, by, **said):
    who = make.actor(by)
    with unit_of_work():
        return action(who, dossiers.for_step(dossier.reference, by=who), **said)


def last_event(dossier):
    event = db.session.scalars(
        db.select(Event).where(Event.trail_id == dossier.trail_id).order_by(Event.sequence.desc()).limit(1)
    ).one()
    rows = db.session.execute(db.select(EventText.name, EventText.body).where(EventText.event_id == event.id))
    return event, {row.name: row.body for row in rows}


def test_a_correction_changes_the_session_and_history_keeps_what_stood_there(call, dossier):
    other = call.screened()
    call.give(other, Task.coach, call.coach)
    session = call.coach_them(
        dossier, other, minutes=90, summary="Eerste versie", advice=[Counsel(dossier.reference, "Bel Jan")]
    )
    given = db.session.scalars(db.select(Advice.id)).one()

    counsel = [
        Counsel(dossier.reference, "Bel Jan en Piet", "need", id=given),
        Counsel(other.reference, "Meet de zaal"),
    ]  # fmt: skip
    correct(call, session, minutes=75, summary="Tweede versie", advice=counsel)

    kept = db.session.get_one(Session, session.id)
    assert (kept.minutes, kept.summary, kept.version) == (75, "Tweede versie", 2)
    advice = db.session.execute(db.select(Advice.dossier_id, Advice.text).order_by(Advice.id)).all()
    assert [tuple(row) for row in advice] == [(dossier.id, "Bel Jan en Piet"), (other.id, "Meet de zaal")]
    event, texts = last_event(dossier)
    assert (event.action, event.data["changed"], event.data["before"]) == (
        "session_corrected", ["minutes", "summary"], {"minutes": "90"},
    )  # fmt: skip
    assert texts == {"summary_before": "Eerste versie", f"advice_{given}_before": "Bel Jan"}
    assert last_event(other)[1] == {"summary_before": "Eerste versie"}


def test_a_correction_of_nothing_is_none_and_emptied_advice_goes(call, dossier):
    session = call.coach_them(
        dossier, minutes=60, summary="Kort verslag", advice=[Counsel(dossier.reference, "Weg ermee")]
    )
    given = db.session.scalars(db.select(Advice.id)).one()

    correct(call, session, advice=[Counsel(dossier.reference, "Weg ermee", id=given)])
    assert last_event(dossier)[0].action == "session_logged"
    correct(call, session, advice=[Counsel(dossier.reference, "", id=given)])

    assert db.session.scalars(db.select(Advice)).all() == []
    assert last_event(dossier)[1] == {f"advice_{given}_before": "Weg ermee"}


def test_a_stale_or_foreign_correction_is_refused_and_nothing_changes(call, dossier):
    session = call.coach_them(dossier, summary="Zo was het")
    second = make.person((Role.coach, "call", call.call.id))
    call.give(dossier, Task.coach, second)

    with pytest.raises(Changed):
        correct(call, session, version=7)
    with pytest.raises(NotFound):
        correct(call, session, by=second)
    with pytest.raises(Refused):
        correct(call, session, advice=[Counsel(dossier.reference, "x", id=99_999)])
    with pytest.raises(Refused) as refused:
        correct(call, session, next_on=clock.today() - timedelta(days=1))

    assert refused.value.code == "appointment_past"
    db.session.rollback()
    assert db.session.get_one(Session, session.id).summary == "Zo was het"


def test_a_waiver_with_its_reason_opens_the_step_that_the_missing_sessions_block(call, dossier):
    with pytest.raises(Blocked):
        make.take(dossier, "finish_coaching", call.coordinator)
    with pytest.raises(Forbidden):
        doing(actions.waive_sessions, dossier, call.coach, reason="Ik heb het druk")
    with pytest.raises(Refused) as refused:
        doing(actions.waive_sessions, dossier, call.coordinator, reason="  ")
    assert refused.value.code == "waiver_reason_missing"

    doing(actions.waive_sessions, dossier, call.coordinator, reason="De groep was al begeleid")

    assert last_event(dossier)[1] == {"reason": "De groep was al begeleid"}
    with pytest.raises(Refused) as twice:
        doing(actions.waive_sessions, dossier, call.colleague, reason="Nog eens")
    assert twice.value.code == "already_waived"
    assert make.take(dossier, "finish_coaching", call.coordinator).state is State.coached
    with pytest.raises(Refused) as over:
        doing(actions.waive_sessions, dossier, call.coordinator, reason="Nog eens")
    assert over.value.code == "nothing_to_waive"


def test_sessions_and_waivers_count_in_the_stretch_in_which_they_were(app):
    call = Round(Procedure(coaching=Coaching.both, sessions_needed=1, scores_needed=1))
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    doing(actions.waive_sessions, dossier, call.coordinator, reason="Al begeleid")
    make.take(dossier, "finish_coaching", call.coach)
    call.give(dossier, Task.juror, call.juror)
    call.declare(call.juror)
    call.score(dossier, call.juror)
    make.take(dossier, "close_scoring", call.coordinator)
    make.take(dossier, "select", call.coordinator, make.values.Selecting(Decimal(4000), 2))
    call.decide()
    call.release()

    with pytest.raises(Blocked):
        make.take(dossier, "finish_guidance", call.coach)
    call.coach_them(dossier)

    assert make.take(dossier, "finish_guidance", call.coach).state is State.guided


def test_a_note_for_staff_leaves_no_words_on_the_trail_and_a_conflict_ends_the_coaching(call, dossier):
    doing(actions.write_note, dossier, call.coach, text="De trekker is ziek")
    doing(actions.write_note, dossier, call.coordinator, text="Ik bel hem")
    for stranger in (call.resident, call.signatory):
        with pytest.raises(Forbidden):
            doing(actions.write_note, dossier, stranger, text="x")
    with pytest.raises(Refused):
        doing(actions.declare_conflict, dossier, call.coach, reason=" ")

    assert db.session.scalars(db.select(Note.text).order_by(Note.id)).all() == [
        "De trekker is ziek",
        "Ik bel hem",
    ]
    assert last_event(dossier)[1] == {}
    doing(actions.declare_conflict, dossier, call.coach, reason="Mijn neef is lid")

    assert db.session.scalars(db.select(Assignment).where(Assignment.dossier_id == dossier.id)).all() == []
    kept = db.session.scalars(db.select(Exclusion)).one()
    assert (kept.person_id, kept.declared, kept.reason) == (call.coach.id, True, "Mijn neef is lid")
    with pytest.raises(NotFound):
        call.coach_them(dossier)


def test_the_group_says_what_it_did_with_advice_and_nobody_else_for_it(call, dossier):
    call.coach_them(dossier, advice=[Counsel(dossier.reference, "Vraag offertes")])
    advice = db.session.scalars(db.select(Advice.id)).one()
    viewer = make.person()
    group = make.group({viewer: Right.view})
    for stranger in (call.coordinator, call.coach):
        with pytest.raises(Forbidden):
            doing(actions.answer_advice, dossier, stranger, advice_id=advice)
    with pytest.raises(NotFound):
        doing(actions.answer_advice, dossier, viewer, advice_id=advice)

    doing(
        actions.answer_advice,
        dossier,
        call.resident,
        advice_id=advice,
        word="Drie gevraagd",
        seen=Follow.open,
    )

    kept = db.session.scalars(db.select(Advice)).one()
    assert (kept.follow_up, kept.word, kept.settled_by) == (Follow.done, "Drie gevraagd", call.resident.id)
    assert group.id != call.group.id


@pytest.mark.parametrize(
    "said, code",
    [({"languages": []}, "coach_speaks_nothing"), ({"area": ["99999"]}, "place_unknown")],
)
def test_a_profile_is_kept_by_the_coach_or_the_coordinator_with_its_version(call, said, code):
    whose = CoachOf(call.call.id, call.lot.id, call.coach.id)
    told_of = {"languages": ["nl", "fr"], "area": [], "days": 12, "most": 6}

    def keep(by, whose=whose, version=0, **changes):
        with unit_of_work():
            return actions.keep_profile(make.actor(by), whose, **{**told_of, **changes}, version=version)

    assert keep(call.coach).version == 1
    assert keep(call.coordinator, version=1, days=10).version == 2
    with pytest.raises(Changed):
        keep(call.coach, version=1)
    with pytest.raises(Refused) as refused:
        keep(call.coach, version=2, **said)
    assert refused.value.code == code
    for nobody in (call.resident, make.person((Role.coach, "call", call.call.id))):
        with pytest.raises(Forbidden):
            keep(nobody, version=2)
    with pytest.raises(Refused) as no_coach:
        keep(call.coordinator, CoachOf(call.call.id, call.lot.id, call.resident.id))
    assert no_coach.value.code == "lacks_role"
    assert db.session.scalars(db.select(queries.CoachProfile.days)).all() == [10]
