"""How letters reach people: noted with proof, struck and kept; signed scans in place of unsigned letters."""

import io
from datetime import timedelta

import pytest

from callflow.core import clock, formats, outbox
from callflow.core.db import db, unit_of_work
from callflow.core.jobs import identity
from callflow.core.outbox import OutboxMail
from callflow.core.storage import storage
from callflow.core.trail import Event
from callflow.desk import kept as snapshots
from callflow.letters import making
from callflow.letters.models import Letter, Notification, SignedCopy
from callflow.lifecycle import kept
from tests.client import CheckedClient, soup_of
from tests.rounds import Round

PDF = b"%PDF-1.4 receipt"


def lettered():
    """A released decision with its letters drawn, and the address of how the last one arrived."""
    made = Round()
    made.dossier = made.released()
    while making.drain(identity("w1"), lambda: False):
        pass
    db.session.rollback()
    made.letter = db.session.scalars(db.select(Letter).order_by(Letter.number.desc())).first()
    made.address = f"/coordinator/dossiers/{made.dossier.reference}/letters/{made.letter.code}/notified"
    return made


@pytest.fixture
def around(app):
    return lettered()


@pytest.fixture
def coordinator(around, app):
    return CheckedClient(app).sign_in(around.coordinator)


def today():
    return clock.today().isoformat()


def noted(**changes):
    return {
        "addressee": "Marleen Voorbeeld", "way": "registered", "notified_on": today(), "remark": "Doos 12",
        **changes,
    }  # fmt: skip


FORM = "main form[action$=notified]"


def entries():
    db.session.rollback()
    return db.session.scalars(db.select(Notification).order_by(Notification.id)).all()


def test_an_arrival_is_noted_with_its_proof_and_stands_in_the_history(around, coordinator):
    proof = (io.BytesIO(PDF), "ontvangst.pdf")

    answer = coordinator.submit(
        around.address, noted(proof=proof), form=FORM, content_type="multipart/form-data"
    )

    (entry,) = entries()
    assert answer.status_code == 303
    assert (entry.addressee, entry.way.value, entry.proof_name) == (
        "Marleen Voorbeeld", "registered", "ontvangst.pdf",
    )  # fmt: skip
    assert coordinator.get(f"{around.address}/{entry.id}/proof").data == PDF
    page = coordinator.page(around.address).get_text(" ", strip=True)
    assert "Aangetekend, met ontvangstbewijs" in page
    assert "Doos 12" in page
    events = db.session.scalars(db.select(Event).where(Event.action == "notified")).all()
    assert [(each.data["letter"], each.data["way"]) for each in events] == [(2, "registered")]
    assert list(kept.breaks()) == []


def test_the_history_says_which_letter_reached_whom_when_and_how(around, coordinator):
    coordinator.submit(around.address, noted(), form=FORM)
    coordinator.submit(around.address, form="main form[action$='take-back']")
    lines = coordinator.page(f"/coordinator/dossiers/{around.dossier.reference}").select(".timeline li")
    struck, arrived, written = ([line.get_text(" ", strip=True).split("uur ")[1] for line in lines])[:3]

    how = f"Brief 2. {formats.day(clock.today())}. Aangetekend, met ontvangstbewijs."
    assert arrived == f"Aankomst van een brief genoteerd door Lieve Voorbeeld {how} Marleen Voorbeeld Doos 12"
    assert struck == f"Vermelding over de aankomst van een brief geschrapt door Lieve Voorbeeld {how}"
    assert written == "Brief geschreven door callflow 2. Beslissing: geselecteerd"


def test_a_period_for_appeal_is_spoken_of_only_where_the_letter_opens_one(around, coordinator):
    first = db.session.scalars(db.select(Letter).order_by(Letter.number)).first()
    acknowledgement = around.address.replace(around.letter.code, first.code)
    told = [coordinator.page(each).select_one(".title").text for each in (around.address, acknowledgement)]

    assert ["beroepstermijn" in each for each in told] == [True, False]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"notified_on": "2099-01-01"}, "Deze dag is nog niet gekomen"),
        ({"notified_on": "2020-01-01"}, "Op deze dag was de brief nog niet geschreven"),
        ({"notified_on": ""}, "Vul de dag in waarop de brief aankwam"),
        ({"addressee": "Iemand anders"}, "Kies een van de namen"),
        ({"proof": (io.BytesIO(b"MZ\x90 program"), "bewijs.pdf")}, "Dit soort bestand kunnen wij niet"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(around, coordinator, changes, said):
    changes = {
        name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
        for name, value in changes.items()
    }

    answer = coordinator.submit(
        around.address, noted(**changes), form=FORM, content_type="multipart/form-data"
    )

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert soup_of(answer).select_one("#remark")["value"] == "Doos 12"
    assert entries() == []


def test_the_same_arrival_is_noted_once_and_a_struck_one_can_be_noted_again(around, coordinator):
    coordinator.submit(around.address, noted(), form=FORM)
    again = coordinator.submit(around.address, noted(), form=FORM)
    (first,) = entries()

    strike = coordinator.submit(around.address, form=f"form[action$='{first.id}/take-back']")
    twice = coordinator.post(f"{around.address}/{first.id}/take-back", data=strike_token(coordinator, around))
    coordinator.submit(around.address, noted(), form=FORM)

    assert (again.status_code, strike.status_code, twice.status_code) == (422, 303, 422)
    assert [each.taken_back_at is None for each in entries()] == [False, True]
    assert coordinator.page(around.address).select_one("del").get_text() == "Marleen Voorbeeld"


def strike_token(client, around):
    form = client.page(around.address).select_one(FORM)
    return {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}


def test_the_group_is_given_the_signed_letter_and_staff_can_still_print_the_other(around, coordinator, app):
    scan = b"%PDF-1.4 signed and scanned"
    answer = coordinator.submit(
        around.address, {"scan": (io.BytesIO(scan), "scan.pdf")}, form="form[action$=signed]",
        content_type="multipart/form-data",
    )  # fmt: skip
    resident = CheckedClient(app).sign_in(around.resident)

    given = resident.get(f"/letters/{around.letter.code}.pdf")

    assert answer.status_code == 303
    assert given.data == scan
    assert "-signed.pdf" in given.headers["Content-Disposition"]
    assert coordinator.get(f"/letters/{around.letter.code}.pdf?signed=no").data != scan
    assert db.session.scalars(db.select(SignedCopy.number)).all() == [1]
    assert list(kept.breaks()) == []


def test_a_proof_that_is_gone_is_found_out(around, coordinator):
    coordinator.submit(
        around.address, noted(proof=(io.BytesIO(PDF), "ontvangst.pdf")), form=FORM,
        content_type="multipart/form-data",
    )  # fmt: skip
    (entry,) = entries()
    storage().path(entry.proof_sha256).unlink()

    assert [(each.code, each.detail) for each in kept.breaks()] == [("file_missing", "ontvangst.pdf")]
    storage().put(PDF)


def test_only_staff_of_the_call_see_and_note_arrivals(around, app):
    answers = {
        who: CheckedClient(app).sign_in(person).get(around.address).status_code
        for who, person in {
            "coordinator": around.coordinator, "signatory": around.signatory, "juror": around.juror,
            "resident": around.resident, "elsewhere": Round().coordinator,
        }.items()
    }  # fmt: skip

    assert answers == {"coordinator": 200, "signatory": 200, "juror": 403, "resident": 403, "elsewhere": 404}


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_takes_as_many_statements_for_one_as_for_thirty(around, coordinator, statements, count):
    with clock.fixed(clock.now() + timedelta(days=1)):
        for number in range(count):
            coordinator.submit(around.address, noted(remark=str(number), way="hand"), form=FORM)
    with statements() as seen:
        coordinator.page(around.address)

    assert len(seen) == 7, "\n".join(seen)


def test_many_mails_about_a_letter_are_turned_page_by_page(around, coordinator, monkeypatch):
    monkeypatch.setattr(snapshots, "PAGE", 2)
    with unit_of_work():
        for number in range(3):
            outbox.queue(
                notice="selected", language="nl", recipient=f"lid{number}@voorbeeld.example", subject="Brief",
                body="", call_id=around.call.id, dossier_id=around.dossier.id,
                awaits=f"letter:{around.letter.code}",
            )  # fmt: skip
    waiting = db.select(OutboxMail.recipient).where(OutboxMail.awaits == f"letter:{around.letter.code}")
    everybody = db.session.scalars(waiting.order_by(OutboxMail.id)).all()

    pages = [coordinator.page(f"{around.address}?page={number}") for number in (1, 2, 3, 9)]

    found = [
        [each.get_text().split(",")[0].split(" ")[0].strip() for each in page.select("#mails + ul li")]
        for page in pages
    ]
    assert [*found[0], *found[1], *found[2]] == everybody
    assert [len(each) for each in found] == [2, 2, 1, 1]
    assert found[3] == found[2]
    assert pages[0].select_one("a[rel=next]")["href"].endswith("?page=2#mails")
