"""Letters come with the steps that cause them: frozen, numbered, on the trail, each with its mails."""

from datetime import date, timedelta

import pytest

from callflow.applications.models import Submission
from callflow.calls.models import Authority, Call, Lot
from callflow.calls.states import Courtesy, Law
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.trail import Event
from callflow.core.workflow import Blocked, Reason
from callflow.decisions.models import Decision
from callflow.letters import render
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.letters.states import LetterKind, LetterState
from callflow.lifecycle import values
from callflow.people.states import Right
from tests import factories as make
from tests.rounds import Round

K = LetterKind


@pytest.fixture
def ring(app):
    return Round()


def french(ring: Round, **changes) -> Round:
    """The lot decided by a French authority from now on."""
    authority = make.authority(Law.fr_public, **changes)
    with unit_of_work():
        db.session.get_one(Lot, ring.lot.id).authority_id = authority.id
    return ring


def change(ring: Round, **changes) -> None:
    """Another fact about the authority."""
    with unit_of_work():
        authority = db.session.get_one(Authority, ring.lot.authority_id)
        for name, value in changes.items():
            setattr(authority, name, value)


def letters(dossier) -> list[Letter]:
    return list(
        db.session.scalars(db.select(Letter).where(Letter.dossier_id == dossier.id).order_by(Letter.number))
    )


def mails(dossier) -> list[OutboxMail]:
    return list(
        db.session.scalars(
            db.select(OutboxMail).where(OutboxMail.dossier_id == dossier.id).order_by(OutboxMail.id)
        )
    )


def said(letter: Letter) -> LetterContext:
    return LetterContext.of(letter.context)


def test_submitting_writes_the_acknowledgement_and_a_mail_to_contact_and_submitters(ring):
    second = make.person(email="tweede@voorbeeld.example")
    reader = make.person(email="lezer@voorbeeld.example")
    group = make.group({ring.resident: Right.submit, second: Right.submit, reader: Right.view})

    dossier = make.submitted(ring.lot, ring.resident, group)

    (letter,) = letters(dossier)
    frozen = db.session.scalars(db.select(Submission)).one()
    received = said(letter).received
    assert (letter.kind, letter.number, letter.state) == (K.acknowledgement, 1, LetterState.written)
    assert (received.at, received.version, received.digest) == (dossier.submitted_at, 1, frozen.sha256)
    assert received.silence_on is None
    assert {mail.recipient for mail in mails(dossier)} == {
        group.contact_email,
        ring.resident.email,
        second.email,
    }
    assert {(mail.state, mail.notice, mail.awaits) for mail in mails(dossier)} == {
        (MailState.waiting, "acknowledgement", f"letter:{letter.code}")
    }


def test_a_contact_who_is_a_submitter_too_gets_one_mail(ring):
    group = make.group({ring.resident: Right.submit}, contact_email=ring.resident.email.upper())

    dossier = make.submitted(ring.lot, ring.resident, group)

    assert [(mail.recipient, mail.recipient_id) for mail in mails(dossier)] == [
        (ring.resident.email, ring.resident.id)
    ]


def test_the_digest_of_a_letter_stands_on_the_trail(ring):
    dossier = ring.submitted()

    (letter,) = letters(dossier)
    event = db.session.scalars(db.select(Event).where(Event.action == "letter_written")).one()
    assert event.data == {
        "kind": "acknowledgement", "number": 1, "code": letter.code, "sha256": letter.context_sha256,
    }  # fmt: skip
    assert said(letter).history == (event.sequence - 1, event.previous)


def test_a_french_acknowledgement_knows_when_silence_is_a_refusal(ring):
    dossier = french(ring).submitted()

    (letter,) = letters(dossier)
    day = clock.local(dossier.submitted_at).date()
    assert said(letter).received.silence_on > day + timedelta(days=58)
    assert letter.language == "fr"


def test_an_unconfirmed_french_acknowledgement_is_written_but_its_mail_is_held(ring):
    dossier = french(ring, appeal_confirmed_by=None, appeal_confirmed_on=None).submitted()

    assert [mail.hold for mail in mails(dossier)] == [True, True]


def test_a_flemish_mail_carries_the_pdf_and_a_french_one_points_to_the_account(ring):
    flemish = ring.submitted()
    there = french(Round()).submitted()

    assert {mail.attachment_name for mail in mails(flemish)} == {f"{flemish.reference}-1.pdf"}
    assert {mail.attachment_name for mail in mails(there)} == {None}
    assert all(f"/applications/{there.reference}" in mail.body for mail in mails(there))
    assert all("dans votre compte" in mail.body for mail in mails(there))
    assert all("als pdf bij deze mail" in mail.body for mail in mails(flemish))


def test_withdrawing_is_confirmed_with_name_and_moment(ring):
    dossier = ring.submitted()
    make.take(dossier, "withdraw", ring.resident, values.Reason("Wij stoppen"))

    confirmed = letters(dossier)[-1]
    assert (confirmed.kind, confirmed.number) == (K.withdrawal_confirmed, 2)
    assert said(confirmed).withdrawn.by == "Marleen Voorbeeld"


def test_nothing_is_written_while_a_decision_is_only_prepared_or_decided(ring):
    dossier = ring.prepared()
    ring.decide()

    assert [letter.kind for letter in letters(dossier)] == [K.acknowledgement]
    assert {mail.notice for mail in mails(dossier)} == {"acknowledgement"}


def test_release_writes_one_letter_with_reasons_resolution_and_offer(ring):
    dossier = ring.released(amount="3500")

    letter = letters(dossier)[-1]
    context = said(letter)
    assert (letter.kind, letter.number, letter.law) == (K.selected, 2, Law.be_public)
    assert context.offered.amount == 3500
    assert context.resolved.number == "2027/31"
    assert [line.text for line in context.scores.lines] == ["Reden bij need: 4", "Reden bij participation: 3"]
    assert context.signatory.name == "An Voorbeeld"
    assert render.as_html(context)


def test_no_juror_is_named_in_any_letter(ring):
    dossier = ring.released()

    everything = " ".join(str(letter.context) for letter in letters(dossier))
    assert ring.juror.name not in everything


@pytest.mark.parametrize(
    ("trigger", "given", "kind"),
    [
        ("reserve", values.Reserving(2, date(2099, 12, 31)), K.reserve),
        ("decline", values.Declining("Nog niet af."), K.not_selected),
    ],
)
def test_reserve_and_not_selected_have_letters_of_their_own(ring, trigger, given, kind):
    dossier = ring.scored()
    make.take(dossier, trigger, ring.coordinator, given)
    ring.decide()
    ring.release()

    letter = letters(dossier)[-1]
    assert letter.kind is kind
    assert render.as_html(said(letter))
    assert {mail.notice for mail in mails(dossier)} == {"acknowledgement", kind.value}


def test_an_inadmissible_application_gets_article_facts_and_when_to_try_again(ring):
    dossier = ring.submitted()
    make.take(dossier, "refuse", ring.coordinator, values.Refusing("3", "Het project ligt in Gent."))
    ring.decide()
    ring.release()

    refusal = said(letters(dossier)[-1]).refusal
    assert (refusal.article, refusal.facts) == ("3", "Het project ligt in Gent.")
    assert refusal.reenter_until == db.session.get_one(Call, ring.call.id).closes_at


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"appeal_confirmed_by": None, "appeal_confirmed_on": None}, Reason("appeal_unconfirmed")),
        ({"law": Law.private}, Reason("appeal_missing")),
        ({"signatory": {"first_name": "An", "last_name": "Voorbeeld"}}, Reason("signatory_missing")),
        ({"street": ""}, Reason("authority_incomplete", {"missing": "street"})),
    ],
)  # fmt: skip
def test_release_is_refused_for_what_the_authority_owes(ring, changes, reason):
    dossier = ring.prepared()
    ring.decide()
    change(ring, **changes)

    with pytest.raises(Blocked) as refused:
        ring.release()

    assert refused.value.reasons == [reason]
    db.session.rollback()
    assert [letter.kind for letter in letters(dossier)] == [K.acknowledgement]


def test_release_is_refused_while_a_score_has_no_words(ring):
    dossier = ring.prepared()
    ring.decide()
    with unit_of_work():
        decision = db.session.scalars(db.select(Decision)).one()
        decision.reasons = [{**each, "text": " "} for each in decision.reasons]

    with pytest.raises(Blocked) as refused:
        ring.release()

    assert refused.value.reasons == [Reason("reasons_missing", {"count": 2})]
    db.session.rollback()
    assert len(letters(dossier)) == 1


@pytest.mark.parametrize(
    ("courtesy", "language", "country", "expected"),
    [
        (Courtesy.never, "fr", "FR", None),
        (Courtesy.on_request, "fr", "BE", "fr"),
        (Courtesy.on_request, "nl", "FR", None),
        (Courtesy.by_residence, "nl", "FR", "fr"),
        (Courtesy.by_residence, "fr", "BE", None),
    ],
)
def test_a_translation_is_added_only_as_the_authority_allows(ring, courtesy, language, country, expected):
    change(ring, courtesy=courtesy)
    group = make.group({ring.resident: Right.submit}, country=country, language=language)

    dossier = make.submitted(ring.lot, ring.resident, group)

    assert said(letters(dossier)[0]).courtesy == expected
    assert {mail.language for mail in mails(dossier)} == {expected or "nl"}


def test_the_calls_own_words_stand_in_letter_and_mail_with_their_names_filled_in(ring):
    opening, subject, text = (
        make.twin(each) for each in ("Voor {group}: {received}.", "Ontvangen: {title}", "Dag {group}.")
    )
    with unit_of_work():
        db.session.get_one(Call, ring.call.id).texts = {
            "letters": {"acknowledgement": {"opening": opening, "closing": {}}},
            "mails": {"acknowledgement": {"subject": subject, "text": text}},
        }

    dossier = ring.submitted()

    assert said(letters(dossier)[0]).opening["nl"].startswith(f"Voor {ring.group.name}: ")
    assert {mail.subject for mail in mails(dossier)} == {"Ontvangen: 't Lichtpunt"}
    assert all(f"Dag {ring.group.name}." in mail.body for mail in mails(dossier))


def test_days_and_amounts_are_written_as_each_language_writes_them(ring):
    with unit_of_work():
        db.session.get_one(Call, ring.call.id).texts = {
            "letters": {
                "selected": {"opening": make.twin("{days}, {amount}", "{days}, {amount}"), "closing": {}}
            },
            "mails": {},
        }

    dossier = ring.released(amount="3500")

    assert dict(said(letters(dossier)[-1]).opening) == {
        "nl": "2 dagen, 3.500\u00a0euro",
        "fr": "2 jours, 3\u202f500\u00a0€",
    }


def test_a_name_that_the_words_ask_for_and_nobody_knows_is_an_error(ring):
    with unit_of_work():
        db.session.get_one(Call, ring.call.id).texts = {
            "letters": {"acknowledgement": {"opening": make.twin("Dag {nobody}."), "closing": {}}},
            "mails": {},
        }

    with pytest.raises(KeyError, match="nobody"):
        ring.submitted()


def test_a_hundred_letters_take_a_fixed_number_of_questions(ring, statements):
    counts = []
    for number in (1, 3):
        for _ in range(number):
            ring.prepared(answers={"amount": "100.00"}, amount="100")
        ring.decide(number=f"2027/{number}")
        with statements() as seen:
            ring.release()
        counts.append(len([each for each in seen if each.lstrip().upper().startswith("SELECT")]))

    assert counts[0] == counts[1]
