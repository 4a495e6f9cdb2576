"""A call in two steps: a short form, an invitation or a refusal with reasons, the whole application."""

from datetime import timedelta

import pytest

from callflow.applications import answers
from callflow.applications.actions import save_answers
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.actor import CLOCK
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.permissions import P
from callflow.core.workflow import Blocked, NotAllowed, NotOffered
from callflow.desk.scope import calls_of
from callflow.desk.silence import running
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from callflow.letters.states import LetterKind
from callflow.lifecycle import process, values
from callflow.lifecycle.changing.dry_run import dry_run
from callflow.lifecycle.receipt import silence_of
from callflow.lifecycle.stages import road_of
from callflow.lifecycle.timed import working
from tests import factories as make
from tests.setups import setup_of
from tests.two_steps import PROCEDURE, REASON, TwoSteps, form, mails, versions

TABLE = """
draft        preapply          preapplied
draft        withdraw          withdrawn
preapplied   invite            invited
preapplied   turn_away         not_invited
preapplied   withdraw          withdrawn
not_invited  reopen            preapplied
not_invited  withdraw          withdrawn
invited      submit            submitted
invited      lapse_invitation  lapsed
invited      withdraw          withdrawn
lapsed       invite            invited
"""
SECOND = timedelta(seconds=1)


@pytest.fixture
def call(app):
    return TwoSteps()


def letters(dossier):
    query = db.select(Letter).where(Letter.dossier_id == dossier.id).order_by(Letter.number)
    return list(db.session.scalars(query))


def fresh(dossier) -> Dossier:
    db.session.rollback()
    return db.session.get_one(Dossier, dossier.id)


def reasons(deed):
    with pytest.raises(Blocked) as caught:
        deed()
    return [reason.code for reason in caught.value.reasons]


def test_the_steps_before_an_application_are_those_of_the_table():
    workflow, early = process.workflow(PROCEDURE), ("draft", "preapplied", "invited", "not_invited", "lapsed")
    rows = [tuple(line.split()) for line in TABLE.strip().splitlines()]

    found = [
        (state, trigger, str(step.dest))
        for state in early
        for trigger, step in workflow.steps_from(State(state)).items()
    ]

    assert sorted(found) == sorted(rows)


def test_a_call_without_a_short_form_has_none_of_its_states():
    states = set(process.workflow(Procedure()).states)

    assert states & {"preapplied", "invited", "not_invited", "lapsed"} == set()
    assert road_of(PROCEDURE)[:4] == [State.draft, State.preapplied, State.invited, State.submitted]


def test_the_short_form_is_handed_in_without_the_other_questions(call):
    dossier = call.preapplied()

    assert (dossier.state, dossier.shown_state) == (State.preapplied, State.preapplied)
    [version] = versions(dossier)
    assert list(answers.fields_of(version.form)) == ["title", "summary"]
    [letter] = letters(dossier)
    assert letter.kind is LetterKind.acknowledgement
    assert letter.context["received"]["form"] == "short"
    assert [step["code"] for step in letter.context["received"]["steps"]][:2] == ["inviting", "screening"]


def test_questions_of_the_whole_form_are_neither_asked_nor_kept_before_the_invitation(call):
    draft = call.begun(answers={"summary": ""})
    who = make.actor(call.resident)

    call.write(draft, steps="Te vroeg")

    with unit_of_work():
        assert "steps" not in answers.given_to(queries.for_step(draft.reference, by=who))


def test_an_invited_group_finds_what_it_wrote_and_answers_the_rest(call):
    dossier = call.invited("Denk aan de vergunning.")

    assert dossier.state is dossier.shown_state is State.invited
    assert [mail.recipient for mail in mails(dossier, "full_invited")] == [call.resident.email]
    assert "Denk aan de vergunning." in mails(dossier, "full_invited")[0].body
    assert process.facts_of(loaded(call, dossier)).unanswered == ("steps",)
    assert reasons(lambda: call.hand_in(dossier)) == ["answers_missing"]


def loaded(call, dossier):
    return queries.seen(dossier.reference, by=make.actor(call.resident))


def test_the_whole_application_is_a_version_of_its_own_with_its_receipt(call):
    dossier = call.invited()
    call.write(dossier, title="Het nieuwe Lichtpunt", steps="Eerst de buren.")
    assert fresh(dossier).title == "'t Lichtpunt"

    with clock.fixed(clock.now() + timedelta(days=20)):
        dossier = call.hand_in(dossier)

    first, second = versions(dossier)
    assert (first.number, second.number) == (1, 2)
    assert "steps" in answers.fields_of(second.form)
    assert (second.answers["steps"], first.title, second.title) == (
        "Eerst de buren.", "'t Lichtpunt", "Het nieuwe Lichtpunt",
    )  # fmt: skip
    dossier = fresh(dossier)
    assert (dossier.state, dossier.title) == (State.submitted, "Het nieuwe Lichtpunt")
    assert dossier.submitted_at == second.submitted_at
    assert [each.context["received"]["form"] for each in letters(dossier)] == ["short", "whole"]


def test_what_the_group_writes_on_is_not_read_before_it_is_handed_in(call):
    dossier = call.invited()
    call.write(dossier, summary="Een ander verhaal.")

    assert versions(dossier)[-1].answers["summary"] == "Een kamer voor heel het dorp."


def test_the_dossier_goes_on_like_any_other(call):
    dossier = call.whole()
    call.passed(dossier)

    assert make.take(dossier, "screen", call.coordinator).state is State.screened


def test_who_is_not_invited_gets_the_reasons_and_the_appeal_by_decision(call):
    dossier = call.turned_away()
    assert (dossier.state, dossier.shown_state) == (State.not_invited, State.preapplied)
    assert [each.kind for each in letters(dossier)] == [LetterKind.acknowledgement]

    call.decide()
    call.release()

    dossier = fresh(dossier)
    assert (dossier.state, dossier.shown_state) == (State.not_invited, State.not_invited)
    letter = letters(dossier)[-1]
    assert (letter.kind, letter.context["motivation"]) == (LetterKind.not_invited, REASON)
    assert letter.context["appeal"]["nl"].strip()
    assert letter.context["resolved"]["number"] == "2027/31"
    assert len(mails(dossier, "not_invited")) == 2


def test_a_refusal_without_reasons_is_none(call):
    dossier = call.preapplied()

    assert reasons(lambda: make.take(dossier, "turn_away", call.coordinator, values.TurningAway("  "))) == [
        "motivation_missing"
    ]


def test_a_refusal_that_was_only_prepared_is_taken_back(call):
    dossier = make.take(call.turned_away(), "reopen", call.coordinator)

    assert (dossier.state, dossier.shown_state) == (State.preapplied, State.preapplied)
    with pytest.raises(NotOffered):
        make.take(dossier, "reopen", call.coordinator)


def test_after_the_release_nothing_is_taken_back_and_nobody_withdraws(call):
    dossier = call.turned_away()
    call.decide()
    call.release()

    assert reasons(lambda: make.take(dossier, "reopen", call.coordinator)) == ["already_decided"]
    assert reasons(lambda: make.take(dossier, "withdraw", call.resident, values.Reason())) == [
        "already_released"
    ]


@pytest.mark.parametrize("brought", ["preapplied", "invited", "turned_away"])
def test_a_group_withdraws_on_the_way(call, brought):
    dossier = make.take(getattr(call, brought)(), "withdraw", call.resident, values.Reason("Te druk"))

    assert dossier.state is dossier.shown_state is State.withdrawn


def test_the_short_form_comes_in_before_the_call_closes_to_the_second(call):
    draft = call.begun()
    given = values.Submitting(draft.content_version)

    with clock.fixed(call.call.closes_at):
        assert reasons(lambda: make.take(draft, "preapply", call.resident, given)) == ["call_closed"]
    with clock.fixed(call.call.closes_at - SECOND):
        assert make.take(draft, "preapply", call.resident, given).state is State.preapplied


def test_the_whole_application_comes_in_before_its_moment_to_the_second(call):
    dossier = call.invited()
    call.write(dossier, steps="Eerst de buren.")

    with clock.fixed(call.until):
        assert reasons(lambda: call.hand_in(dossier)) == ["full_late"]
        with pytest.raises(Refused) as late:
            call.write(dossier, steps="Te laat")
        assert late.value.code == "full_late"
    with clock.fixed(call.until - SECOND):
        assert call.hand_in(dossier).state is State.submitted


def test_what_was_checked_as_a_short_form_was_not_checked_as_a_whole(call):
    draft = call.begun(answers={"steps": "Ingevoerd uit een tabel"})
    seen = draft.content_version
    make.take(draft, "preapply", call.resident, values.Submitting(seen))
    make.take(draft, "invite", call.coordinator, values.InvitingToApply())

    again = values.Submitting(seen)
    assert reasons(lambda: make.take(draft, "submit", call.resident, again)) == ["text_changed"]


def test_a_short_form_that_changed_meanwhile_is_not_handed_in(call):
    draft = call.begun()
    seen = values.Submitting(draft.content_version)
    call.write(draft, summary="Een ander verhaal.")

    assert reasons(lambda: make.take(draft, "preapply", call.resident, seen)) == ["text_changed"]


def test_nobody_is_invited_to_write_what_can_no_longer_be_handed_in(call):
    dossier = call.preapplied()

    with clock.fixed(call.until):
        given = values.InvitingToApply()
        assert reasons(lambda: make.take(dossier, "invite", call.coordinator, given)) == ["full_closed"]


@pytest.mark.parametrize("who", ["coach", "juror", "signatory", "stranger", "resident"])
@pytest.mark.parametrize(
    ("trigger", "given"),
    [("invite", values.InvitingToApply()), ("turn_away", values.TurningAway(REASON))],
    ids=["invite", "turn_away"],
)
def test_only_the_office_invites_or_does_not(call, who, trigger, given):
    dossier = call.preapplied()

    with pytest.raises((NotAllowed, NotFound)):
        make.take(dossier, trigger, getattr(call, who), given)


def drained(at):
    with clock.fixed(at):
        working.sweep()
        return working.drain("test", lambda: False)


def test_an_invitation_lapses_by_the_clock_at_its_moment_and_the_group_is_told(call):
    dossier, done = call.invited(), call.whole()

    drained(call.until - SECOND)
    assert fresh(dossier).state is State.invited
    drained(call.until)

    dossier = fresh(dossier)
    assert (dossier.state, dossier.shown_state) == (State.lapsed, State.lapsed)
    assert len(mails(dossier, "full_lapsed")) == 1
    assert fresh(done).state is State.submitted
    assert drained(call.until + SECOND) == 0


def test_nobody_lets_an_invitation_lapse_before_its_moment(call):
    dossier = call.invited()

    assert reasons(lambda: make.take(dossier, "lapse_invitation", call.coordinator)) == ["full_open"]


def test_the_clock_lets_lapse_and_takes_no_other_step(call):
    dossier = call.preapplied()

    with pytest.raises(NotAllowed), unit_of_work():
        found = queries.for_step(dossier.reference, by=make.actor(call.coordinator))
        process.take(found, "invite", actor=CLOCK, values=values.InvitingToApply())


def test_an_invitation_that_lapsed_is_given_again_with_more_time_and_lapses_again(call):
    dossier = call.invited()
    drained(call.until)
    later, given = call.until + timedelta(hours=3), values.InvitingToApply()

    with clock.fixed(call.until + SECOND):
        assert reasons(lambda: make.take(dossier, "invite", call.coordinator, given)) == ["full_closed"]
        call.extend(later)
        assert make.take(dossier, "invite", call.coordinator, given).state is State.invited

    drained(later)
    assert fresh(dossier).state is State.lapsed
    assert len(mails(dossier, "full_lapsed")) == 2


def test_invited_groups_are_reminded_a_week_and_a_day_before(call):
    dossier, done = call.invited(), call.whole()
    at = [clock.at(clock.local(call.until).date() - timedelta(days=days), clock.local(call.until).time())
          for days in (7, 1)]  # fmt: skip

    for moment in at:
        drained(moment)

    assert len(mails(dossier, "reminder_full_due")) == 2
    assert mails(done, "reminder_full_due") == []


def test_silence_counts_from_what_was_asked_last_and_not_while_the_group_writes(app):
    french = TwoSteps(laws=[make.Law.fr_public])
    dossier = french.preapplied()
    first = silence_of(dossier, ())

    with clock.fixed(clock.now() + timedelta(days=55)):
        assert [each.reference for each in alarms(french)] == [dossier.reference]
        make.take(dossier, "invite", french.coordinator, values.InvitingToApply())
        assert alarms(french) == []
        french.write(dossier, steps="Eerst de buren.")
        dossier = french.hand_in(dossier)

    second = silence_of(loaded(french, dossier), ())
    assert first is not None
    assert second is not None
    assert second.running > first.running + timedelta(days=50)


def alarms(call):
    who = make.actor(call.coordinator)
    [line] = calls_of(who)
    return list(running(line, [visible_to(who, P.scores_view)]).alarms)


def test_the_short_form_stays_as_it_is_once_groups_wrote_and_the_last_hour_only_moves_back(call):
    call.invited()
    who = make.actor(call.coordinator)
    earlier, later = (call.until + timedelta(days=days) for days in (-1, 1))

    def said(place, value):
        found = dry_run(who, setup_of(call.call.reference, {place: value}))
        return [each.refused for each in found.changes]

    assert said("call.calendar.full_until", earlier.isoformat()) == ["full_until_told"]
    assert said("call.calendar.full_until", later.isoformat()) == [None]
    without = {**PROCEDURE.as_stored(), "preapplication": False}
    assert said("call.procedure", without) == ["form_answered"]


def test_two_who_click_at_once_do_it_once(call):
    dossier = call.preapplied()

    make.take(dossier, "invite", call.coordinator, values.InvitingToApply())

    for trigger, given in (("invite", values.InvitingToApply()), ("turn_away", values.TurningAway(REASON))):
        with pytest.raises(NotOffered):
            make.take(dossier, trigger, call.colleague, given)
    assert len(mails(dossier, "full_invited")) == 1


def test_the_short_form_is_part_of_the_whole():
    whole, short = form(), answers.short(form())

    assert [section["id"] for section in short] == ["project"]
    assert [field["id"] for field in short[0]["fields"]] == ["title", "summary"]
    assert set(answers.fields_of(short)) < set(answers.fields_of(whole))


def test_nothing_of_the_short_form_is_saved_once_it_was_handed_in(call):
    dossier = call.preapplied()
    who = make.actor(call.resident)

    with pytest.raises(Refused) as frozen, unit_of_work():
        save_answers(who, queries.for_step(dossier.reference, by=who), {"summary": "Nog iets"})

    assert frozen.value.code == "application_frozen"
