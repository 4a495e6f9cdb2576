"""Links are good once and for a while; passwords are slow to guess; nobody learns who has an account."""

from datetime import timedelta

import pytest
from flask import Flask

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Refused, TooMany
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event, check_all
from callflow.people import passwords, queries, signing
from callflow.people.models import SignInLink, User
from tests import factories

HERE = "https://calls.example/"


def link_to(secret: str) -> str:
    return HERE + secret


def last_secret() -> str:
    mail = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    return mail.body.split(HERE)[1].split()[0]


def ask(email: str) -> None:
    with unit_of_work():
        signing.ask_link(email, language="fr", link_to=link_to)


def test_a_link_signs_in_once(app: Flask):
    user = factories.person(email="an@voorbeeld.example")
    ask("An@Voorbeeld.example ")
    secret = last_secret()

    with unit_of_work():
        used = signing.use_link(secret)

    assert used.id == user.id
    with pytest.raises(Refused, match="link_unknown"), unit_of_work():
        signing.use_link(secret)


def test_what_is_stored_of_a_link_cannot_be_used(app: Flask):
    factories.person(email="an@voorbeeld.example")
    ask("an@voorbeeld.example")
    stored = db.session.scalars(db.select(SignInLink)).one()

    assert last_secret() not in (stored.digest, stored.email)
    assert signing.waiting_link(stored.digest) is None


def test_a_link_is_good_until_its_time_and_not_a_second_longer(app: Flask):
    factories.person(email="an@voorbeeld.example")
    start = clock.now()
    with clock.fixed(start):
        ask("an@voorbeeld.example")
    secret = last_secret()

    with clock.fixed(start + signing.LINK_LASTS - timedelta(seconds=1)):
        before = signing.waiting_link(secret)
    with clock.fixed(start + signing.LINK_LASTS):
        after = signing.waiting_link(secret)
        with pytest.raises(Refused, match="link_unknown"), unit_of_work():
            signing.use_link(secret)

    assert before is not None
    assert after is None


def test_looking_at_a_link_uses_nothing_up(app: Flask):
    factories.person(email="an@voorbeeld.example")
    ask("an@voorbeeld.example")
    secret = last_secret()

    looks = [signing.waiting_link(secret) is not None for _ in range(3)]

    assert looks == [True, True, True]
    assert db.session.scalars(db.select(SignInLink)).one().used_at is None


def test_an_unknown_address_gets_a_mail_without_a_link(app: Flask):
    ask("niemand@voorbeeld.example")

    mail = db.session.scalars(db.select(OutboxMail)).one()

    assert (mail.notice, mail.recipient, mail.language) == (
        "sign_in_unknown",
        "niemand@voorbeeld.example",
        "fr",
    )
    assert HERE not in mail.body
    assert db.session.scalars(db.select(SignInLink)).all() == []


def test_an_account_is_made_when_its_link_is_used_and_not_before(app: Flask):
    with unit_of_work():
        signing.register("Nieuw@voorbeeld.example", name="Nieuw Gezicht", language="nl", link_to=link_to)
    before = queries.by_email("nieuw@voorbeeld.example")

    with unit_of_work():
        made = signing.use_link(last_secret())

    assert before is None
    assert (made.email, made.name, made.language) == ("nieuw@voorbeeld.example", "Nieuw Gezicht", "nl")
    written = db.session.scalars(db.select(Event).where(Event.trail_id == made.trail_id)).all()
    assert [(event.action, event.actor_id) for event in written] == [("account_made", made.id)]
    assert list(check_all()) == []


def test_registering_twice_makes_one_account(app: Flask):
    secrets = []
    for _ in range(2):
        with unit_of_work():
            signing.register("nieuw@voorbeeld.example", name="Nieuw", language="nl", link_to=link_to)
        secrets.append(last_secret())

    with unit_of_work():
        first = signing.use_link(secrets[0]).id
    with unit_of_work():
        second = signing.use_link(secrets[1]).id

    assert first == second
    assert db.session.scalar(db.select(db.func.count()).select_from(User)) == 1


def test_registering_a_known_address_sends_a_link_to_sign_in(app: Flask):
    user = factories.person(email="an@voorbeeld.example", name="An")
    with unit_of_work():
        signing.register("an@voorbeeld.example", name="Iemand Anders", language="fr", link_to=link_to)

    with unit_of_work():
        used = signing.use_link(last_secret())

    assert (used.id, used.name) == (user.id, "An")


def test_somebody_who_was_switched_off_does_not_get_in(app: Flask):
    user = factories.person(email="an@voorbeeld.example")
    ask("an@voorbeeld.example")
    with unit_of_work():
        db.session.get_one(User, user.id).active = False

    with pytest.raises(Refused, match="link_unknown"), unit_of_work():
        signing.use_link(last_secret())


def test_a_password_signs_in_and_a_wrong_one_says_nothing(app: Flask):
    user = factories.person(email="an@voorbeeld.example")
    with unit_of_work():
        db.session.get_one(User, user.id).password_hash = passwords.hashed("vier woorden op rij")

    assert signing.by_password("AN@voorbeeld.example", "vier woorden op rij").id == user.id
    for email, password in (
        ("an@voorbeeld.example", "vier woorden op rijk"),
        ("niemand@voorbeeld.example", "vier woorden op rij"),
        ("an@voorbeeld.example", ""),
    ):
        with pytest.raises(Refused, match="sign_in_failed"):
            signing.by_password(email, password)


def test_nobody_without_a_password_signs_in_with_one(app: Flask):
    factories.person(email="an@voorbeeld.example")

    with pytest.raises(Refused, match="sign_in_failed"):
        signing.by_password("an@voorbeeld.example", "nobody has this password")


def test_after_too_many_tries_one_is_told_when_to_try_again(app: Flask):
    limit, start = signing.PASSWORDS, clock.now()
    with clock.fixed(start):
        for _ in range(limit.per_address):
            with unit_of_work():
                signing.note_attempt(limit, email="an@voorbeeld.example", network="10.0.0.1")
        with pytest.raises(TooMany) as refused, unit_of_work():
            signing.note_attempt(limit, email="AN@voorbeeld.example", network="10.0.0.2")

    assert refused.value.parameters["again_at"] > (start + limit.within).isoformat()[:16]
    with clock.fixed(start + limit.within), unit_of_work():
        signing.note_attempt(limit, email="an@voorbeeld.example", network="10.0.0.1")


def test_one_network_cannot_try_the_addresses_of_everybody(app: Flask):
    limit = signing.LINKS
    for number in range(limit.per_network):
        with unit_of_work():
            signing.note_attempt(limit, email=f"adres{number}@voorbeeld.example", network="10.0.0.1")

    with pytest.raises(TooMany), unit_of_work():
        signing.note_attempt(limit, email="nog-een@voorbeeld.example", network="10.0.0.1")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kort", "password_short"),
        ("wachtwoord123", "password_common"),
        ("aaaaaaaaaaaaaa", "password_common"),
        ("marleen1234567", "password_common"),
        ("vier woorden op rij", None),
        ("Ünïcode ☃ wachtzin", None),
    ],
)
def test_weak_passwords_are_named(password: str, code: str | None):
    assert passwords.weakness(password, "Marleen Peeters", "marleen@voorbeeld.example") == code
