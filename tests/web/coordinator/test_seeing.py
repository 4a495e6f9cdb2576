"""Seeing callflow as somebody else: nothing is sent, nothing more is seen, and the person can read it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.trail import Event
from callflow.dossiers.models import Exclusion
from callflow.dossiers.states import Task
from callflow.jury.rules import Given
from callflow.people import queries as people
from callflow.people.models import Grant, Look, User
from callflow.people.states import Right
from tests import factories as make
from tests.architecture.access import Neighbourhood
from tests.client import CheckedClient, soup_of
from tests.rounds import Round

REASON = "Zij belde en vindt haar begroting niet"
LETS_GO = {"account.sign_out", "account.stop_looking"}


def place(user):
    return f"/coordinator/people/{user.id}/see"


def see(client, looker, user):
    """Look as this person, through the page."""
    client.sign_in(looker)
    answer = client.submit(place(user), {"reason": REASON}, form="main form")
    assert answer.status_code == 303, soup_of(answer).select_one("main").get_text()
    return client


def signed_in_as(client):
    return client.page("/account").select_one(".who a").get_text()


def test_it_begins_with_a_reason_shows_a_banner_and_stops(call, client):
    call.submitted()
    client.sign_in(call.coordinator)

    refused = client.submit(place(call.resident), {"reason": "  "})
    see(client, call.coordinator, call.resident)
    page = client.page("/applications")

    assert refused.status_code == 422
    assert "Marleen Voorbeeld" in page.select_one(".looking").get_text()
    assert signed_in_as(client) == "Marleen Voorbeeld"
    stopped = client.submit("/applications", form=".looking form")
    assert stopped.location.endswith(f"/coordinator/callers/{call.resident.id}")
    assert signed_in_as(client) == "Lieve Voorbeeld"
    assert client.page("/coordinator").select(".looking") == []


def test_it_stands_on_both_trails_and_on_the_account_page_of_the_person(call, client):
    call.submitted()
    see(client, call.coordinator, call.resident)
    mine = client.page("/account").get_text()
    client.submit("/account", form=".looking form")
    client.sign_in(call.resident)

    told = client.page("/account").select_one("#looked + .flow").get_text()

    trails = {user.id: user.trail_id for user in db.session.scalars(db.select(User))}
    events = [
        (event.action, event.trail_id)
        for event in db.session.scalars(db.select(Event).order_by(Event.id))
        if "look" in event.action or "seen_as" in event.action
    ]
    assert events == [
        ("seen_as", trails[call.resident.id]), ("looked_as", trails[call.coordinator.id]),
        ("seen_as_ended", trails[call.resident.id]),
    ]  # fmt: skip
    assert "Coördinator" in told
    assert REASON in told
    assert "Lieve" not in told
    assert REASON not in mine


@pytest.mark.parametrize("minutes, over", [(29, False), (31, True)])
def test_it_ends_by_itself_after_half_an_hour(call, client, minutes, over):
    call.submitted()
    see(client, call.coordinator, call.resident)

    with clock.fixed(clock.now() + timedelta(minutes=minutes)):
        page = client.page("/account")
        name = page.select_one(".who a").get_text()

    assert name == ("Lieve Voorbeeld" if over else "Marleen Voorbeeld")
    assert ("Lieve" in client.page("/account").get_text()) is over


def test_a_form_of_their_page_is_not_sent_under_ones_own_name_once_it_is_over(app, call, client, monkeypatch):
    call.submitted()
    see(client, call.coordinator, call.resident)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)

    with clock.fixed(clock.now() + timedelta(minutes=31)):
        late = client.post("/account", data={"name": "Overschreven", "language": "nl"})

    assert late.status_code == 403
    assert "niet langer" in soup_of(late).select_one("main").get_text()
    assert db.session.get_one(User, call.coordinator.id).name == "Lieve Voorbeeld"


def test_a_form_from_before_or_during_is_worthless_afterwards(call, client):
    call.submitted()
    client.sign_in(call.coordinator)
    before = client.page("/account").select_one("main form input[name=csrf_token]")["value"]
    see(client, call.coordinator, call.resident)
    during = client.page("/account").select_one("main form input[name=csrf_token]")["value"]
    client.submit("/account", form=".looking form")

    for token in (before, during):
        answer = client.post(
            "/account", data={"csrf_token": token, "token": "x" * 30, "name": "Fout", "language": "nl"}
        )
        assert answer.status_code == 400
    assert db.session.get_one(User, call.coordinator.id).name == "Lieve Voorbeeld"


def test_signing_out_ends_it_for_good(call, client):
    call.submitted()
    see(client, call.coordinator, call.resident)

    client.submit("/account", form="header form")

    assert client.get("/account").location.startswith("/sign-in")
    assert db.session.scalars(db.select(Look)).one().ended_at is not None
    client.sign_in(call.coordinator)
    assert signed_in_as(client) == "Lieve Voorbeeld"


@pytest.mark.parametrize("kind", ["coordinator", "signatory", "admin", "elsewhere", "self", "stranger"])
def test_nobody_looks_as_staff_as_themselves_or_as_people_of_other_calls(call, client, kind):
    other = Round()
    other.submitted()
    user = {
        "coordinator": call.colleague, "signatory": call.signatory, "elsewhere": other.resident,
        "admin": make.person((Role.admin, "all", 0), (Role.juror, "call", call.call.id)),
        "self": call.coordinator, "stranger": call.stranger,
    }[kind]  # fmt: skip
    unseen = kind in ("elsewhere", "stranger")
    client.sign_in(call.coordinator)
    form = client.page(place(call.juror)).select_one("main form")
    data = {each["name"]: each["value"] for each in form.select("input")} | {"reason": REASON}

    shown = client.get(place(user))
    answer = client.post(place(user), data=data)

    assert shown.status_code == (404 if unseen else 200)
    assert soup_of(shown).select("main form") == []
    assert answer.status_code == (404 if unseen else 422)
    assert db.session.scalars(db.select(Look)).all() == []


def test_a_juror_who_becomes_staff_or_is_switched_off_is_no_longer_seen(call, client):
    see(client, call.coordinator, call.juror)
    assert signed_in_as(client) == "Pol Voorbeeld"
    with unit_of_work():
        db.session.add(
            Grant(
                user_id=call.juror.id, role=Role.signatory, scope_kind="call", scope_id=call.call.id,
                granted_at=clock.now(),
            )
        )  # fmt: skip
    assert signed_in_as(client) == "Lieve Voorbeeld"

    see(client, call.coordinator, call.second)
    with unit_of_work():
        db.session.get_one(User, call.second.id).active = False
    assert signed_in_as(client) == "Lieve Voorbeeld"


def test_a_looker_who_loses_the_role_or_signs_out_everywhere_sees_nothing_more(call, client):
    see(client, call.coordinator, call.juror)
    with unit_of_work():
        db.session.execute(db.delete(Grant).where(Grant.user_id == call.coordinator.id))
    assert signed_in_as(client) == "Lieve Voorbeeld"

    see(client, call.colleague, call.juror)
    with unit_of_work():
        db.session.get_one(User, call.colleague.id).session_version += 1
    assert client.get("/account").location.startswith("/sign-in")


def test_the_number_of_a_look_of_somebody_else_is_worth_nothing(app, call, client):
    see(client, call.coordinator, call.juror)
    look = db.session.scalars(db.select(Look)).one()
    thief = CheckedClient(app).sign_in(call.colleague)
    with thief.session_transaction() as session:
        session["look"] = look.id

    assert thief.page("/account").select_one(".who a").get_text() == "Karim Voorbeeld"


def test_an_administrator_looks_as_a_juror_and_sees_no_dossier(call, client):
    dossier = call.judged(answers={"title": "Geheimtitel"})
    admin = make.person((Role.admin, "all", 0), name="Ada Voorbeeld")
    see(client, admin, call.juror)

    assert "Geheimtitel" not in client.page("/jury").get_text()
    assert client.get(f"/jury/dossiers/{dossier.reference}").status_code == 403
    client.submit("/jury", form=".looking form")
    assert signed_in_as(client) == "Ada Voorbeeld"


def test_a_coordinator_of_a_lot_looks_through_that_lot_only(client):
    around = Round(laws=(make.Law.be_public, make.Law.be_public))
    around.submitted(answers={"title": "Mijn lot"})
    around.lot = make.lots(around.call)[1]
    around.submitted(answers={"title": "Ander lot"})
    of_lot = make.person((Role.coordinator, "lot", make.lots(around.call)[0].id))

    page = see(client, of_lot, around.resident).page("/applications")

    assert "Mijn lot" in page.get_text()
    assert "Ander lot" not in page.get_text()


def test_the_first_page_is_one_that_is_shown(call, client):
    chair = make.person((Role.chair, "call", call.call.id), name="Rik Voorbeeld")
    client.sign_in(call.coordinator)

    answer = client.submit(place(chair), {"reason": REASON}, form="main form")

    assert client.page(answer.location).select_one(".who a").get_text() == "Rik Voorbeeld"
    withheld = client.page("/jury/panels", status=403)
    assert "scorebladen" in withheld.select_one("main").get_text()


SECRETS = ("Conceptgeheim", "Eldersgeheim", "Belangengeheim", "Scoregeheim")


@pytest.fixture
def secrets(app):
    """Around one dossier that all see: a draft, another call, a conflict of the looker, an open sheet."""
    around = Neighbourhood()
    call, other = around.round, Round()
    make.draft(call.lot, call.resident, call.group, answers={"title": "Conceptgeheim"})
    other.resident, other.group, other.juror, other.coach = call.resident, call.group, call.juror, call.coach
    for role, user in ((Role.juror, call.juror), (Role.coach, call.coach)):
        with unit_of_work():
            db.session.add(
                Grant(
                    user_id=user.id, role=role, scope_kind="call", scope_id=other.call.id,
                    granted_at=clock.now(),
                )
            )  # fmt: skip
    elsewhere = other.judged(answers={"title": "Eldersgeheim"})
    other.give(elsewhere, Task.coach, other.coach)
    hidden = call.screened(answers={"title": "Belangengeheim"})
    call.give(hidden, Task.coach, call.coach)
    call.give(hidden, Task.juror, call.juror)
    with unit_of_work():
        db.session.add(
            Exclusion(
                dossier_id=hidden.id, person_id=call.coordinator.id, declared=True, reason="Familie",
                since=clock.now(),
            )
        )  # fmt: skip
    call.coach_them(around.dossier)
    make.take(around.dossier, "finish_coaching", call.coordinator)
    call.save(around.dossier, call.juror, {"need": Given(None, False, "Scoregeheim")})
    return around


def addresses(app, around, method):
    """Every address with this method, filled in."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if method in (rule.methods or set()):
            values = (
                around.values_of_pilot if "/pilots" in rule.rule or "/partner" in rule.rule else around.values
            )
            with app.test_request_context():
                given = {**{name: values[name] for name in rule.arguments}, **(rule.defaults or {})}
                yield rule, app.url_for(rule.endpoint, **given)


def raw(client, path):
    """What the server answers, without a look at the page."""
    with client.application.app_context():
        return FlaskClient.open(client, path, buffered=True).data.decode(errors="replace")


LOOKED_AT = ("submitter", "viewer", "coach", "juror", "chair", "guide")


@pytest.mark.once
@pytest.mark.parametrize("who", LOOKED_AT)
def test_no_page_shows_more_than_the_looker_may_see_and_none_takes_anything(app, client, secrets, who):
    around = secrets
    user = around.people[who]
    see(client, around.people["coordinator"], user)
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        sent = {
            path: client.status(path, "POST")
            for rule, path in addresses(app, around, "POST")
            if rule.endpoint not in LETS_GO
        }
        told = {}
        for rule, path in addresses(app, around, "GET"):
            if rule.endpoint.startswith(("coordinator.", "assets.")):
                continue
            text = raw(client, path)
            told |= {(path, secret): 1 for secret in SECRETS if secret in text}
    finally:
        app.config["WTF_CSRF_ENABLED"] = True

    assert {path: status for path, status in sent.items() if status != 403} == {}
    assert told == {}
    assert signed_in_as(client) == people.actor(user.id).name


def test_the_person_themselves_does_see_all_that(app, client, secrets):
    around = secrets
    seen = "".join(
        client.sign_in(around.people[who]).get(path).get_data(as_text=True)
        for who, path in (
            ("submitter", "/applications"), ("juror", "/jury"), ("coach", "/coach"),
            ("juror", f"/jury/dossiers/{around.dossier.reference}"),
        )
    )  # fmt: skip

    assert [secret for secret in SECRETS if secret not in seen] == []


def test_a_viewer_sees_what_is_handed_in_as_the_group_does(call, client):
    viewer = make.person(name="Kijker")
    call.group = make.group({call.resident: Right.submit, viewer: Right.view})
    dossier = call.submitted(answers={"title": "Bankje"})

    page = see(client, call.coordinator, viewer).page(f"/applications/{dossier.reference}")

    assert "Bankje" in page.get_text()
