"""Days that a letter named: reminders and alarms at their instants, what lapses by the clock, once each."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from callflow.core import clock
from callflow.core.actor import CLOCK
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event
from callflow.core.workflow import NotAllowed
from callflow.decisions import actions, queries
from callflow.decisions.states import Ending
from callflow.desk.reserve import reserve_lists
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from callflow.lifecycle import process, values
from callflow.lifecycle.timed import working
from tests import factories as make
from tests.lifecycle.test_timed import CALENDAR, CLOSES, OPENS, tell_all
from tests.rounds import Round

PROVED, ANSWERED, HEARD = date(2026, 11, 30), date(2026, 11, 20), date(2026, 11, 25)
RESERVED, LATER = date(2027, 1, 31), date(2027, 6, 30)
END = datetime(2027, 12, 1, tzinfo=UTC)
SCORES = (
    {"need": "5", "participation": "5"},
    {"need": "5", "participation": "4"},
    {"need": "4", "participation": "4"},
)


def at(day: date, hour: int = 9) -> datetime:
    return clock.at(day, time(hour))


def days(number: int) -> timedelta:
    return timedelta(days=number)


@pytest.fixture
def bent(app):
    """Everybody was told on the second day: one with a condition, one who is offered what came free, two more
    on the reserve list, and one that is heard.
    """
    with clock.fixed(OPENS + days(1)):
        made = Round(opens_at=OPENS, closes_at=CLOSES, calendar=CALENDAR, envelope="12000")
        demands = (values.Demand("Het lokaal is veilig.", "Attest van de brandweer", PROVED),)
        given = values.SelectingWithConditions(Decimal(4000), 2, demands)
        made.conditional = make.take(
            made.scored(answers={"title": "Met voorwaarde"}),
            "select_with_conditions",
            made.coordinator,
            given,
        )
        made.heard = made.prepared("4000", answers={"title": "Wordt gehoord"})
        made.offered, made.next, made.last = (
            make.take(
                made.scored(SCORES[rank - 1], answers={"title": title}), "reserve", made.coordinator,
                values.Reserving(rank, until),
            )
            for rank, (title, until) in enumerate(
                [("Krijgt een aanbod", LATER), ("Staat tweede", LATER), ("Vervalt", RESERVED)], start=1
            )
        )  # fmt: skip
        made.decide()
        made.release()
        offer = values.Promoting(Decimal(4000), 2, ANSWERED)
        make.take(made.offered, "promote", made.coordinator, offer)
        made.decide(number="2027/32")
        made.release()
        hearing = values.Inviting("art. 9", "Het project ligt stil.", HEARD)
        make.take(made.heard, "hear", made.coordinator, hearing)
    return made


EXPECTED = [
    ("offer_due", at(ANSWERED - days(3))),
    ("offer_due", at(ANSWERED - days(1))),
    ("offer_lapses", at(ANSWERED + days(1), 0)),
    ("offer_ready", at(ANSWERED + days(1), 0)),
    ("hearing_due", at(HEARD - days(3))),
    ("condition_due", at(PROVED - days(7))),
    ("hearing_due", at(HEARD - days(1))),
    ("hearing_over", at(HEARD + days(1))),
    ("condition_due", at(PROVED - days(1))),
    ("condition_over", at(PROVED + days(1))),
    ("reserve_lapses", at(RESERVED + days(1), 0)),
]
KINDS = {kind for kind, _ in EXPECTED}


def mine(fired):
    return [row for row in fired if row[0] in KINDS]


def fresh(dossier):
    db.session.rollback()
    return db.session.get_one(make.Application, dossier.id)


def test_in_a_year_each_day_that_a_letter_named_does_its_work_once_at_its_instant(bent):
    fired = mine(tell_all(END))

    assert [(kind, due) for kind, _, _, due, _ in fired] == EXPECTED
    assert all(due == done for *_, due, done in fired)
    assert len(set(fired)) == len(fired)


def test_a_worker_that_begins_anew_halfway_lapses_nothing_twice(bent):
    lapsing, offered = sorted([bent.offered.id, bent.last.id]), bent.next.id
    whole = tell_all(END, restarted=datetime(2026, 11, 21, tzinfo=UTC))

    assert tell_all(END) == whole
    assert [(kind, due) for kind, _, _, due, _ in mine(whole)] == EXPECTED
    letters = db.session.scalars(db.select(Letter.dossier_id).where(Letter.kind == "lapsed")).all()
    assert sorted(letters) == lapsing
    assert db.session.get_one(make.Application, offered).state is State.selected


def test_an_offer_that_nobody_answered_lapses_as_a_deed_of_the_clock_and_the_next_is_offered(bent):
    tell_all(at(ANSWERED + days(1), 0))
    before = fresh(bent.offered).state

    with clock.fixed(at(ANSWERED + days(1), 0)):
        working.sweep()
        assert working.drain("w1", lambda: False) == 1
        (listed,) = reserve_lists(make.actor(bent.coordinator), bent.call.id)
        assert working.drain("w1", lambda: False) == 1

    assert before is State.selected
    dossier = fresh(bent.offered)
    assert (dossier.state, dossier.shown_state) == (State.not_selected, State.not_selected)
    assert [each.ended_how for each in queries.all_of(dossier.id)] == [Ending.lapsed, Ending.followed]
    event = db.session.scalars(
        db.select(Event).where(Event.trail_id == dossier.trail_id, Event.action == "lapse")
    ).one()
    assert (event.actor_id, event.actor_pseudonym, event.at) == (None, "callflow", at(ANSWERED + days(1), 0))
    assert [place.reference for place in listed.offers] == [bent.next.reference]
    assert (fresh(bent.next).state, fresh(bent.next).shown_state) == (State.selected, State.reserve)
    told = db.session.scalars(
        db.select(OutboxMail.recipient_id).where(OutboxMail.notice == "reminder_offer_lapses")
    ).all()
    assert sorted(told) == sorted([bent.coordinator.id, bent.colleague.id])


def test_an_answer_in_time_keeps_the_offer_and_a_last_day_is_a_whole_day(bent):
    with clock.fixed(at(ANSWERED + days(1), 0) - timedelta(seconds=1)):
        working.sweep()
        while working.drain("w1", lambda: False):
            pass
        make.take(bent.offered, "accept_offer", bent.resident)

    fired = mine(tell_all(END))

    assert "offer_lapses" not in [kind for kind, *_ in fired]
    assert fresh(bent.offered).state is State.selected


def test_who_did_what_was_asked_is_not_reminded(bent):
    with clock.fixed(OPENS + days(3)):
        who = make.actor(bent.resident)
        with unit_of_work():
            actions.remark(who, dossiers.for_step(bent.heard.reference, by=who), text="Wij gaan door.")
        staff = make.actor(bent.coordinator)
        with unit_of_work():
            loaded = dossiers.for_step(bent.conditional.reference, by=staff)
            (condition,) = queries.of_dossier(loaded.id).conditions
            actions.judge(staff, loaded, condition, met=True, remark="")

    kinds = {kind for kind, *_ in mine(tell_all(END))}

    assert kinds == {"offer_due", "offer_lapses", "offer_ready", "reserve_lapses"}


def test_while_a_group_is_heard_its_offer_does_not_lapse(bent):
    with clock.fixed(OPENS + days(2)):
        hearing = values.Inviting("art. 9", "Het project ligt stil.", HEARD)
        make.take(bent.offered, "hear", bent.coordinator, hearing)

    assert "offer_lapses" not in {kind for kind, *_ in tell_all(at(ANSWERED + days(9)))}


def test_each_is_told_in_words_that_say_what_to_do(bent):
    tell_all(END)

    mails = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice.startswith("reminder_"))).all()
    said = {(mail.notice, mail.recipient_id): mail for mail in mails}
    offer = said["reminder_offer_due", bent.resident.id]
    assert "vrijdag 20 november 2026" in offer.body
    assert f"/applications/{bent.offered.reference}/offer" in offer.body
    condition = said["reminder_condition_due", bent.resident.id]
    assert f"/applications/{bent.conditional.reference}/conditions" in condition.body
    assert (
        f"/applications/{bent.heard.reference}/hearing" in said["reminder_hearing_due", bent.resident.id].body
    )
    for notice in ("condition_over", "hearing_over", "reserve_lapses"):
        assert (f"reminder_{notice}", bent.coordinator.id) in said


def test_the_clock_takes_no_step_but_its_own(bent):
    with clock.fixed(LATER_AT), unit_of_work():
        loaded = dossiers.for_clock(bent.next.reference, kind=make.Application)

        assert set(process.offers(loaded, CLOCK)) == {"lapse", "promote"}
        for trigger in ("reopen", "withdraw"):
            with pytest.raises(NotAllowed):
                process.take(loaded, trigger, actor=CLOCK, values=values.Reason(""))


LATER_AT = at(RESERVED)


def test_two_workers_at_one_moment_lapse_an_offer_once(committed):
    with clock.fixed(OPENS + days(1)):
        made = Round(opens_at=OPENS, closes_at=CLOSES, calendar=CALENDAR)
        given = values.Reserving(1, RESERVED)
        place = make.take(made.scored(), "reserve", made.coordinator, given)
        made.decide()
        made.release()
    with clock.fixed(at(RESERVED + days(1), 0)):
        waiting = [
            (kind, planned, row.subject_id)
            for kind, call, planned in working.due(clock.now())
            if kind.name == "reserve_lapses"
            for row in db.session.execute(kind.waiting(call, planned)).all()
        ]

        first = [working.fire(*each) for each in waiting]
        second = [working.fire(*each) for each in waiting]

    assert (first, second) == ([True], [False])
    assert fresh(place).state is State.not_selected


def test_the_page_names_what_is_to_come_in_one_statement_more(bent, client):
    with clock.fixed(OPENS + days(3)):
        page = client.sign_in(bent.coordinator).page("/coordinator/timed")

    said = page.select_one("[aria-labelledby=ahead]").get_text(" ", strip=True)
    assert "Een aanbod dat niemand beantwoordde, vervalt" in said
    assert "21 november 2026, 0.00\u00a0uur" in said
    assert "Voor 1 voorwaarde" in said
