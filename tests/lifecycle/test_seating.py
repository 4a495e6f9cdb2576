"""The jury of a call: conflicts found and lifted, proposals worked out, confirmed, out of date."""

from collections import Counter

import pytest

from callflow.calls.models import Call
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
from callflow.core.trail import Event
from callflow.core.workflow import Blocked
from callflow.dossiers import actions, queries
from callflow.dossiers.models import Assignment, Conflict, Dossier, Exclusion
from callflow.dossiers.states import ConflictKind, Fate, Task
from callflow.jury import actions as jury
from callflow.jury import profiles
from callflow.jury.models import AssignmentRun
from callflow.jury.states import RunState
from callflow.jury.wishes import Earlier, Wishes
from callflow.lifecycle import conflicts, proposing, seating, verify
from tests import factories as make
from tests.rounds import Round

WISHES = Wishes(2, 0, 9, readers=0)


@pytest.fixture
def call(app):
    return Round()


def jurors(call: Round, number: int, **said):
    return [make.person((Role.juror, "call", call.call.id), **said) for _ in range(number)]


def loaded(call: Round) -> Call:
    return db.session.get_one(Call, call.call.id)


def tell(call: Round, person, *, by=None, version=0, languages=("nl",), **known):
    with unit_of_work():
        found = profiles.keep_profile(
            make.actor(by or call.coordinator), loaded(call), person_id=person.id,
            known=profiles.Known(tuple(languages), **known), version=version,
        )  # fmt: skip
        conflicts.renew(
            make.actor(by or call.coordinator), loaded(call), seating.jurors_of(call.call.id), only=person.id
        )
    return found.version


def propose(call: Round, wishes=WISHES) -> AssignmentRun:
    with unit_of_work():
        run = proposing.ask(make.actor(call.coordinator), loaded(call), wishes)
    assert proposing.drain("w1@here:1:x", lambda: False) == 1
    db.session.refresh(run)
    return run


def confirm(call: Round, run: AssignmentRun) -> int:
    with unit_of_work():
        return proposing.confirm(make.actor(call.coordinator), loaded(call), run.id)


def seated() -> set[tuple[int, int]]:
    db.session.rollback()
    rows = db.session.execute(
        db.select(Assignment.person_id, Assignment.dossier_id).where(Assignment.task == Task.juror)
    )
    return {(row[0], row[1]) for row in rows}


def standing() -> set[tuple[int, int, ConflictKind]]:
    db.session.rollback()
    query = db.select(Conflict.person_id, Conflict.dossier_id, Conflict.kind).where(
        Conflict.ended_at.is_(None)
    )
    return {tuple(row) for row in db.session.execute(query)}


def test_a_proposal_is_worked_out_confirmed_in_one_go_and_told_on_every_trail(call):
    dossiers = [call.screened() for _ in range(4)]
    jurors(call, 2)

    run = propose(call, Wishes(2, 2, 2, readers=0))
    changed = confirm(call, run)

    assert (run.status, changed) == (RunState.confirmed, 8)
    assert len(seated()) == 8
    for dossier in dossiers:
        told = db.session.scalars(
            db.select(Event.data).where(Event.trail_id == dossier.trail_id, Event.action == "assigned")
        )
        assert [each["proposal"] for each in told] == [True, True]
    with pytest.raises(Changed):
        confirm(call, run)


@pytest.mark.parametrize("change", ["juror", "dossier", "conflict", "assignment", "profile", "newer"])
def test_a_proposal_made_of_something_else_is_refused_and_nothing_is_written(call, change):
    dossier = call.screened()
    call.screened()
    jurors(call, 2)
    run = propose(call)

    match change:
        case "juror":
            jurors(call, 1)
        case "dossier":
            call.screened()
        case "conflict":
            with unit_of_work():
                who = make.actor(call.coordinator)
                found = queries.for_step(dossier.reference, by=who)
                actions.exclude(who, found, person_id=call.juror.id, reason="buur")
        case "assignment":
            call.give(dossier, Task.juror, call.juror)
        case "profile":
            tell(call, call.juror, languages=("fr",))
        case "newer":
            with unit_of_work():
                proposing.ask(make.actor(call.coordinator), loaded(call), WISHES)
    before = seated()

    with pytest.raises(Changed):
        confirm(call, run)
    assert seated() == before


def test_what_was_begun_stays_and_what_was_not_goes_as_was_asked(call):
    first, second = call.screened(), call.screened()
    others = jurors(call, 2)
    for dossier in (first, second):
        call.give(dossier, Task.juror, call.juror)
    call.declare(call.juror)
    call.score(first, call.juror)

    run = propose(call, Wishes(1, 0, 1, Earlier.drop, readers=0))
    confirm(call, run)

    assert (call.juror.id, first.id) in seated()
    assert (call.juror.id, second.id) not in seated()
    assert len(seated()) == 2
    assert others


def test_everybody_in_conflict_with_one_dossier_is_said_and_nothing_proposed(call):
    dossier = call.screened()
    call.screened()
    for person in (call.juror, call.second):
        with unit_of_work():
            who = make.actor(call.coordinator)
            found = queries.for_step(dossier.reference, by=who)
            actions.exclude(who, found, person_id=person.id, reason="buur")

    run = propose(call, Wishes(1, 0, 9, readers=0))

    assert run.status is RunState.impossible
    lacking = run.result["lacking"][0]
    assert [lacking[key] for key in ("lack", "name", "need", "have", "conflicts")] == [
        "readers", dossier.reference, 1, 0, 2,
    ]  # fmt: skip


def test_demands_of_language_and_side_are_met_or_named(call):
    make.municipality("BE")
    make.municipality("FR")
    dossier = call.screened()
    tell(call, call.juror, languages=("nl",), municipality="32030")
    tell(call, call.second, languages=("fr",), municipality="59309")

    run = propose(call, Wishes(2, 0, 9, readers=1, both_sides=True))
    assert run.status is RunState.proposed
    assert {tuple(each["demands"]) for each in run.result["pairings"]} == {
        ("language", "side_be"),
        ("side_fr",),
    }

    lacking = propose(call, Wishes(2, 0, 9, readers=2)).result["lacking"]
    assert [(each["name"], each["demand"], each["have"]) for each in lacking] == [
        (dossier.reference, "language", 1)
    ]


def test_each_kind_of_conflict_is_found_and_ends_with_its_cause(call):
    make.municipality("BE")
    dossier = call.screened()
    with unit_of_work():
        db.session.get_one(Dossier, dossier.id).municipality_code = "32030"
    friend = jurors(call, 1)[0]

    version = tell(
        call,
        call.juror,
        municipality="32030",
        bodies=(call.group.name.upper(),),
        household=("marleen voorbeeld",),
    )
    kinds = {kind for person, _, kind in standing() if person == call.juror.id}
    tell(call, call.juror, version=version)

    assert kinds == {ConflictKind.municipality, ConflictKind.body, ConflictKind.household}
    assert standing() == set()
    assert friend


def test_who_coached_a_dossier_never_judges_it_and_who_began_to_judge_never_coaches_it(call):
    coached, judged = call.screened(), call.judged()
    both = make.person((Role.coach, "call", call.call.id), (Role.juror, "call", call.call.id))
    call.give(coached, Task.coach, both)
    with unit_of_work():
        conflicts.renew(make.actor(call.coordinator), loaded(call), seating.jurors_of(call.call.id))
    assert (both.id, coached.id, ConflictKind.coached) in standing()
    with pytest.raises(Refused) as refused:
        call.give(coached, Task.juror, both)
    assert refused.value.code == "has_task"

    call.give(judged, Task.juror, both)
    with pytest.raises(Refused) as refused:
        call.give(judged, Task.coach, both)
    assert refused.value.code == "has_task"


def test_a_conflict_found_hides_the_dossier_at_once_and_lifting_it_gives_the_sheet_back(call):
    make.municipality("BE")
    dossier = call.judged()
    call.score(dossier, call.juror)
    with unit_of_work():
        db.session.get_one(Dossier, dossier.id).municipality_code = "32030"

    tell(call, call.juror, by=call.juror, municipality="32030")

    with pytest.raises(NotFound):
        queries.seen(dossier.reference, by=make.actor(call.juror))
    excluded = db.session.scalars(db.select(Exclusion)).one()
    assert (excluded.scores, db.session.get_one(Dossier, dossier.id).scores_given) == (Fate.undecided, 0)
    with pytest.raises(Blocked) as blocked:
        make.take(dossier, "close_scoring", call.coordinator)
    assert "recusals_open" in {reason.code for reason in blocked.value.reasons}

    who = make.actor(call.coordinator)
    with unit_of_work():
        found = queries.for_step(dossier.reference, by=who)
        conflicts.lift(
            who, found, person_id=call.juror.id, kind=ConflictKind.municipality, reason="Grote gemeente"
        )
    assert queries.seen(dossier.reference, by=make.actor(call.juror)).scores_given == 1
    with unit_of_work():
        assert conflicts.renew(who, loaded(call), seating.jurors_of(call.call.id)) == 0
    assert make.take(dossier, "close_scoring", call.coordinator).total_percent is not None


@pytest.mark.parametrize("keep", [True, False])
def test_what_happens_to_scores_of_a_late_recusal_is_decided_and_recorded(call, keep):
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    call.declare(call.second)
    call.score(dossier, call.juror)
    call.score(dossier, call.second)
    call.step_aside(dossier, call.second)
    who = make.actor(call.coordinator)
    with unit_of_work():
        found = queries.for_step(dossier.reference, by=who)
        with pytest.raises(Refused):
            jury.decide_recusal(who, found, juror_id=call.juror.id, keep=keep, reason="Te laat")
        with pytest.raises(Refused):
            jury.decide_recusal(who, found, juror_id=call.second.id, keep=keep, reason=" ")

    with unit_of_work():
        found = queries.for_step(dossier.reference, by=who)
        jury.decide_recusal(who, found, juror_id=call.second.id, keep=keep, reason="Pas nadien verhuisd")
    make.take(dossier, "close_scoring", call.coordinator)

    told = db.session.scalars(db.select(Event.data).where(Event.action == "recusal_decided")).one()
    assert told == {"person_id": call.second.id, "keep": keep}
    assert db.session.get_one(Dossier, dossier.id).scores_given == (2 if keep else 1)
    assert list(verify.breaks()) == []


def test_a_juror_excused_from_the_call_gets_nothing_more_and_keeps_what_was_handed_in(call):
    first, second = call.judged(), call.screened()
    call.give(second, Task.juror, call.juror)
    call.score(first, call.juror)
    jurors(call, 1)

    with unit_of_work():
        seating.excuse(make.actor(call.coordinator), loaded(call), person_id=call.juror.id, reason="Ziek")
    assert seated() == {(call.juror.id, first.id)}

    confirm(call, propose(call, Wishes(2, 1, 9, readers=0)))
    assert {dossier for person, dossier in seated() if person == call.juror.id} == {first.id}


def test_when_half_of_the_panel_resigns_the_others_take_over_and_what_was_handed_in_counts(call):
    """Six read twelve dossiers by twos; three leave, each after one sheet, and one dossier has lost both."""
    dossiers = [call.screened() for _ in range(12)]
    jurors(call, 4)
    confirm(call, propose(call, Wishes(2, 4, 4, readers=0)))
    places, panel = seated(), sorted({person for person, _ in seated()})
    both = min(dossiers, key=lambda each: each.id).id
    leaving = sorted({person for person, dossier in places if dossier == both})
    leaving.append(next(person for person in panel if person not in leaving))
    given = set()
    for person in leaving:
        user = db.session.get_one(make.User, person)
        call.declare(user)
        dossier = max(dossier for who, dossier in places if who == person and dossier != both)
        call.score(db.session.get_one(make.Application, dossier), user)
        given.add((person, dossier))

    for person in leaving:
        with unit_of_work():
            seating.excuse(make.actor(call.coordinator), loaded(call), person_id=person, reason="Stopt")

    stay = {place for place in places if place[0] not in leaving}
    assert seated() == stay | given
    with pytest.raises(Blocked):
        make.take(db.session.get_one(make.Application, both), "close_scoring", call.coordinator)
    run = propose(call, Wishes(2, 1, 9, readers=0, earlier=Earlier.keep))
    confirm(call, run)
    after = seated()
    assert stay | given <= after
    assert {person for person, _ in after - given} == set(panel) - set(leaving)
    assert {each.id: 2 for each in dossiers} == Counter(dossier for _, dossier in after)


def test_only_a_coordinator_of_the_call_asks_confirms_lifts_and_excuses(call):
    call.screened()
    for deed in (
        lambda who: proposing.ask(who, loaded(call), WISHES),
        lambda who: proposing.confirm(who, loaded(call), 1),
        lambda who: seating.excuse(who, loaded(call), person_id=call.juror.id, reason="x"),
        lambda who: conflicts.renew(who, loaded(call), {}),
    ):
        for person in (call.juror, call.coach, call.signatory, call.resident, call.stranger):
            with pytest.raises(Forbidden), unit_of_work():
                deed(make.actor(person))


def test_a_worker_that_died_gives_its_proposal_back_and_one_whose_asker_lost_the_role_fails(call):
    call.screened()
    with unit_of_work():
        run = proposing.ask(make.actor(call.coordinator), loaded(call), WISHES)
    assert proposing._claim("w9@elsewhere:1:x") is not None
    assert proposing.sweep() == 0
    with unit_of_work():
        db.session.get_one(AssignmentRun, run.id).lease_until = run.asked_at
    assert proposing.sweep() == 1
    assert db.session.get_one(AssignmentRun, run.id).status is RunState.waiting
    assert proposing.drain("w1@here:1:x", lambda: False) == 1
    assert db.session.get_one(AssignmentRun, run.id).status is RunState.proposed
