"""Return for completion: asked, copied, brought in time or not, and what it leaves behind."""

from datetime import timedelta

import pytest

from callflow.applications import queries as applications
from callflow.applications.files import Examined
from callflow.applications.models import Application, Attachment
from callflow.calls.states import Law
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, NotFound, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.core.workflow import Blocked
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.lifecycle import values
from callflow.lifecycle.terms import terms_of
from callflow.lifecycle.values import Asked
from callflow.screening import actions
from callflow.screening import queries as screening
from callflow.screening.actions import set_check
from callflow.screening.models import Ending, Verdict
from tests import factories as make
from tests.rounds import Round

SUMMARY = Asked("Zeg ook wie de zaal beheert.", field="summary", point="in_area")
STATUTES = Asked("Wie mag tekenen?", paper="Statuten")


@pytest.fixture
def call(app):
    return Round()


def asked(call, dossier, *what, days=14):
    """The dossier returned; the moment until which it can be completed."""
    due = clock.now().replace(microsecond=0) + timedelta(days=days)
    given = values.Returning(what or (SUMMARY,), due)
    make.take(dossier, "return_for_completion", call.coordinator, given)
    return due


def save(call, dossier, by=None, **texts):
    who = make.actor(by or call.resident)
    with unit_of_work():
        loaded = queries.for_step(dossier.reference, by=who, kind=Application)
        return actions.save_completion(who, loaded, texts)


def complete(call, dossier, text=""):
    version = screening.request_of(dossier).version
    return make.take(dossier, "complete", call.resident, values.Completing(version, text))


def verdict(call, dossier, verdict, reason=""):
    who = make.actor(call.coordinator)
    with unit_of_work():
        set_check(
            who, queries.for_step(dossier.reference, by=who), point="in_area", verdict=verdict, reason=reason
        )


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


def test_a_completion_freezes_the_next_version_and_asks_its_points_anew(call):
    dossier = call.submitted()
    first = dossier.submitted_at
    verdict(call, dossier, Verdict.failed, "Onduidelijk")
    asked(call, dossier)

    save(call, dossier, summary="Een kamer die de dorpsraad beheert.")
    before = applications.last_submission(dossier)
    done = complete(call, dossier, "Zo is het duidelijk.")

    versions = applications.submissions_of(done, most=9)
    assert before.answers["summary"] == make.ANSWERS["summary"]
    assert [each.number for each in versions] == [2, 1]
    assert versions[0].answers == {**make.ANSWERS, "summary": "Een kamer die de dorpsraad beheert."}
    assert versions[1].answers == make.ANSWERS
    assert (done.state, done.shown_state, done.submitted_at) == (State.submitted, State.submitted, first)
    assert screening.checks_of(done) == {}
    request = screening.request_of(done)
    assert (request.ending, request.ended_at) == (Ending.completed, versions[0].submitted_at)
    kinds = [letter.kind.value for letter in db.session.scalars(db.select(Letter).order_by(Letter.number))]
    assert kinds == ["acknowledgement", "incomplete", "acknowledgement"]


def test_the_letter_and_the_mail_say_what_is_missing_and_until_when(call):
    dossier = call.submitted()
    due = asked(call, dossier, SUMMARY, STATUTES)

    letter = db.session.scalars(db.select(Letter).where(Letter.kind == "incomplete")).one()
    missing = LetterContext.of(letter.context).missing
    mail = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == "incomplete")).first()
    assert [(each.name["nl"], each.reason, each.paper, each.article) for each in missing.items] == [
        ("Samenvatting", "Zeg ook wie de zaal beheert.", False, "art. 3"),
        ("Statuten", "Wie mag tekenen?", True, ""),
    ]
    assert (missing.due_at, missing.silence_on) == (due, None)
    assert "- Samenvatting\n- Statuten" in mail.body
    assert f"/applications/{dossier.reference}/completion" in mail.body


def test_under_french_law_both_days_of_silence_are_told(app):
    call = Round()
    french = make.authority(Law.fr_public)
    with unit_of_work():
        db.session.get_one(make.Lot, call.lot.id).authority_id = french.id
    dossier = call.submitted()
    asked(call, dossier, days=14)

    letter = db.session.scalars(db.select(Letter).where(Letter.kind == "incomplete")).one()
    missing = LetterContext.of(letter.context).missing
    assert missing.suspended_on - missing.silence_on == timedelta(days=14)
    save(call, dossier, summary="Une salle pour tous.")
    with clock.fixed(clock.now() + timedelta(days=5)):
        complete(call, dossier)
    received = db.session.scalars(db.select(Letter).order_by(Letter.number.desc())).first()
    told = LetterContext.of(received.context).received
    assert (told.version, told.suspended_on - told.silence_on) == (2, timedelta(days=5))


def test_what_is_asked_must_be_named_with_reasons_and_within_the_terms(call):
    dossier = call.submitted()
    loaded = queries.seen(dossier.reference, by=make.actor(call.coordinator))
    terms = terms_of(loaded, clock.now())
    wrong = [
        (values.Returning((), terms.usual), "nothing_asked"),
        (values.Returning((Asked(" ", field="summary"),), terms.usual), "asked_reasons_missing"),
        (values.Returning((SUMMARY,), clock.now() + timedelta(days=3)), "due_too_early"),
        (values.Returning((SUMMARY,), terms.latest + timedelta(seconds=1)), "due_too_late"),
    ]

    for given, code in wrong:
        with pytest.raises(Blocked) as refused:
            make.take(dossier, "return_for_completion", call.coordinator, given)
        assert codes(refused) == [code]
    assert make.state_of(dossier) is State.submitted


def test_the_calendar_gives_way_to_the_least_days(call):
    dossier = call.submitted()
    loaded = queries.seen(dossier.reference, by=make.actor(call.coordinator))
    day = timedelta(days=1)

    def usual(until):
        loaded.call.calendar = {"completeness_until": (clock.now() + until).isoformat()}
        found = terms_of(loaded, clock.now())
        db.session.expire(loaded.call)
        return (found.usual - clock.now()) / day, (found.latest - clock.now()) / day

    far, near, over = usual(20 * day), usual(2 * day), usual(-5 * day)

    assert far == pytest.approx((20, 20), abs=0.1)
    assert all(6.5 < each < 13 for each in (*near, *over))
    db.session.rollback()


def test_a_second_too_late_nothing_is_saved_or_handed_in(call):
    dossier = call.submitted()
    due = asked(call, dossier)

    with clock.fixed(due - timedelta(seconds=1)):
        save(call, dossier, summary="Nog net op tijd.")
    with clock.fixed(due), pytest.raises(Refused) as late:
        save(call, dossier, summary="Te laat.")
    with clock.fixed(due), pytest.raises(Blocked) as refused:
        complete(call, dossier)

    assert late.value.code == "completion_late"
    assert codes(refused) == ["completion_late"]
    assert screening.request_of(dossier).answers == {"summary": "Nog net op tijd."}
    assert applications.last_submission(dossier).number == 1


def test_only_the_copy_of_what_was_asked_can_change_and_only_by_the_group(call):
    dossier = call.submitted()
    asked(call, dossier, SUMMARY)

    save(call, dossier, summary="Anders.", title="Gekaapt", amount="9")
    with pytest.raises(Forbidden):
        save(call, dossier, by=call.coordinator, summary="Namens de groep")
    with pytest.raises(NotFound):
        save(call, dossier, by=call.stranger, summary="Van een vreemde")

    assert screening.request_of(dossier).answers == {"summary": "Anders."}
    done = complete(call, dossier)
    assert applications.last_submission(done).answers["title"] == make.ANSWERS["title"]


def test_an_answer_that_was_asked_for_must_be_there(call):
    dossier = call.submitted()
    asked(call, dossier, SUMMARY, STATUTES)
    save(call, dossier, summary="")

    with pytest.raises(Blocked) as refused:
        complete(call, dossier)

    assert [(each.code, each.parameters["fields"]) for each in refused.value.reasons] == [
        ("answers_missing", ["summary", "paper-1-2"])
    ]


def test_a_text_changed_after_it_was_checked_is_not_handed_in(call):
    dossier = call.submitted()
    asked(call, dossier)
    save(call, dossier, summary="Zoals nagekeken.")
    version = screening.request_of(dossier).version
    save(call, dossier, summary="Door een ander veranderd.")

    with pytest.raises(Blocked) as refused:
        make.take(dossier, "complete", call.resident, values.Completing(version))

    assert codes(refused) == ["text_changed"]


def test_a_paper_becomes_part_of_the_form_and_nobody_else_sees_it_before(call):
    dossier = call.submitted()
    asked(call, dossier, STATUTES)
    who, staff = make.actor(call.resident), make.actor(call.coordinator)
    paper = Examined("statuten.pdf", "application/pdf", b"%PDF-1.4 statuten")
    with unit_of_work():
        loaded = queries.for_step(dossier.reference, by=who, kind=Application)
        first = actions.attach(who, loaded, "paper-1-1", paper).id
        second = actions.attach(who, loaded, "paper-1-1", paper).id
    with unit_of_work():
        actions.remove_file(who, queries.for_step(dossier.reference, by=who, kind=Application), first)

    with pytest.raises(NotFound):
        applications.file(dossier.reference, second, by=staff, permission=P.scores_view)
    assert applications.file(dossier.reference, second, by=who).name == "statuten.pdf"
    done = complete(call, dossier)

    frozen = applications.last_submission(done)
    assert [file["id"] for file in frozen.answers["paper-1-1"]] == [second]
    assert [section["id"] for section in frozen.form] == ["project", "papers-asked"]
    assert applications.file(dossier.reference, second, by=staff, permission=P.scores_view).pending is False
    with pytest.raises(NotFound):
        applications.file(dossier.reference, first, by=staff, permission=P.scores_view)


def test_a_second_request_begins_from_the_second_version(call):
    dossier = call.submitted()
    asked(call, dossier, STATUTES)
    who = make.actor(call.resident)
    with unit_of_work():
        loaded = queries.for_step(dossier.reference, by=who, kind=Application)
        actions.attach(who, loaded, "paper-1-1", Examined("a.pdf", "application/pdf", b"%PDF-1.4 a"))
    complete(call, dossier)
    with clock.fixed(clock.now() + timedelta(days=1)):
        asked(call, dossier, Asked("Onleesbaar", field="paper-1-1"), Asked("Ook dit", paper="Rekening"))

    request = screening.request_of(dossier)
    assert request.number == 2
    assert [each.field for each in request.items] == ["paper-1-1", "paper-2-2"]
    assert [file["name"] for file in request.answers["paper-1-1"]] == ["a.pdf"]
    assert db.session.scalars(db.select(Attachment.pending)).all() == [False]


def test_after_the_term_the_coordinator_says_what_happens_and_never_before_without_a_word(call):
    early, late, refused_one = call.submitted(), call.submitted(), call.submitted()
    due = asked(call, early)
    asked(call, late)
    asked(call, refused_one)
    refusing = values.Refusing("3", "De statuten ontbreken.")

    with pytest.raises(Blocked) as open_still:
        make.take(refused_one, "refuse", call.coordinator, refusing)
    with pytest.raises(Blocked) as wordless:
        make.take(early, "judge_as_is", call.coordinator, values.Reason())
    make.take(early, "judge_as_is", call.coordinator, values.Reason("De groep vroeg het."))
    with clock.fixed(due + timedelta(minutes=1)):
        make.take(late, "judge_as_is", call.coordinator, values.Reason())
        gone = make.take(refused_one, "refuse", call.coordinator, refusing)

    assert (codes(open_still), codes(wordless)) == (["completion_open"], ["reason_before_due"])
    assert [make.state_of(each) for each in (early, late)] == [State.submitted] * 2
    assert (gone.state, gone.shown_state) == (State.inadmissible, State.incomplete)
    endings = [screening.request_of(each).ending for each in (early, late, gone)]
    assert endings == [Ending.judged, Ending.judged, Ending.refused]
    back = make.take(gone, "reopen", call.coordinator)
    assert (back.state, back.shown_state) == (State.submitted, State.submitted)


def test_a_group_withdraws_while_something_is_asked_of_it(call):
    dossier = call.submitted()
    asked(call, dossier)

    gone = make.take(dossier, "withdraw", call.resident, values.Reason("Wij stoppen."))

    assert gone.state is State.withdrawn
    assert screening.request_of(gone).ending is Ending.withdrawn
    with pytest.raises(Refused) as over:
        save(call, dossier, summary="Toch nog")
    assert over.value.code == "completion_over"


@pytest.mark.unverified
def test_verify_names_a_request_that_the_history_does_not_know(call):
    from callflow.lifecycle import agreement  # slow import: only this test

    dossier = call.submitted()
    asked(call, dossier)
    with unit_of_work():
        request = screening.request_of(dossier)
        request.asked_at -= timedelta(hours=1)
        db.session.execute(db.delete(type(request.items[0])))
        db.session.execute(db.update(Dossier).values(submitted_at=clock.now() - timedelta(days=9)))

    found = {each.code for each in agreement.check.breaks()}
    assert found == {"completion_unasked", "completion_asks_nothing", "submission_missing"}
