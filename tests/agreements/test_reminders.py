"""What comes by itself about agreements and reports halfway: to whom, once, and no longer than it matters."""

from datetime import UTC, datetime, time, timedelta

from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from tests.agreements.agreed import Agreeing
from tests.lifecycle.test_timed import CALENDAR, CLOSES, OPENS, tell_all
from tests.reports.test_interim import HALFWAY, save, send

BOTH = Procedure(scores_needed=1, agreement=True, interim=True)
DAYS = {**CALENDAR, "jury_on": "2026-10-12", "decision_on": "2026-10-20", "interim_due": "2027-03-01"}


def told(notice: str) -> list[tuple[int | None, str]]:
    query = db.select(OutboxMail.recipient_id, OutboxMail.language).where(OutboxMail.notice == notice)
    return [tuple(row) for row in db.session.execute(query.order_by(OutboxMail.id))]


def test_an_offered_agreement_is_reminded_of_until_it_is_accepted_and_told_when_it_is_late(app):
    with clock.fixed(OPENS + timedelta(days=1)):
        call = Agreeing(BOTH, opens_at=OPENS, closes_at=CLOSES, calendar=DAYS)
        waits = call.offered(days=30)
        done = call.offered(days=30)
        call.accept(done, call.resident)
        day = call.agreement(waits).due_on

    fired = tell_all(datetime(2026, 12, 10, tzinfo=UTC))

    assert [(kind, subject, due) for kind, _, subject, due, _ in fired if kind.startswith("agreement")] == [
        ("agreement_due", waits.id, clock.at(day - timedelta(days=7), time(9))),
        ("agreement_due", waits.id, clock.at(day - timedelta(days=1), time(9))),
        ("agreement_over", waits.id, clock.at(day + timedelta(days=1), time(9))),
    ]
    members = [(call.resident.id, "nl"), (call.partner.id, "fr")]
    assert told("reminder_agreement_due") == [*members, *members]
    assert {who for who, _ in told("reminder_agreement_over")} == {call.coordinator.id, call.colleague.id}
    mail = db.session.scalars(
        db.select(OutboxMail).where(OutboxMail.notice == "reminder_agreement_due")
    ).first()
    assert f"/applications/{waits.reference}/agreement" in mail.body


def test_a_report_halfway_is_reminded_of_until_it_is_sent(app):
    with clock.fixed(OPENS + timedelta(days=1)):
        call = Agreeing(BOTH, opens_at=OPENS, closes_at=CLOSES, calendar=DAYS, interim_form=HALFWAY)
        waits, done = call.agreed(), call.agreed()
        save(call, done, {"so_far": "Wit."})
        send(call, done)

    fired = tell_all(datetime(2027, 4, 15, tzinfo=UTC))

    assert [(edition, subject) for kind, edition, subject, *_ in fired if kind == "interim_due"] == [
        ("14d@2027-03-01", waits.id), ("3d@2027-03-01", waits.id), ("-1d@2027-03-01", waits.id),
    ]  # fmt: skip


def test_no_report_is_asked_before_the_agreement_is_concluded(app):
    with clock.fixed(OPENS + timedelta(days=1)):
        call = Agreeing(
            Procedure(scores_needed=1, agreement=True, interim=True), opens_at=OPENS, closes_at=CLOSES,
            calendar=DAYS,
        )  # fmt: skip
        call.released()

    fired = tell_all(datetime(2027, 12, 1, tzinfo=UTC))

    assert [each for each in fired if each[0] in ("interim_due", "report_due")] == []
