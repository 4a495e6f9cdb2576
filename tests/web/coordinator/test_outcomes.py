"""Bent outcomes at the screens of coordinator and group: conditions, offers, hearings, lists and minutes."""

import io
from datetime import timedelta
from decimal import Decimal

import pikepdf
import pytest

from callflow.applications.models import Attachment
from callflow.calls.models import Authority
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.decisions.models import Condition, Decision, Hearing, Resolution
from callflow.decisions.states import Fulfilment
from callflow.dossiers.states import State
from callflow.lifecycle import values
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.drawn import drawn
from tests.letters.reading import words_of
from tests.rounds import Round

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
HIGHER = {"need": "5", "participation": "5"}
SOON, LATER = timedelta(days=20), timedelta(days=60)


@pytest.fixture
def ring(app):
    return Round(envelope="5000")


@pytest.fixture
def staff(app, ring):
    return CheckedClient(app).sign_in(ring.coordinator)


@pytest.fixture
def group(app, ring):
    return CheckedClient(app).sign_in(ring.resident)


def steps(dossier, trigger: str) -> str:
    return f"/coordinator/dossiers/{dossier.reference}/steps/{trigger}"


def own(dossier, more: str = "") -> str:
    return f"/applications/{dossier.reference}{more}"


def told(ring: Round) -> None:
    ring.decide()
    ring.release()


def day(after: timedelta) -> str:
    return (clock.today() + after).isoformat()


def listed_for_the_body(ring: Round, staff: CheckedClient) -> str:
    answer = drawn(staff, f"/coordinator/calls/{ring.call.reference}/agenda/{ring.lot.key}")
    return " ".join(words_of(answer.data).split())


def words(page) -> str:
    return " ".join(page.main.get_text(" ").split())


def words_of_history(page) -> str:
    return " ".join(page.select_one(".timeline").get_text(" ").split())


def test_conditions_are_written_proved_judged_and_confirmed(ring, staff, group):
    dossier = ring.scored()
    first = {"conditions-0-text": "Het lokaal is veilig.", "amount": "4000", "coaching_days": "2"}
    begun = staff.submit(steps(dossier, "select_with_conditions"), first, form="form[action$='conditions']")
    whole = {**first, "conditions-0-proof": "Attest", "conditions-0-due_on": day(SOON)}
    taken = staff.submit(steps(dossier, "select_with_conditions"), whole, form="form[action$='conditions']")
    secret = words(group.page(own(dossier)))
    hidden = group.get(own(dossier, "/conditions")).status_code
    told(ring)
    condition = db.session.scalars(db.select(Condition)).one()
    empty = group.submit(own(dossier, "/conditions"), form="main form")
    data = form_values(group.page(own(dossier, "/conditions")).select_one("main form"))
    proved = group.post(
        own(dossier, f"/conditions/{condition.id}"),
        data={**data, "file": (io.BytesIO(PDF), "attest.pdf")},
        content_type="multipart/form-data",
    )
    waiting = words(staff.page("/coordinator"))
    page = f"/coordinator/dossiers/{dossier.reference}"
    silent = staff.submit(page, {"verdict": "unmet"}, form="form[action*='/conditions/']")
    judged = staff.submit(page, {"verdict": "met"}, form="form[action*='/conditions/']")
    confirmed = staff.submit(steps(dossier, "confirm"), form="form[action$='confirm']")

    assert [each.status_code for each in (begun, taken, empty, proved, silent, judged, confirmed)] == [
        422, 303, 422, 303, 422, 303, 303,
    ]  # fmt: skip
    assert "Het lokaal is veilig." in soup_of(begun).select_one("#conditions-0-text").get_text()
    assert (hidden, "voorwaarde" in secret.lower()) == (404, False)
    assert db.session.scalars(db.select(Attachment.name)).all() == ["attest.pdf"]
    assert "De bewijzen nakijken" in waiting
    db.session.expire_all()
    assert db.session.scalars(db.select(Condition.fulfilment)).all() == [Fulfilment.met]
    assert make.state_of(dossier) is State.selected


def test_a_proof_that_is_lacking_is_written_to_the_group_and_stands_in_the_history(ring, staff):
    dossier = ring.scored()
    demand = values.Demand("Het lokaal is veilig.", "Attest", clock.today() + SOON)
    make.take(
        dossier, "select_with_conditions", ring.coordinator,
        values.SelectingWithConditions(Decimal(4000), 2, (demand,), "Goed."),
    )  # fmt: skip
    told(ring)
    page = f"/coordinator/dossiers/{dossier.reference}"
    staff.submit(page, {"verdict": "unmet", "remark": "Niet getekend."}, form="form[action*='/conditions/']")
    history = words_of_history(staff.page(page))
    staff.submit(page, {"verdict": "met"}, form="form[action*='/conditions/']")
    mail = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == "condition_lacking")).one()

    assert (mail.recipient_id, mail.language) == (ring.resident.id, "nl")
    assert "Een voorwaarde is nog niet vervuld" in mail.subject
    assert all(part in mail.body for part in ("Het lokaal is veilig.", "Wat ontbreekt: Niet getekend."))
    assert "Voorwaarde nagekeken door Lieve Voorbeeld Voorwaarde 1. Niet vervuld." in history


def test_the_offer_is_shown_at_once_and_answered_by_the_group(ring, staff, group):
    winner = ring.prepared("5000", scores=HIGHER)
    waiting = make.take(
        ring.scored(answers={"title": "De volgende"}), "reserve", ring.coordinator,
        values.Reserving(1, clock.today() + LATER),
    )  # fmt: skip
    told(ring)
    lot = f"/coordinator/calls/{ring.call.reference}/decisions/{ring.lot.key}"
    before = words(staff.page("/coordinator")), words(staff.page(lot))
    signatory = CheckedClient(staff.application).sign_in(ring.signatory)
    left = group.submit(own(winner, "/withdraw"))
    after = words(staff.page("/coordinator")), words(staff.page(lot))
    seen = signatory.page(lot)
    promoted = staff.submit(steps(waiting, "promote"), form="form[action$='promote']")
    told(ring)
    turn = words(group.page(own(waiting)))
    accepted = group.submit(own(waiting, "/offer"), form="#accept")
    again = group.page(own(waiting, "/offer")).select("main form")

    assert [each.status_code for each in (left, promoted, accepted)] == [303, 303, 303]
    assert ["aanbod voorbereiden" in each.lower() for each in (*before, *after)] == [False, False, True, True]
    assert "De coördinator bereidt het aanbod voor" in words(seen)
    assert seen.select("main a[href$='promote']") == [], "nobody is led to a step that is not theirs"
    assert "Antwoord uiterlijk op" in turn
    assert again == []
    decision = db.session.scalars(db.select(Decision).where(Decision.origin == State.reserve)).one()
    assert (decision.amount, decision.answered_at is not None) == (Decimal(4000), True)


def test_a_group_is_heard_before_it_loses_its_grant(ring, staff, group):
    dossier = ring.released()
    said = {"article": "art. 12", "facts": "Het project begon niet.", "comment_until": day(SOON)}
    invited = staff.submit(steps(dossier, "hear"), said, form="form[action$='hear']")
    turn = words(group.page(own(dossier)))
    home = words(group.page("/applications"))
    sent = group.submit(own(dossier, "/hearing"), {"text": "De zaal was dicht."})
    twice = group.get(own(dossier, "/hearing"))
    revoke = staff.page(steps(dossier, "revoke")).select_one("form[action$='revoke']")
    taken = staff.submit(steps(dossier, "revoke"), {"repayment": "9000"}, form="form[action$='revoke']")
    done = staff.submit(steps(dossier, "revoke"), {"repayment": "1500"}, form="form[action$='revoke']")
    still = words(group.page(own(dossier)))
    listed = listed_for_the_body(ring, staff)
    told(ring)
    over = words(group.page(own(dossier)))

    assert [each.status_code for each in (invited, sent, taken, done)] == [303, 303, 422, 303]
    assert "Geef uiterlijk op" in turn
    assert "uw opmerkingen over de intrekking" in home
    assert soup_of(twice).select_one("main form") is None
    assert form_values(revoke)["motivation"].strip() == "Het project begon niet."
    assert "Wij lezen uw opmerkingen" in still
    assert "Rechtsgrond: art. 12." in listed
    assert "1.500 euro" in listed
    assert "ingetrokken" in over
    assert "U betaalt 1.500 euro terug." in over
    assert db.session.scalars(db.select(Hearing.remarks)).one() == "De zaal was dicht."


def test_the_list_for_the_body_is_a_tagged_pdf_in_its_language(ring, staff):
    ring.prepared("4000", scores=HIGHER, answers={"title": "Een dorpswinkel"})
    given = values.Postponing(None, "Advies ontbreekt.")
    make.take(ring.scored(answers={"title": "Later"}), "postpone", ring.coordinator, given)

    answer = drawn(staff, f"/coordinator/calls/{ring.call.reference}/agenda/{ring.lot.key}")

    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert (document.Root.MarkInfo.Marked, str(document.Root.Lang)) == (True, "nl")
    said = " ".join(words_of(answer.data).split())
    for expected in ("Een dorpswinkel", "4.000 euro", "Advies ontbreekt.", "Later", "1.000 euro"):
        assert expected in said


def test_in_french_no_word_of_the_list_is_broken_by_a_narrow_column(ring, staff):
    ring.prepared("4000")
    db.session.execute(db.update(Authority).values(language="fr"))
    db.session.commit()

    assert "2 jours d’accompagnement" in listed_for_the_body(ring, staff)


def test_in_french_the_list_says_a_rank_and_not_where(ring, staff):
    given = values.Reserving(1, clock.today() + LATER)
    make.take(ring.scored(answers={"title": "De volgende"}), "reserve", ring.coordinator, given)
    db.session.execute(db.update(Authority).values(language="fr"))
    db.session.commit()

    listed = listed_for_the_body(ring, staff)

    assert "Liste de réserve (1)" in listed
    assert "Rang" in listed
    assert "Lieu" not in listed


def test_the_extract_of_the_minutes_is_kept_typed_or_as_a_page(ring, staff):
    ring.prepared()
    ring.decide()
    number = db.session.scalars(db.select(Resolution.id)).one()
    path = f"/coordinator/calls/{ring.call.reference}/decisions/{ring.lot.key}/extracts/{number}"
    none = staff.submit(path)
    data = form_values(staff.page(path).select_one("main form"))
    wrong = staff.post(
        path,
        data={**data, "file": (io.BytesIO(b"MZ" + bytes(99)), "a.pdf")},
        content_type="multipart/form-data",
    )
    data = form_values(staff.page(path).select_one("main form"))
    kept = staff.post(
        path, data={**data, "extract": "Besluit 31.", "file": (io.BytesIO(PDF), "notulen.pdf")},
        content_type="multipart/form-data",
    )  # fmt: skip

    assert [each.status_code for each in (none, wrong, kept)] == [422, 422, 303]
    assert staff.get(f"{path}/file").data == PDF
    assert staff.page(path).select_one("textarea").get_text().strip() == "Besluit 31."


def test_the_day_of_an_offer_is_moved_with_the_reasons_and_a_letter_that_is_too_late_says_so(ring, staff):
    dossier = make.take(
        ring.scored(), "reserve", ring.coordinator, values.Reserving(1, clock.today() + LATER)
    )
    told(ring)
    offered = values.Promoting(Decimal(4000), 2, clock.today() + SOON)
    make.take(dossier, "promote", ring.coordinator, offered)
    ring.decide()
    reasons = f"/coordinator/dossiers/{dossier.reference}/reasons"
    lot = f"/coordinator/calls/{ring.call.reference}/decisions/{ring.lot.key}"

    with clock.fixed(clock.now() + SOON):
        late = words(staff.page(lot))
        past = staff.submit(reasons, {"answer_by": day(-SOON)})
        none = staff.submit(reasons, {"answer_by": ""})
        moved = staff.submit(reasons, {"answer_by": day(SOON)})
        ready = words(staff.page(lot))

    assert "Kies een latere dag bij de motivering." in late
    assert "0 brieven kunnen vrijgegeven worden." in late
    assert all(soup_of(each).select_one("main a[href='#answer_by']") for each in (past, none))
    assert (past.status_code, none.status_code, moved.status_code) == (422, 422, 303)
    assert "Kies een latere dag" not in ready
    assert "1 brief kan vrijgegeven worden." in ready


def test_no_agreement_is_offered_to_read_before_the_group_was_told_of_its_offer(app):
    ring = Round(Procedure(scores_needed=1, agreement=True), envelope="5000")
    staff = CheckedClient(app).sign_in(ring.coordinator)
    dossier = make.take(
        ring.scored(), "reserve", ring.coordinator, values.Reserving(1, clock.today() + LATER)
    )
    told(ring)
    offered = values.Promoting(Decimal(4000), 2, clock.today() + SOON)
    make.take(dossier, "promote", ring.coordinator, offered)
    page, path = (
        f"/coordinator/dossiers/{dossier.reference}",
        f"[href='/coordinator/dossiers/{dossier.reference}/agreement']",
    )

    before = staff.page(page).select(path)
    told(ring)
    after = staff.page(page).select(path)

    assert (len(before), len(after)) == (0, 1)
