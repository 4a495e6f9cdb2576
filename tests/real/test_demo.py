"""flask demo: calls, people and dossiers to show, made once, and a way in for everybody."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from callflow.applications.models import Submission
from callflow.calls import queries
from callflow.calls.setup import parse
from callflow.cli.demo import PASSWORD
from callflow.cli.playing.examples import example, moved
from callflow.cli.playing.troupe import texts
from callflow.core import clock
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.jury.calibration import calibrate
from callflow.jury.models import Meeting
from callflow.jury.queries import counting_sheets, criteria_of, ratings_of
from callflow.letters.models import Letter
from callflow.people.models import Grant, Membership, User
from tests.client import CheckedClient
from tests.real.conftest import EXAMPLES, GRANT, Command


@pytest.fixture
def shown(command: Command) -> str:
    """What the command printed."""
    result = command("demo")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_demonstration(app: Flask, client: CheckedClient, shown: str, command: Command):
    _is_whole()
    _has_two_steps()
    _lets_everybody_in(client, shown)
    _is_made_once(command)


def _is_whole() -> None:
    states = Counter(db.session.scalars(db.select(Dossier.state)))
    hidden = db.session.scalars(db.select(Dossier.title).where(Dossier.state != Dossier.shown_state)).all()
    languages = set(db.session.scalars(db.select(Dossier.language)))
    latest = db.session.scalar(db.select(db.func.max(Event.at)))

    assert set(states) == set(State)
    assert len(hidden) == 3
    assert languages == {"nl", "fr"}
    assert latest <= datetime.now(UTC)
    assert set(db.session.scalars(db.select(Letter.state))) == {"rendered"}
    assert all(mail.hold for mail in db.session.scalars(db.select(OutboxMail)))
    _has_a_jury()


def _has_a_jury() -> None:
    """Members who differ, one of whom leaves the room; minutes that say so, and a meeting that goes on."""
    held, going_on = db.session.scalars(db.select(Meeting).order_by(Meeting.id)).all()
    left = {name for each in held.minutes["items"] for name in each["left"]}
    agreed = [each["agreed"] for each in held.minutes["items"] if each["agreed"]]
    criteria = criteria_of(held.call_id)
    sheets = counting_sheets(criteria, Dossier.call_id == held.call_id)
    found = calibrate(ratings_of(sheets, criteria, scale_max=5))

    assert going_on.closed_at is None
    assert left == {"Jef Voorbeeld", "Jean Exemple"}
    assert len(agreed) == 1
    assert found.parts == 1
    assert len([each for each in found.members if each.low is not None and each.low > 0]) > 0
    assert len([each for each in found.members if each.high is not None and each.high < 0]) > 0


def _has_two_steps() -> None:
    """One handed in twice, one was told that it is not invited, and there is still time to write."""
    call = queries.by_reference("dorpskeukens-2026")
    mine = db.select(Dossier.id).where(Dossier.call_id == call.id)
    handed_in = db.select(Submission.application_id, db.func.count(Submission.id))
    counts = db.session.execute(
        handed_in.where(Submission.application_id.in_(mine)).group_by(Submission.application_id)
    )
    letters = Counter(db.session.scalars(db.select(Letter.kind).where(Letter.dossier_id.in_(mine))))

    assert sorted(count for _, count in counts) == [1] * 6 + [2]
    assert letters == {"acknowledgement": 8, "not_invited": 1}
    until = clock.at(date.fromisoformat(moved("2027-01-29", clock.today())), time(12))
    assert call.calendar["full_until"] == clock.local(until).isoformat()


def _lets_everybody_in(client: CheckedClient, shown: str) -> None:
    """Each with the address and the link that were printed, and with the password."""
    links = dict(re.findall(r"(\S+@\S+\.example) +http://callflow\.test(/sign-in/link/\S+)", shown))
    people = db.session.execute(db.select(User.email, User.name)).all()
    roles = set(db.session.scalars(db.select(Grant.role))) | set(
        db.session.scalars(db.select(Membership.right))
    )

    assert {person.email for person in people} == set(links)
    assert all(re.search("(Voorbeeld|Exemple)$", person.name) for person in people)
    staff = {"coordinator", "coach", "juror", "chair", "signatory", "admin"}
    assert roles == staff | {"submit", "edit", "view"}
    assert PASSWORD in shown
    for path in list(links.values())[:2]:
        entered = client.submit(path)
        assert entered.status_code == 303
        assert entered.location != "/sign-in"
    with client.session_transaction() as session:
        session.clear()
    entered = client.submit(
        "/sign-in",
        {"pw-email": "marleen@lichtpunt.example", "pw-password": PASSWORD},
        form="form[action*=password]",
    )
    assert entered.status_code == 303


def _is_made_once(command: Command) -> None:
    before = [db.session.scalar(db.select(db.func.count(model.id))) for model in (Dossier, User, Event)]

    again, empty = command("demo"), command("demo", "--if-empty")

    assert again.stdout.splitlines()[0] == "The demonstration is there already."
    assert "left out" in empty.stdout
    after = [db.session.scalar(db.select(db.func.count(model.id))) for model in (Dossier, User, Event)]
    assert after == before


@pytest.mark.parametrize(
    "today", [date(2026, 11, 28), date(2026, 12, 5), date(2027, 3, 25), date(2028, 2, 29)], ids=str
)
def test_its_calls_stand_alike_on_every_day_on_which_it_is_made(app: Flask, today: date):
    read = {each: parse(example(each, today).encode()) for each in texts()["calls"]}
    written = {each: parse(example(each, date(2026, 11, 28)).encode()) for each in texts()["calls"]}
    closes = {each: _closes(found) for each, found in read.items()}

    assert timedelta(days=14) <= closes["dorpen-aan-zet-2026"] - today <= timedelta(days=20)
    assert all(day < today for each, day in closes.items() if each != "dorpen-aan-zet-2026")
    assert all(
        not (_closes(read[each]) - _closes(written[each])).days % 7
        and example(each, today).count("\n") == example(each, date(2026, 11, 28)).count("\n")
        for each in read
    )


def _closes(reading: Any) -> date:
    assert reading.setup is not None
    return clock.local(reading.setup.call["closes_at"]).date()


def test_it_is_left_out_where_a_call_is(command: Command):
    command("call", "load", EXAMPLES / f"{GRANT}.yaml")

    result = command("demo", "--if-empty")

    assert (result.exit_code, db.session.scalar(db.select(db.func.count(Dossier.id)))) == (0, 0)
