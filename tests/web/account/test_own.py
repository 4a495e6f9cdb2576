"""One's own account: details, language, password, signing out everywhere."""

import pytest

from callflow.core.db import db, unit_of_work
from callflow.people import passwords, queries
from callflow.people.models import User
from tests import factories
from tests.client import CheckedClient, soup_of

PASSWORD = "vier woorden op rij"
NEW = 'form[action="/account/password"]'


@pytest.fixture
def an(client: CheckedClient) -> User:
    user = factories.person(name="An Voorbeeld", email="an@voorbeeld.example")
    client.sign_in(user)
    return user


def fresh(user: User) -> User:
    db.session.rollback()
    return db.session.get_one(User, user.id)


def test_details_are_saved_and_the_page_speaks_the_language_chosen(client: CheckedClient, an: User):
    answer = client.submit("/account", {"name": "An Zonder", "phone": "+32 50 00 00 10", "language": "fr"})

    page = client.page(answer.location)
    assert page.html["lang"] == "fr"
    assert page.select_one(".notice.well")
    user = fresh(an)
    assert (user.name, user.phone, user.language) == ("An Zonder", "+32 50 00 00 10", "fr")
    event = queries.history(user.trail_id)[0]
    assert (event.action, event.texts) == ("account_changed", {"name": "An Voorbeeld"})


def test_saving_a_telephone_number_leaves_the_page_in_its_language(client: CheckedClient, an: User):
    client.get("/account?lang=fr")

    answer = client.submit("/account", {"phone": "+32 50 00 00 10"})

    page = client.page(answer.location)
    assert page.html["lang"] == "fr"
    assert "enregistrées" in page.select_one(".notice.well").get_text()
    assert (fresh(an).phone, fresh(an).language) == ("+32 50 00 00 10", "nl")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \u200b\t"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"phone": "bel mij"}, "phone"),
        ({"language": "xx"}, "language"),
        ({"language": None}, "language"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    client: CheckedClient, an: User, values: dict[str, str], field: str
):
    answer = client.submit("/account", values)

    page = soup_of(answer)
    assert answer.status_code == 422
    assert page.select_one(f'.errors a[href="#{field}"]')
    assert page.find(id=field)
    user = fresh(an)
    assert (user.name, user.phone, user.language) == ("An Voorbeeld", None, "nl")


def test_a_hostile_name_is_shown_as_it_was_typed(client: CheckedClient, an: User):
    name = "<b onmouseover=alert(1)>An</b> {{ 7*7 }} %s' \"--"

    client.submit("/account", {"name": name})

    assert client.page("/account").select_one("#name")["value"] == name
    assert fresh(an).name == name


def test_a_first_password_is_set_and_other_sessions_end(client: CheckedClient, an: User, app):
    elsewhere = CheckedClient(app).sign_in(an)

    answer = client.submit("/account", {"new-password": PASSWORD}, form=NEW)

    assert answer.status_code == 303
    assert passwords.fits(fresh(an).password_hash, PASSWORD)
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303


@pytest.mark.parametrize("weak", ["", "kort", "wachtwoord12", "An Voorbeeld"])
def test_a_weak_password_is_refused_with_what_to_do(client: CheckedClient, an: User, weak: str):
    answer = client.submit("/account", {"new-password": weak}, form=NEW)

    assert answer.status_code == 422
    assert soup_of(answer).select_one('.errors a[href="#new-password"]')
    assert fresh(an).password_hash is None


def test_who_came_by_password_must_know_it_to_change_it(client: CheckedClient, an: User):
    with unit_of_work():
        db.session.get_one(User, an.id).password_hash = passwords.hashed(PASSWORD)

    wrong = client.submit(
        "/account", {"new-present": "iets anders hier", "new-password": "vijf andere woorden"}, form=NEW
    )
    right = client.submit(
        "/account", {"new-present": PASSWORD, "new-password": "vijf andere woorden"}, form=NEW
    )

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert soup_of(wrong).select_one('.errors a[href="#new-present"]')
    assert passwords.fits(fresh(an).password_hash, "vijf andere woorden")


def test_signing_out_everywhere_ends_every_session(client: CheckedClient, an: User, app):
    elsewhere = CheckedClient(app).sign_in(an)

    answer = client.submit("/account", form='form[action="/account/sign-out-everywhere"]')

    assert answer.status_code == 303
    assert [each.get("/account").status_code for each in (client, elsewhere)] == [303, 303]


def test_a_forged_session_is_nobody(client: CheckedClient, an: User):
    for forged in ("1:99", "x:y", "999999:1", "1:1:1", "-1:1", ""):
        with client.session_transaction() as session:
            session["_user_id"] = forged
        assert client.get("/account").status_code == 303
