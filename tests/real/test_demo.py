"""flask demo: calls, people and dossiers to show, made once, and a way in for everybody."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from flask import Flask

from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.cli.demo import PASSWORD
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import IN_SHORT, State
from callflow.jury.calibration import calibrate
from callflow.jury.models import Meeting
from callflow.jury.queries import counting_sheets, criteria_of, ratings_of
from callflow.letters.models import Letter
from callflow.lifecycle import pilot, process
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
    _lets_everybody_in(client, shown)
    _is_made_once(command)


def _is_whole() -> None:
    states = Counter(db.session.scalars(db.select(Dossier.state)))
    hidden = db.session.scalars(db.select(Dossier.title).where(Dossier.state != Dossier.shown_state)).all()
    languages = set(db.session.scalars(db.select(Dossier.language)))
    latest = db.session.scalar(db.select(db.func.max(Event.at)))

    assert set(states) == _reached()
    assert set(State) - _reached() == IN_SHORT
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


def _reached() -> set[State]:
    """Every state that a dossier of these calls, or a pilot, can come to."""
    calls = db.session.scalars(db.select(Call))
    found = {state for call in calls for state in process.workflow(Procedure.of(call.procedure)).states}
    return {State(str(state)) for state in found | set(pilot.workflow().states)}


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


def test_it_is_left_out_where_a_call_is(command: Command):
    command("call", "load", EXAMPLES / f"{GRANT}.yaml")

    result = command("demo", "--if-empty")

    assert (result.exit_code, db.session.scalar(db.select(db.func.count(Dossier.id)))) == (0, 0)
