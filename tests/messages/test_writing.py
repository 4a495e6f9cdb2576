"""Messages about one dossier: who writes and reads, who is told and how, what waits for the office."""

import zipfile
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflow.core import clock, trail
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event, EventText
from callflow.desk import decision_file
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import exclude
from callflow.dossiers.states import Task
from callflow.lifecycle import kept, values
from callflow.lifecycle.timed import working
from callflow.messages import actions, marks, queries
from callflow.messages.models import Mark, Message
from callflow.messages.rules import READS, SUBJECT, TEXT, closed_for
from callflow.messages.states import Audience, Often, Settled, Side
from callflow.people import queries as people
from callflow.people.states import Right
from tests import factories as make
from tests.rounds import Round


class Village(Round):
    """A screened dossier with a coach, a juror, somebody with a conflict, and members with each right."""

    def __init__(self):
        super().__init__()
        self.editor, self.viewer = make.person(name="Ed Voorbeeld", language="fr"), make.person()
        rights = {self.resident: Right.submit, self.editor: Right.edit, self.viewer: Right.view}
        self.group = make.group(rights)
        self.dossier = self.screened()
        self.give(self.dossier, Task.coach, self.coach)
        self.give(self.dossier, Task.juror, self.juror)
        self.aside = make.person((Role.coordinator, "call", self.call.id))
        who = make.actor(self.coordinator)
        with unit_of_work():
            found = dossiers.for_step(self.dossier.reference, by=who)
            exclude(who, found, person_id=self.aside.id, reason="Buur")

    def begin(self, who, side, audience=Audience.office, text="Mag het in de zaal?", **changes):
        words = {"subject": "De zaal", "language": "nl", **changes}
        with unit_of_work():
            loaded = dossiers.for_step(self.dossier.reference, by=make.actor(who), permission=READS[side])
            return actions.open_thread(
                make.actor(who), loaded, side=side, audience=audience, text=text, **words
            )

    def answer(self, who, side, thread, text="Ja."):
        with self.at(who, side, thread) as (actor, dossier, found):
            actions.reply(actor, dossier, found, side=side, text=text, language="nl")

    def read(self, who, side, thread):
        with self.at(who, side, thread) as (actor, dossier, found):
            marks.mark_read(actor, dossier, found, side=side, up_to=found.last_id)

    def at(self, who, side, thread):
        return Loaded(self.dossier.reference, who, side, thread)


class Loaded:
    """A unit of work with the dossier and the thread as this person loads them."""

    def __init__(self, ref, who, side, thread):
        self.work, self.asked = unit_of_work(), (ref, who, side, thread)

    def __enter__(self):
        ref, who, side, thread = self.asked
        self.work.__enter__()
        try:
            dossier = dossiers.for_step(ref, by=make.actor(who), permission=READS[side])
            return make.actor(who), dossier, queries.thread(dossier, thread.key, side=side)
        except BaseException as error:
            self.work.__exit__(type(error), error, None)
            raise

    def __exit__(self, *error):
        return self.work.__exit__(*error)


@pytest.fixture
def village(app):
    return Village()


def mails(notice="message"):
    db.session.rollback()
    query = db.select(OutboxMail).where(OutboxMail.notice == notice).order_by(OutboxMail.id)
    return db.session.scalars(query).all()


def told():
    return [mail.recipient_id for mail in mails()]


def prefer(who, often, *, with_text=False):
    with unit_of_work():
        user = people.user_for_change(who.id)
        actions.choose_notices(make.actor(who), user, often=often, with_text=with_text)


def stored(thread):
    db.session.rollback()
    return db.session.get_one(type(thread), thread.id)


def test_a_question_waits_for_the_office_until_it_answers_and_only_the_others_are_told(village):
    thread = village.begin(village.resident, Side.group)

    assert stored(thread).waits_since is not None
    assert sorted(told()) == sorted([village.coordinator.id, village.colleague.id])

    village.answer(village.colleague, Side.office, thread)

    assert stored(thread).waits_since is None
    assert set(told()[2:]) == {village.resident.id, village.editor.id, village.viewer.id}


def test_the_case_handler_alone_is_told_or_who_was_named(village):
    village.give(village.dossier, Task.handler, village.colleague)
    thread = village.begin(village.resident, Side.group)
    assert told() == [village.colleague.id]

    with village.at(village.colleague, Side.office, thread) as (actor, dossier, found):
        actions.choose_answerer(actor, dossier, found, person_id=village.coordinator.id)
    village.answer(village.resident, Side.group, thread)

    assert told() == [village.colleague.id, village.coordinator.id]
    with pytest.raises(Refused), village.at(village.colleague, Side.office, thread) as held:
        actions.choose_answerer(*held, person_id=village.resident.id)


def test_what_somebody_with_a_conflict_should_answer_is_everybodys(village):
    thread = village.begin(village.resident, Side.group)
    with pytest.raises(Refused) as aside, village.at(village.coordinator, Side.office, thread) as held:
        actions.choose_answerer(*held, person_id=village.aside.id)
    with village.at(village.coordinator, Side.office, thread) as held:
        actions.choose_answerer(*held, person_id=village.colleague.id)
    mine = make.actor(village.coordinator), village.call.id
    waits = [queries.waiting_count(*mine, mine=True)]

    with village.at(village.coordinator, Side.office, thread) as (actor, dossier, _thread):
        exclude(actor, dossier, person_id=village.colleague.id, reason="Zus van de voorzitter")
    waits.append(queries.waiting_count(*mine, mine=True))

    assert aside.value.code == "has_conflict"
    assert waits == [0, 1]
    assert [each.subject for each in queries.waiting(*mine, mine=True)] == ["De zaal"]
    assert queries.waiting_count(make.actor(village.colleague), village.call.id) == 0


def test_what_somebody_who_left_should_answer_is_everybodys(village):
    village.give(village.dossier, Task.handler, village.colleague)
    village.begin(village.resident, Side.group)
    mine = make.actor(village.coordinator), village.call.id
    waits = [queries.waiting_count(*mine, mine=True)]

    with unit_of_work():
        people.user_for_change(village.colleague.id).active = False

    assert [*waits, queries.waiting_count(*mine, mine=True)] == [0, 1]


def test_one_mail_until_it_is_read(village):
    thread = village.begin(village.coordinator, Side.office)
    for _ in range(3):
        village.answer(village.coordinator, Side.office, thread, "Nog iets.")
    assert told().count(village.resident.id) == 1

    village.read(village.resident, Side.group, thread)
    village.answer(village.coordinator, Side.office, thread, "En dit.")

    assert told().count(village.resident.id) == 2


def test_the_mail_speaks_the_language_of_the_person_and_keeps_the_text_to_itself(village):
    prefer(village.viewer, Often.at_once, with_text=True)

    village.begin(village.coordinator, Side.office, text="<b>Geheim</b> & " + "woord " * 60)

    said = {mail.recipient_id: mail for mail in mails()}
    assert "Bonjour Ed Voorbeeld" in said[village.editor.id].body
    assert "Geheim" not in said[village.resident.id].body + said[village.resident.id].html
    assert "Lieve Voorbeeld" in said[village.resident.id].body
    assert "<b>Geheim</b> & woord" in said[village.viewer.id].body
    assert "&lt;b&gt;Geheim&lt;/b&gt; &amp; woord" in said[village.viewer.id].html
    assert "woord " * 40 not in said[village.viewer.id].body


def test_who_wants_no_mail_gets_none_and_still_sees_what_is_new(village):
    prefer(village.resident, Often.never)

    village.begin(village.coordinator, Side.office)

    assert village.resident.id not in told()
    assert queries.unread_of(make.actor(village.resident), Side.group) == {village.dossier.reference: 1}


def test_a_digest_goes_once_a_day_for_all_threads_and_to_nobody_who_lost_access(village):
    for who in (village.resident, village.viewer):
        prefer(who, Often.daily)
    village.begin(village.coordinator, Side.office)
    village.begin(village.coordinator, Side.office)
    with unit_of_work():
        gone = db.select(make.Membership).where(make.Membership.user_id == village.viewer.id)
        db.session.delete(db.session.scalars(gone).one())

    first = next_digest()
    village.begin(village.coordinator, Side.office)
    with clock.fixed(first + timedelta(hours=2)):
        drain()

    assert [mail.recipient_id for mail in mails("message_digest")] == [village.resident.id]
    assert "2 gesprekken" in mails("message_digest")[0].body
    next_digest()
    assert [mail.recipient_id for mail in mails("message_digest")] == [village.resident.id] * 2


def next_digest():
    at = working.next_moment(clock.now())
    while True:
        before = len(mails("message_digest"))
        with clock.fixed(at):
            drain()
            if len(mails("message_digest")) > before:
                return at
            at = working.next_moment(at)


def drain():
    working.sweep()
    while working.drain("w1", lambda: False):
        pass


def test_the_coach_sees_only_what_is_for_the_coach(village):
    own = village.begin(village.resident, Side.group, Audience.coach)
    both = village.begin(village.resident, Side.group, Audience.both)
    hidden = village.begin(village.resident, Side.group, Audience.office)

    loaded = dossiers.seen(
        village.dossier.reference, by=make.actor(village.coach), permission=READS[Side.coach]
    )
    lines = queries.threads_of(loaded, side=Side.coach, by=make.actor(village.coach))

    assert {line.key for line in lines} == {own.key, both.key}
    assert told().count(village.coach.id) == 2
    with pytest.raises(NotFound):
        queries.thread(loaded, hidden.key, side=Side.coach)
    assert stored(own).waits_since is None
    assert queries.unread_of(make.actor(village.coach), Side.coach) == {village.dossier.reference: 2}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(audience=st.sampled_from(Audience), side=st.sampled_from(Side))
def test_nobody_else_loads_counts_or_is_told(village, audience, side):
    thread = village.begin(village.resident, Side.group, audience)
    db.session.rollback()

    for who in (village.juror, village.second, village.stranger, village.aside, village.signatory):
        actor = make.actor(who)
        with pytest.raises(NotFound):
            dossiers.seen(village.dossier.reference, by=actor, permission=READS[side])
        assert queries.unread_of(actor, side) == {}
        assert queries.waiting(actor, village.call.id) == []
        assert queries.waiting_count(actor, village.call.id) == 0
        assert who.id not in told()
    assert db.session.scalars(db.select(Mark.person_id).where(Mark.thread_id == thread.id)).all()


def test_who_may_only_read_writes_nothing(village):
    with pytest.raises(Forbidden):
        village.begin(village.viewer, Side.group)


@pytest.mark.parametrize(
    ("subject", "text", "field"),
    [
        (" ", "Iets", "subject"),
        ("Iets", " \n ", "text"),
        ("x" * (SUBJECT + 1), "Iets", "subject"),
        ("Iets", "x" * (TEXT + 1), "text"),
    ],
)
def test_a_message_says_something_and_no_book(village, subject, text, field):
    with pytest.raises(Refused) as refused:
        village.begin(village.resident, Side.group, subject=subject, text=text)

    assert refused.value.field == field


def test_settled_without_an_answer_and_waiting_again_when_somebody_writes(village):
    thread = village.begin(village.resident, Side.group)
    seen = thread.last_id
    village.answer(village.resident, Side.group, thread, "Of niet?")

    with pytest.raises(Changed), village.at(village.coordinator, Side.office, thread) as held:
        actions.settle(*held, how=Settled.answered, seen=seen)
    with village.at(village.coordinator, Side.office, thread) as (actor, dossier, found):
        actions.settle(actor, dossier, found, how=Settled.not_needed, seen=found.last_id)
    assert (stored(thread).waits_since, stored(thread).settled) == (None, Settled.not_needed)

    village.answer(village.resident, Side.group, thread, "Toch nog iets.")

    assert stored(thread).settled is None
    assert stored(thread).waits_since is not None


def test_what_is_over_is_read_and_written_by_the_office_for_thirty_days(village):
    thread = village.begin(village.resident, Side.group)
    make.take(village.dossier, "withdraw", village.resident, values.Reason(""))

    with pytest.raises(Refused) as refused:
        village.answer(village.resident, Side.group, thread)
    village.answer(village.coordinator, Side.office, thread)
    with pytest.raises(Refused) as late, clock.fixed(clock.now() + timedelta(days=31)):
        village.answer(village.coordinator, Side.office, thread)

    assert (refused.value.code, late.value.code) == ("messages_over", "messages_long_over")
    draft = make.draft(village.lot, village.resident, village.group)
    assert closed_for(Side.group, draft, clock.now()) == "messages_not_yet"


def test_history_says_that_somebody_wrote_and_never_what(village):
    village.begin(village.resident, Side.group, text="Alleen voor u")
    event = db.session.scalars(
        db.select(Event).where(Event.action == "message_written").order_by(Event.id.desc())
    ).first()

    assert event.data["side"] == "group"
    assert "Alleen" not in str(event.data)
    assert db.session.scalars(db.select(EventText).where(EventText.event_id == event.id)).all() == []
    with decision_file.decision_file(village.dossier.reference, by=make.actor(village.coordinator))[
        1
    ] as made:
        members = {name: zipfile.ZipFile(made).read(name) for name in zipfile.ZipFile(made).namelist()}
    assert b"message_written" in members["history.json"]
    assert not [name for name, content in members.items() if b"Alleen voor u" in content]


@pytest.mark.unverified
def test_an_edited_message_is_found_and_an_erased_one_is_not_broken(village):
    thread = village.begin(village.resident, Side.group, text="Zoals het was")
    message = db.session.scalars(db.select(Message).where(Message.thread_id == thread.id)).one()
    number = message.id
    with unit_of_work():
        db.session.execute(db.update(Message).where(Message.id == number).values(text="Anders"))
    assert [each.code for each in kept.breaks()] == ["message_changed"]
    with unit_of_work():
        db.session.execute(db.update(Message).where(Message.id == number).values(text="Zoals het was"))

    with village.at(village.coordinator, Side.office, thread) as (actor, dossier, found):
        actions.erase(actor, dossier, found, number, why="Gezondheid")

    assert [each.code for each in kept.breaks()] == []
    assert list(trail.check_all()) == []
