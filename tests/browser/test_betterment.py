"""What the script adds: focus on mistakes, typed text that survives, nobody left behind on a computer."""

import re

import pytest

from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.people.models import User
from callflow.people.states import Right
from tests import factories
from tests.browser.conftest import Site, barriers, overflow

TYPED = "Tekst die niet verloren mag gaan"


@pytest.fixture
def an(site: Site) -> User:
    user = factories.person(name="An Voorbeeld", email="an@voorbeeld.example")
    factories.group({user: Right.submit}, name="Bewonersgroep 't Lichtpunt")
    return user


def link_in_mail(site: Site) -> str:
    db.session.rollback()
    mail = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    found = re.search(r"https?://[^/]+(/\S+)", mail.body)
    assert found is not None
    return found[1]


def test_a_mistake_gets_the_focus_and_leads_to_its_field(site: Site):
    with site.visitor() as page:
        page.goto("/register")
        page.get_by_role("button", name="Link sturen").click()

        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        page.locator(".errors a").first.press("Enter")
        assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "name"


@pytest.mark.parametrize("scripts", [True, False])
def test_signing_in_by_mail_and_out_with_and_without_scripts(site: Site, an: User, scripts: bool):
    with site.visitor(java_script_enabled=scripts) as page:
        page.goto("/sign-in")
        page.fill("#mail-email", "an@voorbeeld.example")
        page.get_by_role("button", name="Link sturen").click()
        page.goto(link_in_mail(site))
        page.get_by_role("button", name="Nu aanmelden").click()
        assert page.locator(".who a").inner_text() == "An Voorbeeld"

        page.get_by_role("button", name="Afmelden").click()
        assert page.locator(".notice.well").inner_text().startswith("U bent afgemeld")
        page.goto("/account")
        assert "/sign-in" in page.url


def test_text_typed_when_the_session_had_ended_comes_back_after_signing_in(site: Site, an: User):
    with site.visitor(an) as page:
        page.goto("/groups/1/details")
        page.fill("#town", TYPED)
        ticket = [each for each in page.context.cookies() if each["name"] == "session"]
        page.context.clear_cookies(name="session")
        page.get_by_role("button", name="Gegevens bewaren").click()
        assert page.locator("main").inner_text() != ""
        page.context.add_cookies(ticket)

        page.goto("/groups/1/details")

        assert page.input_value("#town") == TYPED


def test_another_language_keeps_what_was_typed(site: Site, an: User):
    with site.visitor(an) as page:
        page.goto("/groups/1/details")
        page.fill("#town", TYPED)
        page.get_by_role("link", name="FR, Français").click()

        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.input_value("#town") == TYPED


def test_nothing_is_kept_of_what_was_saved_or_after_signing_out(site: Site, an: User):
    kept = "Object.keys(localStorage).filter(each => each.startsWith('callflow:')).length"
    with site.visitor(an) as page:
        page.goto("/groups/1/details")
        page.fill("#town", "Diksmuide")
        page.get_by_role("button", name="Gegevens bewaren").click()
        page.wait_for_function(f"{kept} === 0")

        page.goto("/groups/1/details")
        page.fill("#town", TYPED)
        page.get_by_role("link", name="FR, Français").click()
        page.get_by_role("button", name="Se déconnecter").click()
        page.wait_for_function(f"{kept} === 0")


def test_leaving_a_page_with_unsaved_text_asks_first(site: Site, an: User):
    asked: list[str] = []
    with site.visitor(an) as page:
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto("/groups/1/details")
        page.goto("/groups")
        assert asked == []

        page.goto("/groups/1/details")
        page.locator("#town").press_sequentially("x")
        page.goto("/groups")
        assert asked == ["beforeunload"]


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_pages_of_accounts_and_groups_have_no_barriers_and_fit(site: Site, an: User, width: str):
    found = {}
    for language in ("nl", "fr"):
        with site.visitor(an, language=language, width=width) as page:
            for path in ("/account", "/groups", "/groups/1", "/groups/new", "/groups/1/details"):
                page.goto(f"{path}?lang={language}")
                found[language, path] = [*barriers(page), overflow(page)]

    assert {where: what for where, what in found.items() if what != [0]} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_pages_have_no_barriers_at_320_pixels_in_either_light(site: Site, scheme: str):
    found = {}
    with site.visitor(color_scheme=scheme) as page:
        page.set_viewport_size({"width": 320, "height": 640})
        for path in ("/", "/sign-in", "/register", "/contact", "/privacy", "/accessibility"):
            page.goto(path)
            found[path] = [*barriers(page), overflow(page)]

    assert {where: what for where, what in found.items() if what != [0]} == {}
