"""The page on which a coordinator chooses coaches and jury members, and flask people for the first of all."""

import pytest
from flask import Flask

from callflow.calls.models import Call
from callflow.core.actor import Role
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.people import queries
from callflow.people.models import User
from tests import factories
from tests.client import CheckedClient, soup_of


@pytest.fixture
def made(app: Flask) -> Call:
    return factories.call()


@pytest.fixture
def chief(client: CheckedClient, made: Call) -> User:
    user = factories.person((Role.coordinator, "call", made.id), name="Lieve Voorbeeld")
    client.sign_in(user)
    return user


def add(client: CheckedClient, **values: str):
    given = {"email": "tom@voorbeeld.example", "role": "coach", "over": "call", "language": "nl"}
    return client.submit(
        "/coordinator/people", given | values, form='main form[action^="/coordinator/people?"]'
    )


def grants(user: User | None) -> set[tuple[str, str, int | None]]:
    assert user is not None
    return {(grant.role.value, grant.kind, grant.id) for grant in queries.actor(user.id).grants}


def test_somebody_known_is_added_and_told(client: CheckedClient, chief: User, made: Call):
    tom = factories.person(email="tom@voorbeeld.example", name="Tom Voorbeeld", language="fr")

    answer = add(client)

    assert answer.status_code == 303
    assert grants(tom) == {("coach", "call", made.id)}
    assert "Tom Voorbeeld" in client.page(answer.location).select_one("table").get_text()
    mail = db.session.scalars(db.select(OutboxMail)).one()
    assert (mail.notice, mail.recipient, mail.language) == ("appointed", "tom@voorbeeld.example", "fr")


def test_somebody_unknown_gets_an_account_once_a_name_is_given(
    client: CheckedClient, chief: User, made: Call
):
    nameless = add(client, role="juror")
    named = add(client, role="juror", name="Tom Voorbeeld")

    assert soup_of(nameless).select_one('.errors a[href="#name"]')
    assert named.status_code == 303
    assert grants(queries.by_email("tom@voorbeeld.example")) == {("juror", "call", made.id)}


def test_a_role_is_given_for_a_lot_and_taken_away(client: CheckedClient, chief: User, made: Call):
    lot = factories.lots(made)[0]
    tom = factories.person(email="tom@voorbeeld.example")
    add(client, over=str(lot.id))
    given = grants(tom)
    away = f"/coordinator/people/{tom.id}/coach/{lot.id}/away"

    answer = client.submit("/coordinator/people", form=f'form[action^="{away}"]')

    assert given == {("coach", "lot", lot.id)}
    assert answer.status_code == 303
    assert grants(tom) == set()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "tom"}, "email"),
        ({"role": "coordinator"}, "role"),
        ({"role": "admin"}, "role"),
        ({"role": "<b>"}, "role"),
        ({"over": "999999"}, "over"),
        ({"over": "all"}, "over"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_what_she_may_not_give_or_makes_no_sense_is_said_at_its_field(
    client: CheckedClient, chief: User, values: dict[str, str], field: str
):
    tom = factories.person(email="tom@voorbeeld.example")

    answer = add(client, **values)

    assert answer.status_code == 422
    assert soup_of(answer).select_one(f'.errors a[href="#{field}"]')
    assert grants(tom) == set()


def test_the_same_role_twice_is_refused(client: CheckedClient, chief: User):
    factories.person(email="tom@voorbeeld.example")
    add(client)

    assert add(client).status_code == 422


def test_another_call_does_not_exist_for_her(client: CheckedClient, chief: User):
    other = factories.call()
    tom = factories.person((Role.coach, "call", other.id), email="tom@voorbeeld.example")
    csrf = client.page("/coordinator/people").select_one("main input[name=csrf_token]")["value"]

    shown = client.get(f"/coordinator/people?call={other.reference}")
    taken = client.post(
        f"/coordinator/people/{tom.id}/coach/call/away?call={other.reference}", data={"csrf_token": csrf}
    )

    assert (shown.status_code, taken.status_code) == (404, 404)
    assert grants(tom) == {("coach", "call", other.id)}


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_takes_the_same_number_of_statements(
    client: CheckedClient, chief: User, made: Call, statements, count
):
    for _ in range(count):
        factories.person((Role.juror, "call", made.id))
    client.get("/coordinator/people")

    with statements() as seen:
        assert len(client.page("/coordinator/people").select("tbody tr")) == count + 1

    assert len(seen) == 3


def test_the_first_administrator_comes_from_the_terminal(app: Flask):
    run = app.test_cli_runner().invoke

    unknown = run(args=["people", "give", "an@voorbeeld.example", "admin"])
    made = run(args=["people", "give", "An@voorbeeld.example", "admin", "--name", "An Voorbeeld"])
    taken = run(args=["people", "take", "an@voorbeeld.example", "admin"])
    again = run(args=["people", "take", "an@voorbeeld.example", "admin"])

    assert [each.exit_code for each in (unknown, made, taken, again)] == [1, 0, 0, 1]
    assert grants(queries.by_email("an@voorbeeld.example")) == set()


def test_a_role_for_a_call_or_lot_comes_from_the_terminal(app: Flask, made: Call):
    run = app.test_cli_runner().invoke
    tom, lot = factories.person(email="tom@voorbeeld.example"), factories.lots(made)[0]

    answers = [
        run(args=["people", "give", "tom@voorbeeld.example", "coordinator", "--call", made.reference]),
        run(
            args=[
                "people",
                "give",
                "tom@voorbeeld.example",
                "coach",
                "--call",
                made.reference,
                "--lot",
                lot.key,
            ]
        ),
        run(args=["people", "give", "tom@voorbeeld.example", "coach", "--call", "no-such-call"]),
        run(
            args=[
                "people",
                "give",
                "tom@voorbeeld.example",
                "coach",
                "--call",
                made.reference,
                "--lot",
                "none",
            ]
        ),
        run(args=["people", "give", "tom@", "coach"]),
    ]

    assert [each.exit_code for each in answers] == [0, 0, 1, 1, 1]
    assert grants(tom) == {("coordinator", "call", made.id), ("coach", "lot", lot.id)}


def test_many_people_stand_on_pages_of_their_own(client, monkeypatch):
    monkeypatch.setattr("callflow.people.queries.PAGE", 2)
    call = factories.call()
    scope = ("call", call.id)
    lead = factories.person((Role.coordinator, *scope), name="Lieve Voorbeeld")
    names = {factories.person((Role.coach, *scope), name=f"Coach {number}").name for number in range(4)}
    client.sign_in(lead)

    def shown(number):
        rows = client.page(f"/coordinator/people?page={number}").select("section tbody th[scope=row]")
        return [row.find(string=True) for row in rows]

    pages = [shown(number) for number in (1, 2, 3)]

    assert [len(each) for each in pages] == [2, 2, 1]
    assert {name for each in pages for name in each} == {*names, lead.name}
    assert shown(99) == pages[2]
