"""Mails about pilots: who takes part now is told, and every step reaches all who carry it but who took it."""

from collections.abc import Sequence

import pytest

from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.dossiers.states import State
from callflow.lifecycle import pilot as lifecycle
from tests.pilots.trio import Trio


@pytest.fixture
def trio(app) -> Trio:
    return Trio()


def mails(notice: str) -> Sequence[OutboxMail]:
    db.session.rollback()
    query = db.select(OutboxMail).where(OutboxMail.notice == notice).order_by(OutboxMail.id)
    return db.session.scalars(query).all()


def test_who_takes_part_now_is_told_in_their_language_and_what_is_asked_of_them(trio):
    pilot = trio.proposed()

    told = {mail.recipient_id: mail for mail in mails("pilot_joined")}

    guides = {guide.id for guide in trio.guides}
    assert set(told) == {trio.maire.id} | guides
    assert "Begeleidende" not in told[trio.maire.id].body
    assert f"« {pilot.title} »" in told[trio.maire.id].body.replace("\u00a0", " ")
    guide = told[trio.guides[0].id]
    assert "Als begeleidende partner zegt u" in guide.body
    assert f"/partner/pilots/{pilot.reference}" in guide.body
    assert guide.dossier_id == pilot.id


def test_each_step_reaches_all_who_carry_it_and_the_staff_but_not_who_took_it(trio):
    pilot = trio.upto(State.submitted)

    told = mails("pilot_submit")

    carriers = {trio.clerk.id, trio.maire.id, *(guide.id for guide in trio.guides)}
    assert {mail.recipient_id for mail in told} == carriers | {trio.coordinator.id}
    assert len(told) == len({mail.recipient_id for mail in told})
    assert all(pilot.reference in mail.subject for mail in told)


def test_a_step_that_says_why_says_it_in_the_mail(trio):
    pilot = trio.upto(State.submitted)

    trio.take(pilot, "send_back", trio.coordinator, "Het plan heeft geen <b>dagen</b>.")

    (mail,) = [each for each in mails("pilot_send_back") if each.recipient_id == trio.mayor.id]
    assert "Het plan heeft geen <b>dagen</b>." in mail.body
    assert "&lt;b&gt;dagen&lt;/b&gt;" in mail.html
    assert trio.coordinator.id not in {each.recipient_id for each in mails("pilot_send_back")}


def test_every_step_has_its_words(trio):
    trio.upto(State.closed)

    said = {mail.notice: mail.body for mail in db.session.scalars(db.select(OutboxMail)).all()}
    steps = {f"pilot_{trigger}" for trigger in lifecycle.workflow().events}
    walked = {"submit", "screen", "finish_coaching", "select", "start", "report", "close"}

    assert {f"pilot_{trigger}" for trigger in walked} <= set(said) & steps
    assert all("De kerk op woensdag" in body for notice, body in said.items() if notice in steps)
