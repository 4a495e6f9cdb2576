"""While it is coached a group hands in better versions; everybody sees which advice changed the text."""

from datetime import timedelta

import pytest

from callflow.applications.actions import attach, save_answers
from callflow.applications.files import Examined
from callflow.applications.models import Attachment, Submission
from callflow.calls.procedure import Procedure
from callflow.coaching.actions import Counsel
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Refused
from callflow.core.trail import Event
from callflow.core.workflow import NotOffered
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State, Task
from callflow.jury.models import Sheet
from tests import factories as make
from tests.architecture.access import FILE_FIELD
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import COACHED_BEFORE, Round

PAPERS = {"id": "papers", "title": make.twin("Stukken"), "help": {}, "fields": [FILE_FIELD]}


@pytest.fixture
def call(app):
    return Round(COACHED_BEFORE, form=[*make.FORM, PAPERS])


@pytest.fixture
def dossier(call):
    made = call.screened(answers={"title": "Moestuin", "summary": "Een tuin voor de buurt."})
    call.give(made, Task.coach, call.coach)
    call.coach_them(
        made,
        advice=[
            Counsel(made.reference, "Zeg voor wie", field="summary"),
            Counsel(made.reference, "Vraag minder", field="amount"),
            Counsel(made.reference, "Maak het concreet", "need"),
        ],
    )
    return made


@pytest.fixture
def group(client, call):
    return client.sign_in(call.resident)


def write(call, dossier, **texts):
    """What a member types, a minute after what was done last."""
    who = make.actor(call.resident)
    with clock.fixed(clock.now() + timedelta(minutes=1)), unit_of_work():
        save_answers(who, queries.for_step(dossier.reference, by=who, kind=type(dossier)), texts)


def hand_in(client, dossier):
    path = f"/applications/{dossier.reference}"
    return client.submit(f"{path}/check", form="form[action$=submit]")


def versions(dossier):
    db.session.rollback()
    query = db.select(Submission.number, Submission.title).where(Submission.application_id == dossier.id)
    return [tuple(row) for row in db.session.execute(query.order_by(Submission.number))]


def test_a_better_version_is_written_checked_and_handed_in_and_counts_from_then_on(call, dossier, group):
    since, version = dossier.state_since, dossier.version
    page = group.page(f"/applications/{dossier.reference}")
    blocked = page.select_one("#why-revise").get_text(" ", strip=True)
    assert "niets gewijzigd" in blocked
    assert group.page(f"/applications/{dossier.reference}/form").select("ol.tasks a, .tasks a")

    write(call, dossier, title="Moestuin voor iedereen", summary="Een tuin voor wie alleen woont.")
    before = db.session.get_one(Dossier, dossier.id)
    assert (before.title, versions(dossier)) == ("Moestuin", [(1, "Moestuin")])
    answer = hand_in(group, dossier)

    assert answer.headers["Location"] == f"/applications/{dossier.reference}#coaching"
    kept = db.session.get_one(Dossier, dossier.id)
    assert (kept.state, kept.shown_state, kept.title) == (
        State.screened,
        State.screened,
        "Moestuin voor iedereen",
    )
    assert (kept.state_since, kept.version) == (since, version + 1)
    assert versions(dossier) == [(1, "Moestuin"), (2, "Moestuin voor iedereen")]
    event = db.session.scalars(db.select(Event).where(Event.action == "revise")).one()
    assert (event.source, event.dest) == ("screened", "screened")
    call.coach_them(dossier)
    make.take(dossier, "finish_coaching", call.coach)
    call.give(dossier, Task.juror, call.juror)
    call.declare(call.juror)
    call.score(dossier, call.juror)
    assert db.session.scalars(db.select(Sheet.submission_number)).all() == [2]


def test_it_is_handed_in_once_and_never_a_text_that_somebody_changed_meanwhile(call, dossier, group):
    write(call, dossier, summary="Tweede tekst.")
    sent = form_values(
        group.page(f"/applications/{dossier.reference}/check").select_one("form[action$=submit]")
    )
    write(call, dossier, summary="Derde tekst.")

    stale = group.post(f"/applications/{dossier.reference}/submit", data=sent)
    fresh = form_values(soup_of(stale).select_one("form[action$=submit]"))
    twice = [group.post(f"/applications/{dossier.reference}/submit", data=fresh) for _ in range(2)]

    assert stale.status_code == 422
    assert "Iemand wijzigde de tekst" in stale.get_data(as_text=True)
    assert [each.status_code for each in twice] == [303, 303]
    assert len(versions(dossier)) == 2


def test_what_is_written_now_is_seen_by_group_and_coach_and_by_the_office_when_handed_in(
    call, dossier, group, app
):
    coach, office = (CheckedClient(app).sign_in(who) for who in (call.coach, call.coordinator))
    pages = {
        "group": (group, f"/applications/{dossier.reference}"),
        "coach": (coach, f"/coach/dossiers/{dossier.reference}"),
        "office": (office, f"/coordinator/dossiers/{dossier.reference}"),
    }

    def changed(who):
        client, path = pages[who]
        return [each.get_text() for each in client.page(path).select("section[aria-labelledby=coaching] ins")]

    write(call, dossier, summary="Een tuin voor wie alleen woont.")

    assert (changed("coach"), changed("office")) == (["wie", "alleen woont."] * 2, [])
    text = coach.page(pages["coach"][1]).get_text(" ", strip=True)
    assert "Nu, niet ingediend" in text
    assert "Dit antwoord is sindsdien niet gewijzigd." in text
    assert "1 antwoord sindsdien gewijzigd" in text
    hand_in(group, dossier)
    assert changed("office") == changed("group") == ["wie", "alleen woont."] * 2
    assert "Versie 2" in office.page(pages["office"][1]).get_text()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_take_the_same_statements_however_much_advice_there_is(app, statements, count):
    call = Round(COACHED_BEFORE)
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    for number in range(count):
        call.coach_them(dossier, advice=[Counsel(dossier.reference, f"Advies {number}", field="summary")])
    write(call, dossier, summary="Anders.")
    seen = []
    for who, path in (
        (call.coach, "/coach/dossiers/{}"), (call.resident, "/applications/{}"),
        (call.coordinator, "/coordinator/dossiers/{}"),
    ):  # fmt: skip
        client = CheckedClient(app).sign_in(who)
        with statements() as found:
            client.page(path.format(dossier.reference))
        seen.append(len(found))

    assert seen == [13, 16, 20], "the office asks for what there is, the others for everything"


def test_a_new_file_is_the_group_s_own_until_it_is_handed_in(call, dossier, group, app):
    who = make.actor(call.resident)
    with clock.fixed(clock.now() + timedelta(minutes=1)), unit_of_work():
        loaded = queries.for_step(dossier.reference, by=who, kind=type(dossier))
        attach(who, loaded, "papers", Examined("plan.pdf", "application/pdf", b"%PDF-1.4 plan"))
    number = db.session.scalars(db.select(Attachment.id)).one()
    coach = CheckedClient(app).sign_in(call.coach)
    path = f"/coach/dossiers/{dossier.reference}/files/{number}"

    before = coach.get(path).status_code
    mine = group.get(f"/applications/{dossier.reference}/files/{number}").status_code
    hand_in(group, dossier)

    assert (before, mine, coach.get(path).status_code) == (404, 200, 200)


def test_after_the_coaching_and_in_calls_without_it_the_text_stays(call, dossier, app):
    call.coach_them(dossier)
    make.take(dossier, "finish_coaching", call.coach)
    with pytest.raises(Refused) as refused:
        write(call, dossier, summary="Te laat.")
    assert refused.value.code == "application_frozen"
    with pytest.raises(NotOffered):
        make.take(dossier, "revise", call.resident, make.values.Submitting(1))

    plain = Round(Procedure(scores_needed=1))
    other = plain.screened()
    with pytest.raises(Refused):
        write(plain, other, summary="Zonder begeleiding.")
