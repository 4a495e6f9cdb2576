"""The day by which a pilot reports: set with the plan, moved with a reason, and reminded of by itself."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db
from callflow.core.errors import Changed, Forbidden, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event, EventText
from callflow.core.workflow import Blocked
from callflow.dossiers.states import State
from callflow.pilots import queries
from callflow.pilots.actions import planning
from tests import factories as make
from tests.client import CheckedClient, form_values
from tests.lifecycle.test_timed import CALENDAR, CLOSES, OPENS, tell_all
from tests.pilots.trio import Trio

DUE, LATER = date(2026, 12, 1), date(2027, 1, 15)


@pytest.fixture
def trio(app):
    with clock.fixed(OPENS + timedelta(days=1)):
        made = Trio(opens_at=OPENS, closes_at=CLOSES, calendar=CALENDAR, procedure=Procedure(report=True))
        yield made


def told(notice):
    query = db.select(OutboxMail.recipient_id, OutboxMail.language).where(OutboxMail.notice == notice)
    return sorted(tuple(row) for row in db.session.execute(query))


def fired(until, *kinds):
    return [(kind, edition, due) for kind, edition, _, due, _ in tell_all(until) if kind in kinds]


def test_a_pilot_cannot_start_before_its_plan_says_when_it_reports(trio):
    pilot = trio.upto(State.selected)

    with pytest.raises(Blocked) as refused:
        trio.take(pilot, "start", trio.mayor)
    trio.report_by(pilot, DUE)
    trio.take(pilot, "start", trio.mayor)

    assert [each.code for each in refused.value.reasons] == ["pilot_report_day_missing"]
    assert make.state_of(pilot) is State.running


def test_moving_the_day_leaves_a_trail_and_after_the_selection_its_reason(trio):
    pilot = trio.upto(State.coached)
    trio.report_by(pilot, DUE)
    trio.report_by(pilot, DUE + timedelta(days=1))
    for guide in trio.guides:
        trio.agree(pilot, guide)
    trio.take(pilot, "select", trio.guides[0])

    with pytest.raises(Refused, match="pilot_report_day_unexplained"):
        trio.report_by(pilot, LATER, reason="  ")
    trio.report_by(pilot, LATER, reason="De school begint later.")

    events = db.session.scalars(
        db.select(Event)
        .where(Event.trail_id == pilot.trail_id, Event.action == "pilot_report_day_set")
        .order_by(Event.sequence)
    ).all()
    reasons = db.session.scalars(db.select(EventText.body).where(EventText.event_id == events[-1].id)).all()
    assert [(each.data["before"], each.data["day"]) for each in events] == [
        (None, "2026-12-01"), ("2026-12-01", "2026-12-02"), ("2026-12-02", "2027-01-15"),
    ]  # fmt: skip
    assert reasons == ["De school begint later."]


def test_a_day_that_moves_makes_the_partners_read_again(trio):
    pilot = trio.upto(State.coached)
    for guide in trio.guides:
        trio.agree(pilot, guide)

    trio.report_by(pilot, DUE)

    with pytest.raises(Blocked) as refused:
        trio.take(pilot, "select", trio.guides[0])
    assert [each.code for each in refused.value.reasons] == ["pilot_agreements_missing"]


@pytest.mark.parametrize(
    ("state", "day", "version", "refusal"),
    [
        (State.running, date(2026, 9, 1), None, "pilot_report_day_past"),
        (State.running, LATER, 1, "pilot_report_day_changed"),
        (State.reported, LATER, None, "pilot_plan_fixed"),
    ],
)
def test_a_day_is_refused_with_what_to_do(trio, state, day, version, refusal):
    pilot = trio.upto(state)

    with pytest.raises((Refused, Changed), match=refusal):
        trio.do(
            pilot, trio.mayor,
            lambda who, found: planning.set_report_day(
                who, found, day, reason="Later", version=version or found.content_version
            ),
        )  # fmt: skip


def test_who_only_reads_or_coordinates_sets_no_day(trio):
    pilot = trio.proposed()

    for person in (trio.reader, trio.coordinator):
        with pytest.raises(Forbidden):
            trio.report_by(pilot, DUE, by=person)


def test_all_who_carry_it_are_reminded_before_the_day_and_the_staff_with_them_after_it(trio):
    running, done = trio.upto(State.running), trio.proposed()
    trio.upto(State.reported, done)
    trio.report_by(running, DUE, reason="Vroeger klaar.")

    found = fired(datetime(2027, 3, 1, tzinfo=UTC), "pilot_report_due", "pilot_report_over")

    assert found == [
        ("pilot_report_due", "30d@2026-12-01", clock.at(DUE - timedelta(days=30), time(9))),
        ("pilot_report_due", "7d@2026-12-01", clock.at(DUE - timedelta(days=7), time(9))),
        ("pilot_report_over", "-1d@2026-12-01", clock.at(DUE + timedelta(days=1), time(9))),
        ("pilot_report_over", "-14d@2026-12-01", clock.at(DUE + timedelta(days=14), time(9))),
    ]
    carriers = [(trio.mayor.id, "nl"), (trio.maire.id, "fr"), (trio.clerk.id, "nl")]
    carriers += [(guide.id, "nl") for guide in trio.guides]
    assert told("reminder_pilot_report_due") == sorted(carriers * 2)
    assert told("reminder_pilot_report_over") == sorted([*carriers, (trio.coordinator.id, "nl")] * 2)


def test_a_day_that_moves_takes_its_reminders_along(trio):
    pilot = trio.upto(State.running)
    trio.report_by(pilot, LATER, reason="De school begint later.")

    found = fired(datetime(2026, 12, 31, tzinfo=UTC), "pilot_report_due", "pilot_report_over")

    assert [edition for _, edition, _ in found] == ["30d@2027-01-15"]


def test_what_a_call_asks_of_applications_is_asked_of_no_pilot(trio):
    trio.upto(State.selected)
    french = trio.proposed(lot=trio.other_lot)
    trio.upto(State.running, french)

    found = fired(datetime(2027, 8, 1, tzinfo=UTC), "report_due", "silence_near", "call_closed")

    assert [kind for kind, _, _ in found] == ["call_closed"]
    mail = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == "reminder_call_closed")).one()
    assert "0 dossiers" in mail.body


def test_the_day_stands_on_the_homes_the_page_the_board_and_what_happens_by_itself(trio, app):
    pilot = trio.upto(State.running)
    trio.report_by(pilot, DUE, reason="Vroeger klaar.")
    mayor, staff = CheckedClient(app).sign_in(trio.mayor), CheckedClient(app).sign_in(trio.coordinator)
    page = f"/partner/pilots/{pilot.reference}"

    assert "Het verslag is er tegen dinsdag 1 december 2026." in mayor.page("/partner").get_text()
    assert "1 december 2026" in mayor.page(page).select_one("#report-day").get_text()
    assert "1 december 2026" in CheckedClient(app).page(f"/pilots/{pilot.reference}").get_text()
    ahead = staff.page(f"/coordinator/timed?call={trio.call.reference}").get_text()
    assert "Voor 1 pilootproject" in ahead

    with clock.fixed(clock.at(DUE + timedelta(days=1), time(12))):
        board = CheckedClient(app).sign_in(trio.coordinator).page(
            f"/coordinator/pilots?call={trio.call.reference}&sort=report"
        )  # fmt: skip
        home = CheckedClient(app).sign_in(trio.maire).page("/partner")

    assert "1 verslag is te laat" in board.get_text()
    assert "Écrivez le bilan" in home.get_text()


def test_the_form_asks_for_a_reason_when_the_day_moves_and_keeps_what_was_typed(trio, app):
    pilot = trio.upto(State.running)
    client = CheckedClient(app).sign_in(trio.maire)
    path = f"/partner/pilots/{pilot.reference}/plan/report-day"

    empty = client.submit(path, {"report_due_on": ""})
    bare = client.submit(path, {"report_due_on": "2027-01-15"})
    sent = form_values(client.page(path).select_one("main form"))
    sent |= {"report_due_on": "2027-01-15", "reason": "Plus tard."}
    good, again = (client.post(path, data=sent) for _ in range(2))

    assert (empty.status_code, bare.status_code, good.status_code) == (422, 422, 303)
    assert 'value="2027-01-15"' in bare.text
    assert again.location == good.location
    db.session.rollback()
    assert queries.seen(pilot.reference, by=make.actor(trio.mayor)).report_due_on == LATER
