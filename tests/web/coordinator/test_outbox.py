"""The outbox pages: what a coordinator finds there, may do there, and never sees there."""

import pytest

from callflow.core import clock, outbox
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.trail import Event
from callflow.dossiers.models import Exclusion
from callflow.letters import making
from callflow.pilots.models import Pilot
from tests import factories as make
from tests.client import CheckedClient, form_values
from tests.mail.post import state_of
from tests.pilots.beside import beside
from tests.rounds import Round


@pytest.fixture
def ring(app):
    return Round()


@pytest.fixture
def client(app, ring) -> CheckedClient:
    return CheckedClient(app).sign_in(ring.coordinator)


def mail_of(dossier) -> OutboxMail:
    return db.session.scalars(
        db.select(OutboxMail).where(OutboxMail.dossier_id == dossier.id).order_by(OutboxMail.id)
    ).first()


def put(mail: OutboxMail, state: MailState, **changes) -> int:
    with unit_of_work():
        found = db.session.get_one(OutboxMail, mail.id)
        found.state = state
        for name, value in changes.items():
            setattr(found, name, value)
    return mail.id


def said(page) -> str:
    return page.main.get_text(" ", strip=True)


def test_the_list_shows_the_mails_of_the_call_with_state_and_dossier(client, ring):
    dossier = ring.submitted()

    page = client.page("/coordinator/outbox?lang=nl")

    rows = page.select("table.data tbody tr")
    assert len(rows) == 2
    assert all(dossier.reference in row.get_text() for row in rows)
    assert all("Wacht op zijn brief" in row.get_text() for row in rows)


def test_a_connection_that_failed_is_told_in_words(client, ring):
    put(mail_of(ring.submitted()), MailState.retry, last_answer="ConnectionRefusedError: [Errno 111] refused")

    page = client.page("/coordinator/outbox?lang=nl")

    told = "De verbinding met de mailserver mislukte (ConnectionRefusedError: [Errno 111] refused)."
    assert told in said(page)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_takes_the_same_questions_for_any_number(client, ring, statements, count):
    for _ in range(count):
        ring.submitted()

    with statements() as seen:
        page = client.page("/coordinator/outbox")

    assert len(page.select("table.data tbody tr")) == min(2 * count, 50)
    assert len(seen) == 4  # the person, their calls, the counts, the page


def test_it_is_filtered_searched_and_paged(client, ring):
    first, second = ring.submitted(), ring.submitted()
    put(mail_of(second), MailState.bounced)

    def found(query: str) -> int:
        return len(client.page(f"/coordinator/outbox?{query}").select("table.data tbody tr"))

    assert found("state=stuck") == 1
    assert found("state=waiting") == 3
    assert found(f"q={first.reference.lower()}") == 2
    assert found(f"q={ring.resident.email}") == 2
    assert found("q=zzz") == 0
    assert found("q=%00%25_'") == 0
    assert found("page=7") == 4
    assert found("page=x&state=nonsense") == 4


@pytest.mark.unverified  # it names the letter that failed
def test_a_mail_whose_letter_failed_waits_for_somebody(client, ring):
    dossier = ring.submitted()
    ring.submitted()
    work = next(
        each for each in making.claim("w1@elsewhere:1:abc") if each.context.reference == dossier.reference
    )
    making.fail(work.id, "w1@elsewhere:1:abc", "no font")

    page = client.page("/coordinator/outbox?state=stuck&lang=nl")

    assert len(page.select("table.data tbody tr")) == 2
    assert "De pdf van de brief kon niet gemaakt worden" in said(page)


def test_mails_of_another_call_and_private_mails_do_not_exist_here(client, ring):
    elsewhere = mail_of(Round().submitted())
    with unit_of_work():
        private = outbox.queue(
            notice="sign_in",
            language="nl",
            recipient="x@voorbeeld.example",
            subject="Aanmelden",
            body="geheime link",
        )
    private_id = private.id

    assert "Aanmelden" not in said(client.page("/coordinator/outbox"))
    assert client.get(f"/coordinator/outbox/{private_id}").status_code == 404
    assert client.get(f"/coordinator/outbox/{elsewhere.id}").status_code == 404
    for number in ("999999", "0", "99999999999999999999999"):
        assert client.get(f"/coordinator/outbox/{number}").status_code == 404


def test_an_administrator_of_everything_sees_no_private_mail_either(app, ring):
    with unit_of_work():
        private = outbox.queue(
            notice="sign_in",
            language="nl",
            recipient="x@voorbeeld.example",
            subject="Aanmelden",
            body="geheime link",
        )
    everything = make.person((Role.coordinator, "all", 0))

    answer = CheckedClient(app).sign_in(everything).get(f"/coordinator/outbox/{private.id}")

    assert answer.status_code == 404


def test_a_coordinator_of_one_lot_sees_the_mails_of_that_lot_only(app, ring):
    other = Round()
    mine = make.person((Role.coordinator, "lot", ring.lot.id))
    own, foreign = mail_of(ring.submitted()), mail_of(other.submitted())
    client = CheckedClient(app).sign_in(mine)

    assert client.get(f"/coordinator/outbox/{own.id}").status_code == 200
    assert client.get(f"/coordinator/outbox/{foreign.id}").status_code == 404


def test_a_conflict_hides_the_mails_of_the_dossier(client, ring):
    dossier = ring.submitted()
    mail = mail_of(dossier)
    with unit_of_work():
        db.session.add(
            Exclusion(
                dossier_id=dossier.id, person_id=ring.coordinator.id, reason="familie", since=clock.now()
            )
        )

    assert client.get(f"/coordinator/outbox/{mail.id}").status_code == 404


def test_a_mail_shows_what_it_says_and_what_can_be_done_with_it(client, ring):
    mail = mail_of(ring.submitted())

    page = client.page(f"/coordinator/outbox/{mail.id}?lang=nl")

    assert mail.recipient in said(page)
    assert "Geachte mevrouw" in said(page)
    assert [button.get_text(strip=True) for button in page.select("main form button")] == [
        "Deze mail tegenhouden", "Deze mail annuleren",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        (MailState.queued, "hold", MailState.held, "mail_held"),
        (MailState.queued, "cancel", MailState.cancelled, "mail_cancelled"),
        (MailState.bounced, "retry", MailState.queued, "mail_retried"),
        (MailState.uncertain, "arrived", MailState.sent, "mail_settled"),
        (MailState.uncertain, "lost", MailState.queued, "mail_settled"),
    ],
)
def test_a_deed_is_done_once_and_stands_in_the_history(client, ring, case):
    state, deed, after, action = case
    mail_id = put(mail_of(ring.submitted()), state)

    answer = client.submit(f"/coordinator/outbox/{mail_id}", form=f'form[action$="/{deed}"]')

    assert answer.status_code == 303
    assert state_of(mail_id) == after
    assert db.session.scalars(db.select(Event.action).order_by(Event.id.desc())).first() == action


def test_a_mail_that_left_meanwhile_refuses_in_words(client, ring):
    mail_id = put(mail_of(ring.submitted()), MailState.queued)
    page = client.page(f"/coordinator/outbox/{mail_id}")
    sent = form_values(page.select_one('form[action$="/hold"]'))
    put(db.session.get_one(OutboxMail, mail_id), MailState.sent, sent_at=clock.now())

    answer = client.post(f"/coordinator/outbox/{mail_id}/hold?lang=nl", data=sent)

    assert answer.status_code == 409
    assert "is intussen verder" in answer.get_data(as_text=True)
    assert state_of(mail_id) == MailState.sent


def test_address_and_words_are_changed_and_what_was_said_before_is_kept(client, ring):
    mail_id = mail_of(ring.submitted()).id

    answer = client.submit(
        f"/coordinator/outbox/{mail_id}/edit",
        {"recipient": "nieuw@voorbeeld.example", "subject": "Nieuw", "body": "Regel een\r\n\r\nRegel twee"},
    )

    db.session.rollback()
    mail = db.session.get_one(OutboxMail, mail_id)
    assert answer.status_code == 303
    assert (mail.recipient, mail.subject, mail.body) == (
        "nieuw@voorbeeld.example", "Nieuw", "Regel een\n\nRegel twee",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"recipient": "niemand"}, 422),
        ({"recipient": ""}, 422),
        ({"subject": ""}, 422),
        ({"body": "x" * 20_001}, 422),
        ({"version": "1"}, 409),
    ],
)
def test_a_refused_change_keeps_what_was_typed_and_writes_nothing(client, ring, typed, status):
    mail_id = mail_of(ring.submitted()).id
    with unit_of_work():
        db.session.get_one(OutboxMail, mail_id).version = 5

    answer = client.submit(f"/coordinator/outbox/{mail_id}/edit", {"body": "Andere woorden", **typed})

    assert answer.status_code == status
    assert typed.get("body", "Andere woorden") in answer.get_data(as_text=True)
    db.session.rollback()
    assert "Andere" not in db.session.get_one(OutboxMail, mail_id).body


@pytest.mark.parametrize("who", ["resident", "coach", "juror", "stranger"])
def test_the_outbox_is_for_coordinators_and_signatories(app, ring, who):
    mail = mail_of(ring.submitted())
    client = CheckedClient(app).sign_in(getattr(ring, who))

    assert client.get("/coordinator/outbox").status_code == 403
    assert client.get(f"/coordinator/outbox/{mail.id}").status_code == 403
    token = client.page("/account").select_one("input[name=csrf_token]")["value"]
    answer = client.post(f"/coordinator/outbox/{mail.id}/cancel", data={"csrf_token": token})
    assert (answer.status_code, state_of(mail.id)) == (403, MailState.waiting)


@pytest.mark.parametrize("scope", ["call", "lot"])
def test_what_was_sent_is_counted_without_the_mails_that_somebody_may_not_see(app, ring, scope):
    seen, aside = ring.submitted(), ring.submitted()
    draft = make.draft(ring.lot, ring.resident, ring.group)
    guide = make.person()
    tried = beside(ring, make.person(), guide)["ref"]
    pilot_id = db.session.scalars(db.select(Pilot.id).where(Pilot.reference == tried)).one()
    somebody = make.person((Role.coordinator, scope, ring.call.id if scope == "call" else ring.lot.id))
    about = {"seen": seen.id, "aside": aside.id, "draft": draft.id, "pilot": pilot_id, "call": None}
    with unit_of_work():
        db.session.add(
            Exclusion(dossier_id=aside.id, person_id=somebody.id, reason="Familie", since=clock.now())
        )
        for what, dossier_id in about.items():
            outbox.queue(
                notice="notice", language="nl", recipient=f"{what}@voorbeeld.example", subject=what, body="",
                call_id=ring.call.id, dossier_id=dossier_id,
            )  # fmt: skip
        db.session.flush()
        db.session.execute(db.update(OutboxMail).values(state=MailState.sent, sent_at=clock.now()))
    client = CheckedClient(app).sign_in(somebody)

    rows = client.page("/coordinator/outbox?state=sent").select("table.data tbody tr")
    everything = client.page("/coordinator/outbox")
    under = everything.select_one("nav.under").get_text(" ", strip=True)

    shown = 3 + (scope == "call")  # two mails of handing in, one about it, and one about the call
    assert len(rows) == shown == len(everything.select("table.data tbody tr"))
    assert under.startswith(f"{shown} ")
