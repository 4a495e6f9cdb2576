"""The jury's writes: declaration, sheets, abstaining, stepping aside, and the figure that lists show."""

from decimal import Decimal

import pytest

from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
from callflow.core.trail import Event, EventText, check_all
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import State, Task
from callflow.jury import actions as jury
from callflow.jury.models import Declaration, Score, Sheet
from callflow.jury.rules import Given
from tests import factories as make
from tests.rounds import COACHED_BEFORE, Round

FULL = {"need": Given(Decimal(4), reason="Nodig"), "participation": Given(Decimal(3), reason="Velen")}


@pytest.fixture
def call(app):
    return Round()


def act(deed, juror, dossier, **said):
    who = make.actor(juror)
    with unit_of_work():
        return deed(who, queries.for_step(dossier.reference, by=who), **said)


def given_count(dossier):
    db.session.rollback()
    return db.session.scalar(db.select(Dossier.scores_given).where(Dossier.id == dossier.id))


def actions_on(dossier):
    query = db.select(Event.action).where(Event.trail_id == dossier.trail_id).order_by(Event.sequence)
    return db.session.scalars(query).all()


def test_signing_twice_is_one_declaration_and_one_event(call):
    call.declare(call.juror)
    call.declare(call.juror)

    signed = db.session.scalars(db.select(Declaration)).all()
    events = db.session.scalars(db.select(Event).where(Event.action == "declared")).all()
    assert [each.person_id for each in signed] == [call.juror.id]
    assert [event.data["text_sha256"] for event in events] == [signed[0].text_sha256]


def test_a_saved_sheet_counts_nowhere_until_it_is_handed_in(call):
    dossier = call.judged()

    version = call.save(dossier, call.juror, FULL)
    before = given_count(dossier)
    act(jury.hand_in, call.juror, dossier, version=version)

    assert (before, given_count(dossier)) == (0, 1)


def test_saving_one_criterion_leaves_the_others_as_they_were(call):
    dossier = call.judged()

    version = call.save(dossier, call.juror, {"need": Given(Decimal("3.5"), reason="Eerst")})
    call.save(dossier, call.juror, {"participation": Given(None, True, "Past niet")}, version=version)

    scores = db.session.execute(
        db.select(Score.value, Score.not_applicable, Score.reason).order_by(Score.criterion_id)
    ).all()
    assert [tuple(row) for row in scores] == [(Decimal("3.50"), False, "Eerst"), (None, True, "Past niet")]


def test_many_saves_are_one_event_and_handing_in_tells_all_scores_and_reasons(call):
    dossier = call.judged()
    version = call.save(dossier, call.juror, {"need": Given(Decimal(2), reason="Kladje")})
    version = call.save(dossier, call.juror, FULL, version=version)
    act(jury.hand_in, call.juror, dossier, version=version)

    events = db.session.scalars(db.select(Event).where(Event.trail_id == dossier.trail_id)).all()
    handed = next(event for event in events if event.action == "scores_handed_in")
    texts = dict(
        db.session.execute(
            db.select(EventText.name, EventText.body).where(EventText.event_id == handed.id)
        ).all()
    )
    assert [event.action for event in events].count("scoring_started") == 1
    assert handed.data == {"submission": 1, "scores": {"need": "4.00", "participation": "3.00"}}
    assert texts == {"reason_need": "Nodig", "reason_participation": "Velen"}
    assert list(check_all()) == []


def test_a_sheet_saved_in_another_window_is_not_covered(call):
    dossier = call.judged()
    call.save(dossier, call.juror, FULL)

    with pytest.raises(Changed):
        call.save(dossier, call.juror, {"need": Given(Decimal(0), reason="Oud venster")}, version=0)

    assert db.session.scalars(db.select(Score.value).order_by(Score.id)).first() == Decimal(4)


@pytest.mark.parametrize(
    "given, code, field",
    [
        ({"need": Given(Decimal(4), reason="Ja")}, "score_missing", "participation"),
        ({**FULL, "need": Given(Decimal(4), reason="  ")}, "reason_missing", "need"),
        ({**FULL, "need": Given(None, True, "")}, "reason_missing", "need"),
        ({key: Given(None, True, "Past niet") for key in FULL}, "nothing_scored", None),
    ],
)
def test_an_unfinished_sheet_is_not_taken(call, given, code, field):
    dossier = call.judged()
    version = call.save(dossier, call.juror, given)

    with pytest.raises(Refused) as refused:
        act(jury.hand_in, call.juror, dossier, version=version)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert given_count(dossier) == 0


@pytest.mark.parametrize(
    "given, code",
    [
        ({"need": Given(Decimal(6))}, "score_off_scale"),
        ({"need": Given(Decimal(-1))}, "score_off_scale"),
        ({"need": Given(Decimal("3.3"))}, "score_off_scale"),
        ({"need": Given(Decimal(3), True)}, "score_off_scale"),
        ({"need": Given(reason="x" * 4001)}, "reason_long"),
        ({"other": Given(Decimal(3))}, "criterion_unknown"),
    ],
)
def test_what_the_scale_does_not_have_is_refused_and_leaves_no_sheet(call, given, code):
    dossier = call.judged()

    with pytest.raises(Refused) as refused:
        call.save(dossier, call.juror, given)

    assert refused.value.code == code
    assert db.session.scalars(db.select(Sheet)).all() == []


def test_a_sheet_handed_in_is_closed_until_it_is_taken_back(call):
    dossier = call.judged()
    call.score(dossier, call.juror)
    with pytest.raises(Refused) as refused:
        call.save(dossier, call.juror, {"need": Given(Decimal(1), reason="Toch niet")}, version=2)
    act(jury.take_back, call.juror, dossier)

    assert refused.value.code == "already_handed_in"
    assert given_count(dossier) == 0
    assert call.save(dossier, call.juror, {"need": Given(Decimal(1), reason="Toch")}, version=3) == 4


def test_abstaining_is_handed_in_and_counts_in_no_mean(call):
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    call.score(dossier, call.juror)
    act(jury.abstain, call.second, dossier, version=0, reason="Ik ken het dorp te weinig")

    closed = make.take(dossier, "close_scoring", call.coordinator)
    assert (given_count(dossier), closed.total_percent) == (1, Decimal("72.0000"))


def test_stepping_aside_hides_the_dossier_and_leaves_the_scores_out(call):
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    call.score(dossier, call.juror, {"need": "0", "participation": "0"})
    call.score(dossier, call.second, {"need": "5", "participation": "5"})
    call.step_aside(dossier, call.juror)

    excluded = db.session.scalars(db.select(Exclusion)).one()
    act(jury.decide_recusal, call.coordinator, dossier, juror_id=call.juror.id, keep=False, reason="Zus")
    closed = make.take(dossier, "close_scoring", call.coordinator)
    assert (excluded.reason, excluded.declared) == ("Mijn zus is lid van de groep", True)
    assert (closed.scores_given, closed.total_percent) == (1, Decimal(100))
    with pytest.raises(NotFound):
        queries.seen(dossier.reference, by=make.actor(call.juror))


def test_a_conflict_found_before_any_score_holds_nobody_up(call):
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    call.step_aside(dossier, call.second)
    call.score(dossier, call.juror)

    assert make.take(dossier, "close_scoring", call.coordinator).state is State.scored


def test_after_the_scoring_a_conflict_is_for_the_coordinator(call):
    dossier = call.scored()

    with pytest.raises(Refused) as refused:
        call.step_aside(dossier, call.juror)

    assert refused.value.code == "scoring_over"


def test_scoring_waits_for_the_coaching_where_it_comes_first(app):
    call = Round(COACHED_BEFORE)
    dossier = call.judged()

    with pytest.raises(Refused) as refused:
        call.save(dossier, call.juror, FULL)

    assert refused.value.code == "scoring_not_open"


def test_a_juror_who_falls_ill_is_excused_but_not_once_the_scores_count(call):
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    call.save(dossier, call.second, FULL)
    act(jury.excuse, call.coordinator, dossier, juror_id=call.second.id, reason="Ziek")
    call.score(dossier, call.juror)

    with pytest.raises(Refused) as refused:
        act(jury.excuse, call.coordinator, dossier, juror_id=call.juror.id, reason="Ook ziek")

    assert refused.value.code == "already_scored"
    assert make.take(dossier, "close_scoring", call.coordinator).scores_given == 1


@pytest.mark.parametrize("deed", ["save", "hand_in"])
def test_only_an_assigned_juror_scores(call, deed):
    dossier = call.judged()
    with pytest.raises(NotFound):
        call.save(dossier, call.second, FULL)
    with pytest.raises(Forbidden):
        act(jury.hand_in, call.coordinator, dossier, version=0)
