"""Files with messages, and erasing one: who gets them, what is refused, what is left of them."""

import io

import pytest

from callflow.applications.files import Examined
from callflow.cli import words
from callflow.core import trail
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event, EventText
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import kept
from callflow.messages import actions, files
from callflow.messages.models import Message, MessageFile, NoticeChoice
from callflow.messages.rules import READS
from callflow.messages.states import Audience, Often, Side
from tests import factories as make
from tests.applications.test_files import PDF, picture
from tests.client import CheckedClient, form_values, soup_of
from tests.messages.test_writing import Village

SECRET = "Mijn bloeddruk is 17 en mijn rekening BE68 5390 0754 7034"


@pytest.fixture
def village(app):
    made = Village()
    files.room_of(made.dossier.id).keep_only(())
    return made


@pytest.fixture
def as_person(app):
    return lambda who: CheckedClient(app).sign_in(who)


def send(client, path, *uploads, form, **said):
    """Fill in the form with files: (name, bytes)."""
    values = form_values(client.page(path).select_one(form)) | said
    values["files"] = [(io.BytesIO(content), name) for name, content in uploads]
    return client.post(path, data=values, content_type="multipart/form-data")


def with_files(village, *contents):
    """A thread of the group whose message has these files; its key and their ids."""
    who = make.actor(village.resident)
    chosen = [Examined(f"plan {number}.pdf", "application/pdf", each) for number, each in enumerate(contents)]
    with unit_of_work():
        loaded = dossiers.for_step(village.dossier.reference, by=who, permission=READS[Side.group])
        thread = actions.open_thread(
            who, loaded, side=Side.group, subject="De zaal", audience=Audience.both, text=SECRET,
            language="nl", files=chosen,
        )  # fmt: skip
        key = thread.key
    return key, list(db.session.scalars(db.select(MessageFile.id).order_by(MessageFile.id)))


def on_disk(village):
    return sorted(each.name for each in files.room_of(village.dossier.id).folder.glob("??/*"))


def test_a_file_is_sent_and_read_by_every_side_of_the_conversation(village, as_person):
    group, ref = as_person(village.resident), village.dossier.reference
    path = f"/applications/{ref}/messages"
    sent = send(
        group, path, ("Plan <b>.pdf", PDF), ("foto.jpg", picture()), form="main form", subject="De zaal",
        text="Zie bijlage", audience="both",
    )  # fmt: skip
    key = sent.location.rpartition("/")[2]
    number = db.session.scalars(db.select(MessageFile.id).order_by(MessageFile.id)).first()

    for who, start in (
        (village.resident, "/applications"), (village.viewer, "/applications"),
        (village.coach, "/coach/dossiers"), (village.coordinator, "/coordinator/dossiers"),
    ):  # fmt: skip
        client = as_person(who)
        shown = client.page(f"{start}/{ref}/messages/{key}")
        file = client.get(f"{start}/{ref}/messages/{key}/files/{number}")
        assert "Plan -b-.pdf" in shown.get_text()
        assert file.data == PDF
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert [each.code for each in kept.breaks()] == []


def test_whoever_may_not_read_the_conversation_gets_no_file(village, as_person):
    key, (number,) = with_files(village, PDF)
    ref = village.dossier.reference
    with unit_of_work():
        db.session.execute(db.update(files.Thread).values(audience=Audience.office))
    other, _ = with_files(village, PDF)

    refused = [
        as_person(who).status(f"{start}/{ref}/messages/{key}/files/{number}")
        for who, start in (
            (village.coach, "/coach/dossiers"), (village.stranger, "/applications"),
            (village.juror, "/coordinator/dossiers"), (village.aside, "/coordinator/dossiers"),
        )
    ]  # fmt: skip
    elsewhere = as_person(village.resident).status(f"/applications/{ref}/messages/{other}/files/{number}")

    assert refused == [404, 403, 403, 404]
    assert elsewhere == 404, "a file of another thread"


@pytest.mark.parametrize(
    ("uploads", "words"),
    [
        ([("brief.pdf", b"MZ\x90\x00" + bytes(200))], "Dit soort bestand"),
        ([("brief.docx", PDF)], "docx"),
        ([("leeg.pdf", b"")], "leeg"),
        ([("a.pdf", PDF)] * 4, "hoogstens 3 bestanden"),
    ],
)  # fmt: skip
def test_a_file_that_may_not_be_kept_comes_back_with_the_text(village, as_person, uploads, words):
    path = f"/applications/{village.dossier.reference}/messages"

    answer = send(
        as_person(village.resident), path, *uploads, form="main form", subject="De zaal", text="Mijn tekst",
        audience="office",
    )  # fmt: skip

    page = soup_of(answer)
    assert answer.status_code == 422
    assert page.select_one("#text").get_text().strip() == "Mijn tekst"
    assert words in page.select_one("#files-error").get_text()
    assert "Kies de bestanden opnieuw" in page.get_text()
    assert db.session.scalars(db.select(Message)).all() == []
    assert on_disk(village) == []


def test_a_double_click_keeps_one_message_with_its_file(village, as_person):
    group, path = as_person(village.resident), f"/applications/{village.dossier.reference}/messages"
    values = form_values(group.page(path).select_one("main form")) | {"subject": "X", "text": "Y"}

    answers = [
        group.post(
            path, data=values | {"files": [(io.BytesIO(PDF), "a.pdf")]}, content_type="multipart/form-data"
        )
        for _ in range(2)
    ]

    assert len({each.location for each in answers}) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(MessageFile)) == 1


def test_an_erased_message_leaves_a_stone_and_nothing_of_what_it_said(village, as_person):
    with unit_of_work():
        db.session.add(NoticeChoice(person_id=village.coordinator.id, often=Often.at_once, with_text=True))
    key, _ = with_files(village, PDF, PDF + b"2")
    again, (_, _, stays) = with_files(village, PDF)
    office, ref = as_person(village.coordinator), village.dossier.reference
    thread = f"/coordinator/dossiers/{ref}/messages/{key}"
    link = office.page(thread).select_one("a[href*='/erase/']")["href"]
    silent = office.submit(link, {"why": " "}, form="main form")

    done = office.submit(link, {"why": "Gezondheidsgegevens"}, form="main form")

    assert (silent.status_code, done.status_code) == (422, 303)
    number = int(link.rpartition("/")[2])
    message = db.session.get_one(Message, number)
    assert (message.text, message.erased_by) == (None, village.coordinator.id)
    mails = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == "message")).all()
    quoted = [each for each in mails if "[…]" in each.body]
    assert len(quoted) == 1
    assert all("bloeddruk" not in f"{each.body}{each.html}" for each in quoted)
    assert len(on_disk(village)) == 1, "the file that another message has too stays"
    shown = as_person(village.resident).page(f"/applications/{ref}/messages/{key}").get_text(" ", strip=True)
    assert "bloeddruk" not in shown
    assert "Gewist door" in shown
    assert "Gezondheidsgegevens" in shown
    assert "plan 0.pdf" not in shown
    other = as_person(village.resident)
    assert other.get(f"/applications/{ref}/messages/{again}/files/{stays}").data == PDF
    assert [each.code for each in kept.breaks()] == []
    assert list(trail.check_all()) == []
    assert office.page(link).select_one("textarea") is None, "there is nothing more to erase"
    assert office.page(f"/coordinator/dossiers/{ref}").get_text().count("Bericht gewist") >= 1


def test_only_the_office_erases_and_only_once(village):
    key, _ = with_files(village)
    thread = db.session.scalars(db.select(files.Thread).where(files.Thread.key == key)).one()
    number = thread.last_id

    for who, side in ((village.resident, Side.group), (village.coach, Side.coach)):
        with pytest.raises(Forbidden), village.at(who, side, thread) as (actor, dossier, found):
            actions.erase(actor, dossier, found, number, why="Weg ermee")

    def erase(why):
        with village.at(village.coordinator, Side.office, thread) as (actor, dossier, found):
            actions.erase(actor, dossier, found, number, why=why)

    with pytest.raises(Refused, match="message_erase_unexplained"):
        erase(" ")
    with pytest.raises(Refused, match="reason_long"):
        erase("x" * 501)
    erase("Goed")
    with pytest.raises(Refused, match="message_erased_already"):
        erase("Goed")

    event = db.session.scalars(db.select(Event).where(Event.action == "message_erased")).one()
    assert event.data == {"message": number, "thread": thread.id, "mails": 0, "files": 0}
    assert db.session.scalars(db.select(EventText.body).where(EventText.event_id == event.id)).all() == [
        "Goed"
    ]


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ("message_file_changed", "UPDATE message_file SET name = 'x.pdf'"),
        ("message_file_gone", "DELETE FROM message_file"),
        ("file_missing", None),
    ],
)
def test_verify_names_a_file_that_is_not_what_was_sent(village, code, sql):
    with_files(village, PDF)
    assert [each.code for each in kept.breaks()] == []

    if sql is None:
        files.room_of(village.dossier.id).keep_only(())
    else:
        with unit_of_work():
            db.session.execute(db.text(sql))

    broken = list(kept.breaks())
    assert [(each.code, each.about) for each in broken] == [(code, village.dossier.reference)]
    assert village.dossier.reference in words.broken(broken[0].code, broken[0].about, broken[0].detail)


def test_what_a_broken_sending_left_behind_goes_with_the_next_tidying(village):
    files.room_of(village.dossier.id).put(b"orphan")
    with_files(village, PDF)

    with unit_of_work():
        gone = files.tidy(dossiers.for_step(village.dossier.reference, by=make.actor(village.coordinator)))

    assert (gone, len(on_disk(village))) == (1, 1)
