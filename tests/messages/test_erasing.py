"""Erasing the subject of a conversation, and what was written to many in every dossier that it went to."""

import pytest

from callflow.core import clock, trail
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, Refused
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier, Exclusion
from callflow.lifecycle import kept
from callflow.messages import actions
from callflow.messages.models import Message, NoticeChoice, Sending, Thread
from callflow.messages.states import Often, Side
from tests import factories as make
from tests.client import form_values, soup_of
from tests.messages.test_many import MANY, SUBJECT, TEXT, WORDS, villages  # noqa: F401  # its fixture

SECRETS = (*SUBJECT.values(), *TEXT.values())


@pytest.fixture
def sent(villages, client):  # noqa: F811  # its fixture
    """Written to the Dutch and the French group; the French one is mailed the first words, and answers."""
    with unit_of_work():
        db.session.add(NoticeChoice(person_id=villages.french.id, often=Often.at_once, with_text=True))
    office = client.sign_in(villages.coordinator)
    address = f"{MANY}?ref={villages.dutch.reference}&ref={villages.other.reference}"
    looked = office.post(
        address, data=form_values(office.page(address).select_one("main form")) | WORDS | {"send": "look"}
    )
    values = form_values(soup_of(looked).select_one("main form"))
    assert office.post(address, data=values | {"send": "yes"}).status_code == 303
    villages.office = office
    villages.threads = {
        each.dossier_id: each for each in db.session.scalars(db.select(Thread).order_by(Thread.id))
    }
    who = make.actor(villages.french)
    with unit_of_work():
        found = dossiers.for_step(villages.other.reference, by=who, permission=P.message_read)
        thread = db.session.scalars(db.select(Thread).where(Thread.dossier_id == found.id)).one()
        actions.reply(who, found, thread, side=Side.group, text="Merci, nous venons.", language="fr")
    return villages


def link(made, dossier: Dossier) -> str:
    thread = db.session.scalars(db.select(Thread).where(Thread.dossier_id == dossier.id)).one()
    page = made.office.page(f"/coordinator/dossiers/{dossier.reference}/messages/{thread.key}")
    return page.select_one("a[href*='/erase/']")["href"]


def left() -> str:
    """All that the database still says of it."""
    db.session.rollback()
    threads = db.session.scalars(db.select(Thread.subject)).all()
    texts = db.session.scalars(db.select(Message.text).where(Message.text.is_not(None))).all()
    words = db.session.scalars(db.select(Sending.words)).all()
    mails = db.session.execute(db.select(OutboxMail.subject, OutboxMail.body, OutboxMail.html)).all()
    return f"{threads} {texts} {words} {mails}"


def test_everything_written_to_many_goes_everywhere_and_answers_stay(sent):
    assert all(each in left() for each in SECRETS)
    address = link(sent, sent.dutch)

    done = sent.office.submit(address, {"why": "Namen", "subject": "y", "everywhere": "y"}, form="main form")

    assert done.status_code == 303
    assert [each for each in SECRETS if each in left()] == []
    assert "Merci, nous venons." in left()
    assert [each.code for each in kept.breaks()] == []
    assert list(trail.check_all()) == []
    page = sent.office.page(done.location.partition("#")[0]).get_text(" ", strip=True)
    assert "Het bericht is gewist in 2 dossiers." in page
    sending = db.session.scalars(db.select(Sending.id)).one()
    assert "Infoavond" not in sent.office.page(f"/coordinator/messages/sent/{sending}").get_text()


def test_without_the_ticks_only_the_text_of_this_dossier_goes(sent):
    done = sent.office.submit(link(sent, sent.dutch), {"why": "Namen"}, form="main form")

    assert done.status_code == 303
    db.session.rollback()
    subjects = set(db.session.scalars(db.select(Thread.subject)))
    texts = set(db.session.scalars(db.select(Message.text)))
    assert subjects == set(SUBJECT.values())
    assert texts == {None, TEXT["fr"], "Merci, nous venons."}
    assert db.session.scalars(db.select(Sending.words)).one()["fr"] == [SUBJECT["fr"], TEXT["fr"]]


def test_a_copy_in_a_dossier_that_is_not_theirs_waits_for_a_colleague(sent):
    with unit_of_work():
        db.session.add(
            Exclusion(
                dossier_id=sent.other.id, person_id=sent.coordinator.id, reason="Familie", since=clock.now()
            )
        )  # fmt: skip

    done = sent.office.submit(link(sent, sent.dutch), {"why": "Namen", "everywhere": "y"}, form="main form")

    page = sent.office.page(done.location.partition("#")[0]).get_text(" ", strip=True)
    assert "vraag een collega" in page
    assert sent.other.reference not in page
    assert TEXT["fr"] in left()
    who = make.actor(sent.colleague)
    thread = sent.threads[sent.other.id]
    with unit_of_work():
        taken = dossiers.for_many([sent.other.reference], by=who, permission=P.message_office)
        assert actions.erase_everywhere(who, taken, thread, why="Namen") == 1
    assert TEXT["fr"] not in left()
    assert [each.code for each in kept.breaks()] == []


def test_only_the_office_erases_everywhere_only_what_went_to_many_and_only_once(sent):
    thread = sent.threads[sent.dutch.id]

    def erase(by, why="Namen"):
        who = make.actor(by)
        with unit_of_work():
            taken = [dossiers.for_step(sent.dutch.reference, by=who)]
            return actions.erase_everywhere(who, taken, thread, why=why)

    with pytest.raises(Forbidden):
        erase(sent.resident)
    with pytest.raises(Refused, match="message_erase_unexplained"):
        erase(sent.coordinator, why=" ")
    assert erase(sent.coordinator) == 1
    with pytest.raises(Refused, match="message_erased_already"):
        erase(sent.coordinator)


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ("subject_not_erased", "UPDATE message_thread SET subject = 'Infoavond'"),
        ("sending_not_erased", """UPDATE message_sending SET words = '{"nl": ["x", "Kom naar de zaal."]}'"""),
    ],
)
def test_verify_names_words_that_came_back(sent, code, sql):
    sent.office.submit(
        link(sent, sent.dutch), {"why": "Namen", "subject": "y", "everywhere": "y"}, form="main form"
    )
    with unit_of_work():
        db.session.execute(db.text(sql))

    assert {each.code for each in kept.breaks()} == {code}
