"""Signing in through the pages: by mail, by password, in any language, whatever people and machines send."""

import re

import pytest
from flask import Flask

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.people import passwords, signing
from callflow.people.models import SignInAttempt, SignInLink, User
from tests import factories
from tests.client import CheckedClient, soup_of

PASSWORD = "vier woorden op rij"
HOSTILE = [
    "' OR 1=1 --",
    "<script>alert(1)</script>@voorbeeld.example",
    "an@voorbeeld.example\r\nBcc: allen@voorbeeld.example",
    "\u202eexample@moc\x00",
    "a" * 5000 + "@voorbeeld.example",
    "{{ 7 * 7 }}@voorbeeld.example",
    "../../../etc/passwd",
    "",
]


def link_in_mail() -> str:
    mail = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    found = re.search(r"https?://\S+", mail.body)
    assert found is not None
    return "/" + found[0].split("/", 3)[3]


def signed_in(client: CheckedClient) -> bool:
    return client.get("/account").status_code == 200


def with_password(user: User) -> User:
    with unit_of_work():
        db.session.get_one(User, user.id).password_hash = passwords.hashed(PASSWORD)
    return user


def ask(client: CheckedClient, email: str, **kwargs):
    return client.submit("/sign-in", {"mail-email": email}, form='form[action^="/sign-in/mail"]', **kwargs)


def try_password(client: CheckedClient, email: str, password: str):
    values = {"pw-email": email, "pw-password": password}
    return client.submit("/sign-in", values, form='form[action^="/sign-in/password"]')


def test_somebody_signs_in_by_mail_and_out_again(client: CheckedClient):
    factories.person(email="an@voorbeeld.example", name="An Voorbeeld")

    sent = ask(client, "an@voorbeeld.example")
    answer = client.submit(link_in_mail())

    assert (sent.status_code, sent.location) == (303, "/sign-in/sent")
    assert answer.status_code == 303
    assert "An Voorbeeld" in client.page("/account").select_one(".who").get_text()
    out = client.submit("/account", form="header form")
    assert out.status_code == 303
    assert not signed_in(client)


def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(client: CheckedClient, app: Flask):
    factories.person(email="an@voorbeeld.example")
    ask(client, "an@voorbeeld.example")
    link, scanner = link_in_mail(), CheckedClient(app)

    looks = [scanner.get(link).status_code, scanner.head(link).status_code, scanner.get(link).status_code]

    assert looks == [200, 200, 200]
    assert not signed_in(scanner)
    assert client.submit(link).status_code == 303
    assert signed_in(client)


def test_a_used_link_says_so_and_offers_a_new_one(client: CheckedClient, app: Flask):
    factories.person(email="an@voorbeeld.example")
    ask(client, "an@voorbeeld.example")
    link = link_in_mail()
    client.submit(link)

    page = CheckedClient(app).page(link, status=410)

    assert page.select_one('main a[href="/sign-in"]')


def test_an_expired_link_between_looking_and_pressing(client: CheckedClient):
    factories.person(email="an@voorbeeld.example")
    ask(client, "an@voorbeeld.example")
    link = link_in_mail()
    page = client.page(link)
    token = page.select_one("main input[name=token]")["value"]
    csrf = page.select_one("main input[name=csrf_token]")["value"]
    with clock.fixed(clock.now() + signing.LINK_LASTS):
        answer = client.post(link, data={"token": token, "csrf_token": csrf})

    assert answer.status_code == 410
    assert not signed_in(client)


def test_a_button_pressed_twice_signs_in_all_the_same(client: CheckedClient):
    factories.person(email="an@voorbeeld.example")
    ask(client, "an@voorbeeld.example")
    link = link_in_mail()
    page = client.page(link)
    data = {
        name: page.select_one(f"main input[name={name}]")["value"]
        for name in ("token", "csrf_token", "version")
    }

    first = client.post(link, data=data)
    client.delete_cookie("session")
    with client.session_transaction() as session:
        session.clear()
    app_csrf = client.page("/sign-in").select_one("main input[name$=csrf_token]")["value"]
    second = client.post(link, data={**data, "csrf_token": app_csrf})

    assert (first.status_code, second.status_code) == (303, 303)
    assert signed_in(client)


def test_the_page_says_the_same_for_an_address_without_an_account(client: CheckedClient):
    factories.person(email="an@voorbeeld.example")

    known = ask(client, "an@voorbeeld.example")
    unknown = ask(client, "niemand@voorbeeld.example")

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    wrong = [
        str(soup_of(try_password(client, email, PASSWORD)).select_one(".errors li")).replace(email, "")
        for email in ("an@voorbeeld.example", "niemand@voorbeeld.example")
    ]
    assert wrong[0] == wrong[1]


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_sent_as_an_address_is_answered_kindly(client: CheckedClient, text: str, language: str):
    client.set_cookie("lang", language)

    answer = ask(client, text)

    page = soup_of(answer)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        assert page.html["lang"] == language
        assert page.select_one("#mail-email")["aria-invalid"] == "true"
        assert page.select_one('.errors a[href="#mail-email"]')
    assert db.session.scalars(db.select(SignInLink)).all() == []
    assert all("\n" not in mail.recipient for mail in db.session.scalars(db.select(OutboxMail)))


def test_what_was_typed_stays_but_a_password_does_not(client: CheckedClient):
    page = soup_of(try_password(client, "an@voorbeeld.example", "geheim woord"))

    assert page.select_one("#pw-email")["value"] == "an@voorbeeld.example"
    assert not page.select_one("#pw-password").get("value")
    assert "geheim woord" not in str(page)


def test_a_password_signs_in_and_leads_back_to_where_one_was_going(client: CheckedClient):
    with_password(factories.person(email="an@voorbeeld.example"))
    asked = client.get("/groups")
    assert asked.location == "/sign-in?back=/groups"

    values = {"pw-email": "an@voorbeeld.example", "pw-password": PASSWORD}
    answer = client.submit(asked.location, values, form='form[action^="/sign-in/password"]')

    assert (answer.status_code, answer.location) == (303, "/groups")
    assert client.get("/groups").status_code == 200


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\n/evil", "x"],
)
def test_signing_in_never_leads_to_another_site(client: CheckedClient, back: str):
    with_password(factories.person(email="an@voorbeeld.example"))
    page = client.page("/sign-in", query_string={"back": back})
    form = page.select_one('form[action^="/sign-in/password"]')

    values = {each["name"]: each.get("value", "") for each in form.select("input")}
    answer = client.post(
        "/sign-in/password",
        query_string={"back": back},
        data={**values, "pw-email": "an@voorbeeld.example", "pw-password": PASSWORD},
    )

    assert answer.status_code == 303
    assert answer.location in ("/", "/applications")
    assert "evil" not in form["action"]


def test_guessing_is_slowed_down_and_the_message_says_until_when(client: CheckedClient):
    with_password(factories.person(email="an@voorbeeld.example"))
    answers = [
        try_password(client, "an@voorbeeld.example", f"fout {number}").status_code
        for number in range(signing.PASSWORDS.per_address)
    ]

    blocked = try_password(client, "an@voorbeeld.example", PASSWORD)

    assert set(answers) == {422}
    assert blocked.status_code == 429
    assert re.search(r"\d{1,2}\.\d\d\suur", soup_of(blocked).select_one(".errors").get_text())
    assert not signed_in(client)


def test_a_language_asked_for_is_kept(client: CheckedClient):
    assert client.page("/?lang=fr").html["lang"] == "fr"
    assert client.page("/sign-in").html["lang"] == "fr"
    assert client.page("/nothing?lang=xx", status=404).html["lang"] == "fr"


def test_making_an_account(client: CheckedClient):
    values = {"name": "Hélène Exemple", "email": "helene@exemple.example", "language": "fr"}
    sent = client.submit("/register", values)
    assert (sent.status_code, sent.location) == (303, "/sign-in/sent")
    assert db.session.scalars(db.select(User)).all() == []

    answer = client.submit(link_in_mail())

    assert answer.status_code == 303
    made = db.session.scalars(db.select(User)).one()
    assert (made.name, made.language) == ("Hélène Exemple", "fr")
    assert signed_in(client)


def test_asking_twice_with_one_form_sends_one_mail(client: CheckedClient):
    page = client.page("/register")
    values = {each["name"]: each.get("value", "") for each in page.select("main input[type=hidden]")}
    values |= {"name": "An", "email": "an@voorbeeld.example", "language": "nl"}

    answers = [client.post("/register", data=values) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/sign-in/sent")] * 2
    assert len(db.session.scalars(db.select(OutboxMail)).all()) == 1
    assert len(db.session.scalars(db.select(SignInAttempt)).all()) == 2  # one by address, one by network


def test_a_form_without_its_secret_is_refused_with_a_way_on(client: CheckedClient):
    answer = client.post("/sign-in/mail", data={"mail-email": "an@voorbeeld.example"})

    assert answer.status_code in (303, 400, 422)
