"""An agreement is prepared, offered, sent back, accepted by who may, of exactly the text they read."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.agreements import queries
from callflow.agreements.models import Acceptance, Payee, ProjectAgreement
from callflow.agreements.states import AgreementState
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event, canonical
from callflow.core.workflow import Blocked, NotOffered
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import State
from callflow.letters import render
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.lifecycle import agreeing, values
from callflow.lifecycle.agreed import check
from tests import factories as make
from tests.agreements.agreed import IBAN, OTHER, WITH_AGREEMENT, Agreeing

TWO = Procedure(scores_needed=1, agreement=True, signatures=2)


@pytest.fixture
def call(app) -> Agreeing:
    return Agreeing()


def reasons(refused: pytest.ExceptionInfo[Blocked]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def mails(dossier, notice: str) -> list[tuple[str, str]]:
    query = db.select(OutboxMail.language, OutboxMail.recipient).where(
        OutboxMail.dossier_id == dossier.id, OutboxMail.notice == notice
    )
    return sorted(map(tuple, db.session.execute(query.order_by(OutboxMail.id))))


def test_from_the_payee_to_a_concluded_agreement(call):
    dossier = call.released()
    call.payee(dossier)
    call.prepare(dossier, terms="De zaal blijft tien jaar open.")
    call.take(dossier, "offer")
    letter = queries.letter_of(call.agreement(dossier))
    said = render.text(LetterContext.of(letter.context))

    assert "4.000 euro gaat naar Dorpshuis vzw" in said
    assert "De zaal blijft tien jaar open." in said
    assert "Niet voor dit lot" not in said
    assert "7034" in said
    assert "5390" not in said, "the text holds no whole account number"
    assert letter.context_sha256 == hashlib.sha256(canonical(letter.context).encode()).hexdigest()
    assert len(mails(dossier, "agreement")) == 3, "two members who may submit, and the contact"

    assert call.accept(dossier, call.partner)

    agreement = call.agreement(dossier)
    signed = queries.acceptances_of(agreement)
    assert agreement.state is AgreementState.accepted
    assert [(each.name, each.sha256) for each in signed] == [("Wim Voorbeeld", letter.context_sha256)]
    assert make.state_of(dossier) is State.agreed
    kinds = db.session.scalars(db.select(Letter.kind).where(Letter.dossier_id == dossier.id)).all()
    assert [kind.value for kind in kinds][-2:] == ["agreement", "agreement_accepted"]


def test_nothing_is_offered_while_something_is_missing(call):
    dossier = call.prepared()
    with pytest.raises(Refused):
        call.payee(dossier, iban="BE68 5390 0754 7035")
    call.prepare(dossier)
    with pytest.raises(Blocked) as early:
        call.take(dossier, "offer")
    call.decide()
    call.release()
    with pytest.raises(Blocked) as nobody:
        call.take(dossier, "offer")
    call.payee(dossier)
    with clock.fixed(clock.now() + timedelta(days=14)), pytest.raises(Blocked) as late:
        call.take(dossier, "offer")

    assert set(reasons(early)) >= {"not_selected_yet", "not_released"}
    assert reasons(nobody) == ["payee_missing"]
    assert reasons(late) == ["agreement_due_past"]


def test_a_group_with_legal_capacity_needs_no_payee(call):
    with unit_of_work():
        db.session.get_one(make.Group, call.group.id).legal_form = "vzw"
    dossier = call.released()
    call.prepare(dossier)
    call.take(dossier, "offer")

    assert call.agreement(dossier).state is AgreementState.offered


def test_two_members_accept_where_the_call_asks_two(app):
    call = Agreeing(TWO)
    dossier = call.offered()

    assert not call.accept(dossier, call.resident)
    assert make.state_of(dossier) is State.selected
    with pytest.raises(Refused) as twice:
        call.accept(dossier, call.resident)
    assert twice.value.code == "agreement_signed_already"
    assert call.accept(dossier, call.partner)
    assert make.state_of(dossier) is State.agreed


def test_who_accepts_after_it_was_concluded_is_told_so(call):
    dossier = call.offered()
    read = call.digest(dossier)
    call.accept(dossier, call.resident)

    with pytest.raises(Refused) as late:
        call.accept(dossier, call.partner, sha256=read)

    assert late.value.code == "agreement_concluded"


def test_only_members_who_may_submit_accept_and_only_staff_offers(call):
    dossier = call.offered()

    for somebody in (call.watcher, call.coordinator):
        with pytest.raises(Forbidden):
            call.accept(dossier, somebody)
    with pytest.raises(Forbidden):
        call.take(dossier, "take_back", by=call.resident, why="Nee")
    with pytest.raises(Forbidden):
        call.payee(dossier, by=call.watcher)
    assert db.session.scalars(db.select(Acceptance)).all() == []


def test_a_text_that_is_no_longer_offered_cannot_be_accepted(call):
    dossier = call.offered()
    read = call.digest(dossier)
    call.take(dossier, "take_back", why="Het bedrag klopt niet.")
    with pytest.raises(Refused) as away:
        call.accept(dossier, call.resident, sha256=read)
    call.prepare(dossier, terms="Anders", version=call.agreement(dossier).version)
    call.take(dossier, "offer")

    with pytest.raises(Changed) as stale:
        call.accept(dossier, call.resident, sha256=read)

    assert away.value.code == "agreement_not_offered"
    assert stale.value.code == "agreement_text_changed"
    assert make.state_of(dossier) is State.selected
    assert call.accept(dossier, call.resident)


def test_what_was_accepted_of_an_earlier_text_counts_no_more(app):
    call = Agreeing(TWO)
    dossier = call.offered()
    call.accept(dossier, call.resident)
    call.take(dossier, "send_back", by=call.partner, why="De datum is te vroeg.")
    sent_back = call.agreement(dossier)

    assert (sent_back.state, sent_back.why) == (AgreementState.sent_back, "De datum is te vroeg.")
    assert [language for language, _ in mails(dossier, "agreement_change")] == ["nl"] * len(
        mails(dossier, "agreement_change")
    )
    assert mails(dossier, "agreement_change") != []
    call.take(dossier, "offer")
    assert queries.acceptances_of(call.agreement(dossier)) == []
    assert not call.accept(dossier, call.partner)
    assert call.accept(dossier, call.resident)


def test_taking_back_tells_each_member_in_their_language_and_says_why(call):
    dossier = call.offered()

    with pytest.raises(Blocked) as silent:
        call.take(dossier, "take_back", why="  ")
    call.take(dossier, "take_back", why="De datum klopt niet.")

    assert reasons(silent) == ["agreement_why"]
    told = db.session.scalars(
        db.select(OutboxMail).where(OutboxMail.notice == "agreement_back").order_by(OutboxMail.id)
    ).all()
    assert sorted(each.language for each in told) == ["fr", "nl"]
    assert all("De datum klopt niet." in each.body for each in told)


def test_who_is_paid_changes_with_its_history_and_not_under_an_offer(call):
    dossier = call.released()
    call.payee(dossier)
    call.payee(dossier, by=call.coordinator, iban=OTHER, name="Commune d'Hondschoote")
    call.prepare(dossier)
    call.take(dossier, "offer")
    with pytest.raises(Refused) as offered:
        call.payee(dossier)
    call.accept(dossier, call.resident)
    with pytest.raises(Refused) as agreed:
        call.payee(dossier)

    assert (offered.value.code, agreed.value.code) == ("payee_offered", "payee_agreed")
    rows = db.session.scalars(db.select(Payee).order_by(Payee.id)).all()
    assert [(row.name, row.replaced_at is None) for row in rows] == [
        ("Dorpshuis vzw", False), ("Commune d'Hondschoote", True),
    ]  # fmt: skip
    events = db.session.scalars(db.select(Event).where(Event.action == "payee_named")).all()
    assert len(events) == 2
    assert all(IBAN.replace(" ", "") not in canonical(each.data) for each in events)


def test_nobody_offers_a_text_that_names_another_payee_than_the_one_they_read(call):
    dossier = call.released()
    call.payee(dossier)
    call.prepare(dossier)
    read = call.agreement(dossier).version
    call.payee(dossier, by=call.partner, iban=OTHER, name="Iemand anders")

    with pytest.raises(Changed), unit_of_work():
        who = make.actor(call.coordinator)
        loaded = dossiers.for_step(dossier.reference, by=who, kind=make.Application)
        agreeing.take(who, loaded, "offer", version=read)

    call.take(dossier, "offer")
    said = render.text(LetterContext.of(queries.letter_of(call.agreement(dossier)).context))
    assert "Iemand anders" in said


def test_nobody_is_named_for_an_agreement_that_is_over(call):
    dossier = call.released()
    call.payee(dossier)
    call.prepare(dossier)
    make.take(dossier, "withdraw", call.resident, values.Reason("Het lukt niet"))

    with pytest.raises(Refused) as refused:
        call.payee(dossier, iban=OTHER)

    assert refused.value.code == "no_agreement"


def test_while_a_group_is_heard_nothing_is_accepted(call):
    dossier = call.offered()
    until = clock.today() + timedelta(days=15)
    make.take(dossier, "hear", call.coordinator, values.Inviting("12", "Niet begonnen.", until))

    with pytest.raises(Blocked) as heard:
        call.accept(dossier, call.resident)

    assert reasons(heard) == ["hearing_open"]
    assert db.session.scalars(db.select(Acceptance)).all() == []


def test_an_offer_from_the_reserve_list_is_answered_first(call):
    dossier = make.take(
        call.scored(), "reserve", call.coordinator, values.Reserving(1, clock.today() + timedelta(days=60))
    )
    call.decide()
    call.release()
    offer = values.Promoting(Decimal(4000), 2, clock.today() + timedelta(days=20), "", "")
    make.take(dossier, "promote", call.coordinator, offer)
    call.decide(number="2027/40")
    call.release()
    call.payee(dossier)
    call.prepare(dossier)
    with pytest.raises(Blocked) as waits:
        call.take(dossier, "offer")
    make.take(dossier, "accept_offer", call.resident)
    call.take(dossier, "offer")

    assert reasons(waits) == ["offer_waits"]
    assert call.accept(dossier, call.resident)


def test_what_follows_waits_for_the_agreement(call):
    dossier = call.offered()

    with pytest.raises(NotOffered):
        make.take(dossier, "report", call.resident)
    with pytest.raises(Blocked) as alone:
        make.take(dossier, "accept_agreement", call.resident)

    assert reasons(alone) == ["agreement_missing"]


def test_giving_up_and_revoking_end_the_agreement(call):
    given_up, revoked = call.agreed(), call.agreed()
    make.take(given_up, "withdraw", call.resident, values.Reason("De zaal is verkocht."))
    until = clock.today() + timedelta(days=15)
    make.take(revoked, "hear", call.coordinator, values.Inviting("12", "Niet begonnen.", until))
    with clock.fixed(clock.now() + timedelta(days=20)):
        make.take(revoked, "revoke", call.coordinator, values.Revoking("12", "Niet begonnen.", None))
        make.take(revoked, "restore_agreed", call.coordinator)
        assert call.agreement(revoked).ended_at is None
        make.take(revoked, "revoke", call.coordinator, values.Revoking("12", "Niet begonnen.", None))
        call.decide(number="2027/50")
        call.release()

    assert make.state_of(given_up) is State.withdrawn
    assert make.state_of(revoked) is State.revoked
    assert call.agreement(given_up).ended_at is not None
    assert call.agreement(revoked).ended_at is not None


def change(sql: str, **values) -> set[tuple[str, str]]:
    with unit_of_work():
        db.session.execute(db.text(sql), values)
    return {(each.code, each.about) for each in check.breaks()}


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ("agreement_missing", "UPDATE project_agreement SET state = 'offered', accepted_at = NULL"),
        ("agreement_unsigned", "DELETE FROM acceptance"),
        ("agreement_text_differs", "UPDATE acceptance SET sha256 = '0'"),
        (
            "agreement_stands",
            "UPDATE dossier SET state = 'withdrawn', shown_state = 'withdrawn' WHERE id = :id",
        ),
    ],
)
def test_verify_names_an_agreement_that_is_not_what_was_accepted(call, code, sql):
    dossier = call.agreed()
    assert {each.code for each in check.breaks()} == set()

    found = change(sql, **({"id": dossier.id} if ":id" in sql else {}))

    assert (code, dossier.reference) in found


def test_versions_tell_two_coordinators_apart(call):
    dossier = call.released()
    call.prepare(dossier)

    with pytest.raises(Changed):
        call.prepare(dossier)
    call.prepare(dossier, version=1)
    assert db.session.scalar(db.select(ProjectAgreement.version)) == 2
    assert WITH_AGREEMENT.signatures == 1
