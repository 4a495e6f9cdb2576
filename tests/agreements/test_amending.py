"""After an agreement was accepted its group asks to be paid otherwise: granted or refused."""

import hashlib
from datetime import UTC, datetime, time, timedelta

import pytest

from callflow.agreements import queries
from callflow.agreements.models import Payee, PayeeChange
from callflow.agreements.states import ChangeState, Relation
from callflow.applications.models import Application
from callflow.calls.procedure import Procedure
from callflow.cli import words
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event, canonical
from callflow.core.workflow import Blocked, NotOffered
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import State
from callflow.letters import render
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.lifecycle import agreeing, amending, values
from callflow.lifecycle.agreed import check
from tests import factories as make
from tests.agreements.agreed import IBAN, OTHER, Agreeing
from tests.lifecycle.test_timed import CALENDAR, CLOSES, OPENS, tell_all

TWO = Procedure(scores_needed=1, agreement=True, signatures=2)
WHY = "De vzw houdt op te bestaan."


class Amending(Agreeing):
    """A round in which payees change after the agreement."""

    def ask(self, dossier, *, by=None, iban=OTHER, name="Commune d'Exemple", why=WHY, version=None):
        return self.do(
            dossier, by or self.resident, amending.ask, version=version or self.agreement(dossier).version,
            name=name, relation=Relation.association, iban=iban, why=why,
        )  # fmt: skip

    def step(self, dossier, trigger, *, by=None, values=None, version=None):
        seen = version or self.change(dossier).version
        return self.do(
            dossier, by or self.coordinator, amending.take, trigger, version=seen, values=values
        )  # fmt: skip

    def grant(self, dossier, *, days=14):
        return self.step(dossier, "grant", values=amending.Until(clock.today() + timedelta(days=days)))

    def accept_change(self, dossier, by, *, sha256=None):
        digest = sha256 or self.change(dossier).letter.context_sha256
        return self.do(dossier, by, amending.accept, sha256=digest)

    def do(self, dossier, by, deed, *given, **said):
        who = make.actor(by)
        with unit_of_work():
            found = dossiers.for_step(dossier.reference, by=who, kind=Application)
            return deed(who, found, *given, **said)

    def change(self, dossier):
        return queries.change_of(self.agreement(dossier))

    def payees(self):
        rows = db.session.execute(db.select(Payee.name, Payee.replaced_at).order_by(Payee.id))
        return [(name, replaced is None) for name, replaced in rows]


@pytest.fixture
def call(app) -> Amending:
    return Amending()


def events():
    found = db.select(Event.action).where(Event.action.startswith("payee_change_")).order_by(Event.id)
    return [each.removeprefix("payee_change_") for each in db.session.scalars(found)]


def mails(notice):
    query = db.select(OutboxMail.recipient_id).where(OutboxMail.notice == notice)
    return set(db.session.scalars(query))


def test_from_the_question_to_a_new_text_that_holds_while_the_old_one_stays(call):
    dossier = call.agreed()
    old = queries.letter_of(call.agreement(dossier))
    frozen = canonical(old.context)
    call.ask(dossier)
    assert mails("payee_change_asked") == {call.coordinator.id, call.colleague.id}
    call.grant(dossier)
    new = call.change(dossier).letter
    said = render.text(LetterContext.of(new.context))

    assert "Commune d'Exemple" in said
    assert "606" in said
    assert OTHER.replace(" ", "")[4:-4] not in canonical(new.context), "the text holds no whole account"
    assert old.context_sha256 in said.replace("\n", ""), "it names the text whose place it takes"
    assert call.payees() == [("Dorpshuis vzw", True)], "until it is accepted the old payee is paid"
    assert call.agreement(dossier).letter_id == old.id

    assert call.accept_change(dossier, call.partner)

    agreement = call.agreement(dossier)
    assert (agreement.letter_id, make.state_of(dossier)) == (new.id, State.agreed)
    assert [each.name for each in queries.acceptances_of(agreement)] == ["Wim Voorbeeld"]
    assert call.payees() == [("Dorpshuis vzw", False), ("Commune d'Exemple", True)]
    assert canonical(db.session.get_one(Letter, old.id).context) == frozen
    assert new.context_sha256 == hashlib.sha256(canonical(new.context).encode()).hexdigest()
    assert events() == ["asked", "grant", "accept"]
    kinds = db.session.scalars(db.select(Letter.kind).where(Letter.dossier_id == dossier.id)).all()
    assert [kind.value for kind in kinds][-4:] == ["agreement", "agreement_accepted"] * 2
    trails = db.session.scalars(db.select(Event).where(Event.action == "payee_change_asked")).all()
    assert all(OTHER.replace(" ", "") not in canonical(each.data) for each in trails)


def test_a_change_is_refused_with_a_reason_that_its_group_reads(call):
    dossier = call.agreed()
    call.ask(dossier)

    with pytest.raises(Blocked) as silent:
        call.step(dossier, "refuse", values=values.Reason("  "))
    call.step(dossier, "refuse", values=values.Reason("De rekening is niet van de groep."))

    assert [each.code for each in silent.value.reasons] == ["agreement_why"]
    assert mails("payee_change_refused") == {call.resident.id, call.partner.id}
    body = db.session.scalars(
        db.select(OutboxMail.body).where(
            OutboxMail.notice == "payee_change_refused", OutboxMail.language == "nl"
        )
    ).first()
    assert "De rekening is niet van de groep." in body
    assert call.payees() == [("Dorpshuis vzw", True)]
    call.ask(dossier, why="Nu wel van ons.")
    assert call.change(dossier).state is ChangeState.asked


def test_all_who_accepted_the_first_text_accept_the_second(app):
    call = Amending(TWO)
    dossier = call.offered()
    call.accept(dossier, call.resident)
    call.accept(dossier, call.partner)
    call.ask(dossier)
    call.grant(dossier)

    assert not call.accept_change(dossier, call.resident)
    with pytest.raises(Refused, match="agreement_signed_already"):
        call.accept_change(dossier, call.resident)
    assert call.payees() == [("Dorpshuis vzw", True)]
    assert call.accept_change(dossier, call.partner)
    assert call.payees()[-1] == ("Commune d'Exemple", True)


def test_a_group_withdraws_its_question_even_when_a_text_is_offered(call):
    dossier = call.agreed()
    call.ask(dossier)
    call.step(dossier, "withdraw", by=call.partner)
    call.ask(dossier)
    call.grant(dossier)
    read = call.change(dossier).letter.context_sha256
    call.step(dossier, "withdraw", by=call.resident)

    with pytest.raises(Refused, match="change_gone"):
        call.accept_change(dossier, call.partner, sha256=read)
    assert mails("payee_change_withdrawn") == {call.coordinator.id, call.colleague.id}
    states = db.session.scalars(db.select(PayeeChange.state)).all()
    assert states == [ChangeState.withdrawn] * 2
    assert call.payees() == [("Dorpshuis vzw", True)]


def test_who_may_ask_answer_and_accept(call):
    dossier = call.agreed()
    for somebody in (call.watcher, call.coordinator, call.stranger):
        with pytest.raises((Forbidden, NotFound)):
            call.ask(dossier, by=somebody)
    call.ask(dossier)
    with pytest.raises(Forbidden):
        call.step(dossier, "refuse", by=call.resident, values=values.Reason("Nee"))
    with pytest.raises(Forbidden):
        call.step(dossier, "withdraw", by=call.coordinator)
    call.grant(dossier)
    for somebody in (call.watcher, call.coordinator):
        with pytest.raises(Forbidden):
            call.accept_change(dossier, somebody)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"iban": IBAN, "name": "Dorpshuis vzw"}, "change_changes_nothing"),
        ({"iban": "BE68 5390 0754 7035"}, "iban_wrong"),
        ({"why": " \n"}, "change_unexplained"),
        ({"version": 1}, "agreement_changed"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(call, said, refusal):
    dossier = call.agreed()

    with pytest.raises((Refused, Changed), match=refusal):
        call.ask(dossier, **said)


def test_one_question_at_a_time_about_what_was_agreed_and_is_not_over(call):
    offered, agreed = call.offered(), call.agreed()
    call.ask(agreed)

    with pytest.raises(Blocked) as early:
        call.ask(offered)
    with pytest.raises(Refused, match="change_under_way"):
        call.ask(agreed)
    make.take(agreed, "withdraw", call.resident, values.Reason("Het lukt niet"))
    with pytest.raises(Refused, match="no_agreement"):
        call.step(agreed, "withdraw", by=call.resident)
    assert [each.code for each in early.value.reasons] == ["change_too_late"]


def test_a_stale_answer_and_a_stale_text_are_told_apart_from_the_present_ones(call):
    dossier = call.agreed()
    call.ask(dossier)
    seen = call.change(dossier).version
    call.grant(dossier)

    with pytest.raises(Changed, match="change_changed"):
        call.step(dossier, "refuse", values=values.Reason("Te laat"), version=seen)
    with pytest.raises(NotOffered):
        call.grant(dossier)
    with pytest.raises(Changed, match="agreement_text_changed"):
        call.accept_change(dossier, call.resident, sha256=call.digest(dossier))


def test_while_a_group_is_heard_nobody_is_paid_otherwise(call):
    dossier = call.agreed()
    call.ask(dossier)
    until = clock.today() + timedelta(days=15)
    make.take(dossier, "hear", call.coordinator, values.Inviting("12", "Niet begonnen.", until))

    with pytest.raises(Blocked) as heard:
        call.grant(dossier)

    assert [each.code for each in heard.value.reasons] == ["hearing_open"]


def test_a_changed_text_is_reminded_of_until_it_is_accepted(app):
    with clock.fixed(OPENS + timedelta(days=1)):
        call = Amending(opens_at=OPENS, closes_at=CLOSES, calendar=CALENDAR)
        waits, done = call.agreed(), call.agreed()
        for each in (waits, done):
            call.ask(each)
            call.grant(each, days=30)
        call.accept_change(done, call.resident)
        day = call.change(waits).due_on

    fired = tell_all(datetime(2026, 12, 10, tzinfo=UTC))

    assert [(kind, subject, due) for kind, _, subject, due, _ in fired if kind.startswith("agreement")] == [
        ("agreement_due", waits.id, clock.at(day - timedelta(days=7), time(9))),
        ("agreement_due", waits.id, clock.at(day - timedelta(days=1), time(9))),
        ("agreement_over", waits.id, clock.at(day + timedelta(days=1), time(9))),
    ]


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("code", "sql"),
    [
        (
            "payee_change_disagrees",
            "DELETE FROM acceptance WHERE letter_id IN (SELECT letter_id FROM payee_change)",
        ),
        ("payee_differs", "UPDATE payee SET iban = 'BE68539007547034'"),
    ],
)  # fmt: skip
def test_verify_names_a_change_that_is_not_what_was_accepted(call, code, sql):
    dossier = call.agreed()
    call.ask(dossier)
    call.grant(dossier)
    call.accept_change(dossier, call.resident)
    assert {each.code for each in check.breaks()} == set()

    with unit_of_work():
        db.session.execute(db.text(sql))

    found = {each.code: each for each in check.breaks()}
    assert found[code].about == dossier.reference
    assert words.broken(code, dossier.reference, found[code].detail).startswith(dossier.reference)


def test_the_agreement_itself_is_accepted_no_second_time(call):
    dossier = call.agreed()
    call.ask(dossier)
    call.grant(dossier)

    with pytest.raises(Refused) as refused:
        call.do(dossier, call.partner, agreeing.accept, sha256=call.digest(dossier))

    assert refused.value.code == "agreement_concluded"
