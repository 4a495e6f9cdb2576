"""An administrator begins with what the site and each call still need: people, mails, a worker that works."""

from datetime import timedelta

import pytest
from flask import Flask

from callflow.calls.models import Call
from callflow.core import clock, outbox
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import MailState, OutboxMail
from callflow.people.models import Grant, User
from tests import factories
from tests.client import CheckedClient
from tests.web.coordinator.test_calls import Statements, call, coordinator
from tests.web.public.test_calls import load, said
from tests.web.test_todo import todo

__all__ = ["call"]
HOME = "/coordinator/calls?lang=nl"
STATEMENTS = 6
"""Who is asking, the calls, who holds which role, mails that are lost, newest set-ups, what stands still."""


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.person((Role.admin, "all", 0))


def mail(call: Call, state: MailState, *, ready: timedelta = timedelta()) -> None:
    with unit_of_work():
        made = outbox.queue(
            notice="welcome", language="nl", recipient="x@y.example", subject="Dag", body="Dag",
            call_id=call.id,
        )  # fmt: skip
        made.state, made.not_before = state, clock.now() - ready


def test_a_call_without_people_says_whom_to_appoint_and_where(
    client: CheckedClient, call: Call, administrator: User
):
    client.sign_in(administrator)
    lines = todo(client, HOME)
    links = client.page(HOME).select("#todo ~ ul a") or client.page(HOME).select("ul.tasks a")

    assert [each.split(" Dorpen")[0] for each in lines] == [
        "Stel een coördinator aan: 2 loten hebben er geen",
        "Stel een begeleider aan: 2 loten hebben er geen",
        "Stel nog 3 juryleden aan",
        "Stel een ondertekenaar aan: 2 loten hebben er geen",
        "Kijk 1 punt van de opzet na",
    ]
    assert links[0]["href"] == f"/coordinator/people?call={call.reference}#add"
    assert client.page(links[0]["href"]).select_one("#add")


def test_each_role_given_takes_its_line_away(client: CheckedClient, call: Call, administrator: User):
    lot = factories.lots(call)[0]
    coordinator(("all", 0))
    coordinator(("lot", lot.id), role=Role.signatory)
    for _ in range(3):
        coordinator(("call", call.id), role=Role.juror)
    coordinator(("call", call.id), role=Role.coach)
    client.sign_in(administrator)

    lines = [each.split(" Dorpen")[0] for each in todo(client, HOME)]

    assert lines[0] == "Stel een ondertekenaar aan: 1 lot heeft er geen"
    assert not [each for each in lines if "jury" in each or "begeleider" in each or "coördinator" in each]


def test_who_has_a_role_and_was_never_here_is_counted(client: CheckedClient, call: Call, administrator: User):
    here, never = (coordinator(("call", call.id), role=Role.coach) for _ in range(2))
    with unit_of_work():
        db.session.get_one(User, here.id).password_hash = "x"
        db.session.get_one(User, never.id).password_hash = None
    client.sign_in(administrator)

    assert next(each for each in todo(client, HOME) if "nog nooit" in each).startswith(
        "Herinner 1 persoon die een rol heeft en hier nog nooit was"
    )


def test_lost_mails_are_named_and_held_ones_are_not(client: CheckedClient, call: Call, administrator: User):
    for state in (MailState.uncertain, MailState.failed, MailState.bounced, MailState.held):
        mail(call, state)
    client.sign_in(administrator)

    assert next(each for each in todo(client, HOME) if "mails" in each).startswith(
        "Vraag de coördinator om 3 mails af te handelen"
    )
    assert client.page(HOME).select(".notice.stops") == []


@pytest.mark.parametrize(("minutes", "told"), [(14, False), (16, True)])
def test_a_worker_that_takes_nothing_up_is_noticed(
    client: CheckedClient, call: Call, administrator: User, minutes: int, told: bool
):
    mail(call, MailState.queued, ready=timedelta(minutes=minutes))
    client.sign_in(administrator)
    notices = client.page(HOME).select(".notice.stops")

    assert bool(notices) is told
    assert not told or "1 mail wacht." in " ".join(notices[0].get_text().split())


def test_others_see_the_list_alone(client: CheckedClient, call: Call):
    mail(call, MailState.queued, ready=timedelta(hours=1))
    client.sign_in(coordinator(("call", call.id)))
    page = client.page(HOME)

    assert page.select("#todo, .notice") == []
    assert call.reference in said(page)


def test_without_any_call_the_page_says_where_one_comes_from(client: CheckedClient, administrator: User):
    client.sign_in(administrator)

    assert "opzetbestand" in client.page(HOME).select_one(".empty").get_text()


def test_every_link_of_an_administrator_leads_somewhere(
    client: CheckedClient, call: Call, administrator: User
):
    client.sign_in(administrator)
    for address in (HOME, f"/coordinator/people?call={call.reference}"):
        for link in client.page(address).select("main a[href^='/']"):
            assert client.get(link["href"]).status_code == 200, link["href"]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_home_costs_the_same_with_any_number_of_calls(
    client: CheckedClient, call: Call, administrator: User, statements: Statements, number: int
):
    for each in range(number - 1):
        load(("reference: dorpen-aan-zet-2026", f"reference: andere-{each}"))
        coordinator(("call", call.id), role=Role.juror)
        mail(call, MailState.failed)
    client.sign_in(administrator)
    with statements() as home:
        page = client.page(HOME)

    assert len(page.select("main h3")) == number
    assert len(home) == STATEMENTS


def test_a_mail_of_no_call_is_nobodys_to_settle(client: CheckedClient, call: Call, administrator: User):
    mail(call, MailState.failed)
    with unit_of_work():
        for each in db.session.query(OutboxMail):
            each.call_id = None
    client.sign_in(administrator)

    assert not [each for each in todo(client, HOME) if "mail" in each]
    assert db.session.query(Grant).count() == 1
