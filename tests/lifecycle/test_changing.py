"""A change of a running call: the dry run says what it does to each dossier, and only that is carried out."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.calls import queries
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
from callflow.core.trail import Event
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import values
from callflow.lifecycle.changing.carrying import STEP, Confirmed, confirm
from callflow.lifecycle.changing.dry_run import dry_run
from tests import factories as make
from tests.rounds import COACHED_BEFORE, Round
from tests.setups import setup_of


def run_of(call: Round, changed, *, by=None):
    run = dry_run(make.actor(by or call.coordinator), setup_of(call.call.reference, changed))
    db.session.rollback()
    return run


def told(run):
    """By reference what happens, as codes with their parameters."""
    return {row.reference: [(each.code, dict(each.parameters)) for each in row.effects] for row in run.rows}


def refused(run):
    return {".".join(each.place): each.refused for each in run.refused}


def carry(call: Round, changed, *, goes=None, why="De jury vroeg het", by=None, digest=None):
    actor, setup = make.actor(by or call.coordinator), setup_of(call.call.reference, changed)
    seen = digest or dry_run(actor, setup).digest
    with unit_of_work():
        return confirm(actor, setup, Confirmed(seen, why, goes or {}), file_sha256="f" * 64)


def events(trail_id):
    db.session.rollback()
    query = db.select(Event).where(Event.trail_id == trail_id).order_by(Event.sequence)
    return list(db.session.scalars(query))


def test_the_same_set_up_changes_nothing(app):
    call = Round()
    call.screened()

    run = run_of(call, {})

    assert (list(run.changes), list(run.rows), run.possible) == ([], [], False)
    with pytest.raises(Refused, match="nothing_to_change"):
        carry(call, {})


def test_more_scores_hold_back_whom_they_concern(app):
    call = Round(Procedure(scores_needed=1))
    judged = call.judged()
    call.score(judged, call.juror)
    call.scored()
    call.submitted()

    run = run_of(call, {"call.procedure.scores_needed": 2})

    assert told(run) == {judged.reference: [("blocked", {"reasons": [["scores_missing", {"count": 1}]]})]}
    assert run.possible


def test_fewer_sessions_let_go_whom_they_held_back(app):
    call = Round(COACHED_BEFORE)
    waiting = call.screened()

    run = run_of(call, {"call.procedure.sessions_needed": 0})

    assert told(run) == {waiting.reference: [("freed", {"reasons": [["sessions_missing", {"count": 1}]]})]}


def test_a_meeting_is_asked_of_what_is_scored_already(app):
    call = Round()
    scored = call.scored()

    run = run_of(call, {"call.procedure.meeting": True})

    codes = told(run)[scored.reference]
    assert ("steps", {"lost": [], "gained": ["settle"]}) in codes
    assert ("blocked", {"reasons": [["not_met", {}]]}) in codes


def test_coaching_put_before_the_jury_takes_dossiers_back_to_the_coach(app):
    call = Round()
    screened = call.screened()

    run = run_of(call, {"call.procedure.coaching": "before", "call.procedure.sessions_needed": 2})

    codes = dict(told(run)[screened.reference])
    assert codes["steps"] == {"lost": ["close_scoring"], "gained": ["finish_coaching", "revise"]}
    assert codes["blocked"] == {"reasons": [["sessions_missing", {"count": 2}]]}


def test_a_day_that_moves_is_told_as_earlier_later_or_past(app):
    call = Round()
    submitted, scored = call.submitted(), call.scored()
    today = clock.today()

    def codes(changed):
        return {ref: [code for code, _ in found] for ref, found in told(run_of(call, changed)).items()}

    assert codes({"call.calendar.decision_on": "2099-01-01"}) == {scored.reference: ["due"]}
    assert codes({"call.calendar.decision_on": "2020-01-01"}) == {scored.reference: ["due_past"]}
    assert codes({"call.calendar.decision_on": today.isoformat()}) == {scored.reference: ["due_earlier"]}
    assert codes({"call.calendar.completeness_until": "2099-01-01T12:00:00+00:00"}) == {
        submitted.reference: ["due"]
    }


def test_a_state_that_goes_needs_a_named_way_out(app):
    call = Round(COACHED_BEFORE)
    coached = call.screened()
    call.give(coached, make.Task.coach, call.coach)
    call.coach_them(coached)
    make.take(coached, "finish_coaching", call.coordinator)
    without = {"call.procedure.coaching": "none", "call.procedure.sessions_needed": 0}

    run = run_of(call, without)

    assert {state: turn.to for state, turn in run.stuck.items()} == {State.coached: State.screened}
    assert ("moved", {"to": "screened"}) in told(run)[coached.reference]
    with pytest.raises(Refused, match="way_unnamed"):
        carry(call, without)
    with pytest.raises(Refused, match="way_unnamed"):
        carry(call, without, goes={State.coached: State.scored})
    carry(call, without, goes={State.coached: State.screened})
    assert make.state_of(coached) is State.screened
    last = events(coached.trail_id)[-1]
    assert (last.action, last.source, last.dest) == (STEP, "coached", "screened")


def test_what_nothing_leads_out_of_cannot_be_confirmed(app):
    call = Round()
    dossier = call.submitted()
    asked = values.Returning(
        (values.Asked("Het plan ontbreekt", paper="Plan"),), clock.now() + timedelta(days=20)
    )
    make.take(dossier, "return_for_completion", call.coordinator, asked)

    run = run_of(call, {"call.procedure.completion": False})

    assert refused(run) == {"call.procedure.completion": "completion_runs"}
    assert run.lost == [State.incomplete]
    assert told(run)[dossier.reference][0] == ("stuck", {})
    with pytest.raises(Refused, match="change_forbidden"):
        carry(call, {"call.procedure.completion": False})


def test_other_weights_show_every_place_and_write_the_totals_anew(app):
    call = Round()
    need, part = (
        call.scored({"need": "5", "participation": "1"}),
        call.scored({"need": "1", "participation": "5"}, answers={"title": "Fietspad"}),
    )
    weights = {each.key: each.weight for each in criteria(call)}
    turned = {
        "criteria.need.weight": weights["participation"],
        "criteria.participation.weight": weights["need"],
    }

    run = run_of(call, turned)

    places = {ref: found[0][1] for ref, found in told(run).items()}
    assert (places[need.reference]["place_was"], places[need.reference]["place"]) in {(1, 2), (2, 1)}
    assert places[need.reference]["place"] == places[part.reference]["place_was"]
    before = totals()
    carry(call, turned)
    assert totals() == {need.id: before[part.id], part.id: before[need.id]}
    assert [each.action for each in events(call.call.trail_id)][-2:] == ["call_changed", "totals_reweighed"]


def criteria(call):
    return queries.by_reference(call.call.reference).criteria


def totals():
    db.session.rollback()
    query = db.select(Dossier.id, Dossier.total_percent).where(Dossier.total_percent.is_not(None))
    return {row[0]: row[1] for row in db.session.execute(query)}


def test_a_higher_threshold_says_who_falls_below_it(app):
    call = Round()
    scored = call.scored()
    total = totals()[scored.id]

    run = run_of(call, {"call.threshold_percent": Decimal(int(total) + 1)})

    assert [code for code, _ in told(run)[scored.reference]] == ["rescored", "too_little_now"]


FROZEN = [
    ("call.closes_at", clock.now(), "closing_promised"),
    ("call.title.nl", "Een andere titel", "promised"),
    ("call.form", [], "form_answered"),
    ("criteria.need.title.nl", "Iets anders", "rubric_promised"),
    ("call.scale_max", 10, "rubric_promised"),
    ("call.procedure.counting", "trimmed", "scores_begun"),
    ("call.procedure.coaching", "before", "scores_begun"),
    ("call.procedure.reserve", False, "outcome_used"),
    ("call.checklist", [], "checks_made"),
    ("criteria.need.weight", 99, "ranked_already"),
    ("call.threshold_percent", Decimal(10), "ranked_already"),
    ("lots.lot0.envelope", Decimal(10), "promised_more"),
    ("lots.lot0.coaching_days", 1, "promised_more"),
    ("lots.lot0.maximum_amount", Decimal(9000), "promised"),
]


def test_what_somebody_counts_on_is_named_with_its_reason(app):
    call = Round()
    reserved = call.scored()
    call.prepared()
    until = clock.today() + timedelta(days=30)
    make.take(reserved, "reserve", call.coordinator, values.Reserving(1, until))

    for place, value, reason in FROZEN:
        assert refused(run_of(call, {place: value})) == {place: reason}, place


def test_more_money_later_days_and_a_new_stage_are_borne(app):
    call = Round(Procedure(scores_needed=1, reserve=False))
    prepared = call.prepared()
    wanted = {
        "lots.lot0.envelope": Decimal(90000),
        "call.calendar.report_due": "2099-01-31",
        "call.procedure.reserve": True,
        "call.texts.letters.reserve": {"opening": {}, "closing": {}, "obligations": []},
    }

    run = run_of(call, wanted)

    assert run.possible
    gained = dict(told(run)[prepared.reference])["steps"]["gained"]
    assert gained == ["accept_offer", "decline_offer", "lapse", "restore_reserve"]
    carry(call, wanted)
    assert queries.by_reference(call.call.reference).procedure["reserve"] is True


def test_the_day_of_the_report_only_comes_later_for_who_was_selected(app):
    call = Round()
    call.prepared()

    assert refused(run_of(call, {"call.calendar.report_due": "2027-06-01"})) == {
        "call.calendar.report_due": "report_due_told"
    }


def test_nothing_new_is_asked_of_who_was_selected(app):
    call = Round(Procedure(scores_needed=1, report=False))
    call.prepared()

    for place, value in (("call.procedure.coaching", "after"), ("call.procedure.report", True)):
        assert refused(run_of(call, {place: value})) == {place: "selected_told"}


def test_who_runs_only_this_call_leaves_shared_authorities_alone(app):
    call = Round()
    other = Round()
    call.submitted()
    with unit_of_work():
        db.session.get_one(make.Lot, other.lot.id).authority_id = call.lot.authority_id
    key = next(iter(setup_of(call.call.reference).authorities))
    place = f"authorities.{key}.phone"

    assert refused(run_of(call, {place: "+32 1"})) == {place: "authority_shared"}
    admin = make.person((make.Role.admin, "all", 0))
    assert refused(run_of(call, {place: "+32 1"}, by=admin)) == {}


def test_every_touched_dossier_has_it_in_its_history_and_no_other(app):
    call = Round()
    touched, other = call.scored(), call.submitted()

    carry(call, {"call.calendar.decision_on": "2099-01-01"}, why="De deputatie schuift op")

    assert events(touched.trail_id)[-1].data == {"effects": ["due"], "file": "f" * 64}
    assert events(other.trail_id)[-1].action != "call_changed"
    changed = events(call.call.trail_id)[-1]
    assert changed.data["places"] == ["calendar.decision_on"]
    assert (changed.data["dossiers"], changed.data["moved"], changed.data["file"]) == (1, 0, "f" * 64)
    assert list(changed.text_digests) == ["why"]


def test_a_dry_run_that_no_longer_says_the_same_is_not_carried_out(app):
    call = Round()
    dossier = call.judged()
    changed = {"call.procedure.scores_needed": 2}
    seen = run_of(call, changed).digest
    call.score(dossier, call.juror)

    with pytest.raises(Changed, match="dry_run_changed"):
        carry(call, changed, digest=seen)

    assert queries.by_reference(call.call.reference).procedure["scores_needed"] == 1


def test_the_second_of_two_who_confirm_sees_that_it_is_done(app):
    call = Round()
    call.scored()
    changed = {"call.calendar.decision_on": "2099-01-01"}
    seen = run_of(call, changed).digest
    setup = setup_of(call.call.reference, changed)
    carry(call, changed, digest=seen)

    with pytest.raises(Changed, match="dry_run_changed"), unit_of_work():
        confirm(make.actor(call.colleague), setup, Confirmed(seen, "Ook ik", {}), file_sha256="f" * 64)


def test_a_running_call_changes_for_a_reason(app):
    call = Round()
    call.submitted()

    with pytest.raises(Refused, match="change_why_missing"):
        carry(call, {"call.calendar.decision_on": "2099-01-01"}, why=" ")


def test_others_change_nothing_and_see_nothing(app):
    call, other = Round(), Round()

    for person in (call.signatory, call.coach, call.resident, other.coordinator):
        with pytest.raises(NotFound):
            run_of(call, {"call.calendar.decision_on": "2099-01-01"}, by=person)
    setup = setup_of(call.call.reference, {"call.calendar.decision_on": "2099-01-01"})
    with pytest.raises(Forbidden), unit_of_work():
        confirm(make.actor(call.signatory), setup, Confirmed("", "Ik", {}), file_sha256="f" * 64)


def test_coaching_after_selection_can_come_and_go(app):
    call = Round(Procedure(coaching=Coaching.after, sessions_needed=0, scores_needed=1))
    guided = call.released()
    make.take(guided, "finish_guidance", call.coordinator)
    without = {"call.procedure.coaching": "none"}

    carry(call, without, goes={State.guided: State.selected})

    assert make.state_of(guided) is State.selected
