"""What the script adds: focus on mistakes, typed text that survives, nobody left behind on a computer."""

import re

import pytest
from playwright.sync_api import Page, expect

from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.people.models import User
from callflow.people.states import Right
from tests import factories
from tests.browser.conftest import Site, barriers, leads_on, overflow
from tests.rounds import Round

TYPED = "Tekst die niet verloren mag gaan"


@pytest.fixture
def an(site: Site) -> User:
    user = factories.person(name="An Voorbeeld", email="an@voorbeeld.example")
    factories.group({user: Right.submit}, name="Bewonersgroep 't Lichtpunt")
    return user


def link_in_mail() -> str:
    db.session.rollback()
    mail = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    found = re.search(r"https?://[^/]+(/\S+)", mail.body)
    assert found is not None
    return found[1]


def test_signing_in_by_mail_and_out_without_any_script(site: Site, an: User):
    with site.visitor(java_script_enabled=False) as page:
        page.goto("/sign-in")
        page.fill("#mail-email", "an@voorbeeld.example")
        leads_on(page.get_by_role("button", name="Link sturen"))
        page.goto(link_in_mail())
        leads_on(page.get_by_role("button", name="Nu aanmelden"))
        assert page.locator(".who a").inner_text() == "An Voorbeeld"

        leads_on(page.get_by_role("button", name="Afmelden"))
        assert page.locator(".notice.well").inner_text().startswith("U bent afgemeld")
        page.goto("/account")
        assert "/sign-in" in page.url


def test_the_script_leads_to_mistakes_and_loses_no_text(site: Site, an: User):
    with site.visitor(an) as page:
        page.goto("/groups/new")
        leads_on(page.get_by_role("button", name="Groep maken"))
        expect(page.locator("main [role=alert]")).to_be_focused()
        page.locator(".errors a").first.press("Enter")
        expect(page.locator("#name")).to_be_focused()
        page.wait_for_url("**/groups/new#name")

        comes_back_in_another_language(page)
        comes_back_after_the_session_had_ended(page)
        asks_before_leaving(page)
        forgets_what_was_saved_and_all_when_signing_out(page)


def comes_back_in_another_language(page: Page) -> None:
    page.goto("/groups/1/details")
    page.fill("#town", TYPED)
    leads_on(page.get_by_role("link", name="FR, Français"))
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.input_value("#town") == TYPED
    page.goto("/groups/1?lang=nl")


def comes_back_after_the_session_had_ended(page: Page) -> None:
    page.goto("/groups/1/details")
    page.fill("#town", TYPED)
    ticket = [each for each in page.context.cookies() if each["name"] == "session"]
    page.context.clear_cookies(name="session")
    leads_on(page.get_by_role("button", name="Gegevens bewaren"))
    assert page.locator("main").inner_text() != ""
    page.context.add_cookies(ticket)
    page.goto("/groups/1/details")
    assert page.input_value("#town") == TYPED


def asks_before_leaving(page: Page) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/groups")
    page.goto("/groups/1/details")
    page.goto("/groups")
    before = len(asked)
    page.goto("/groups/1/details")
    page.locator("#town").press_sequentially("x")
    page.goto("/groups")
    assert asked[before:] == ["beforeunload"]


def forgets_what_was_saved_and_all_when_signing_out(page: Page) -> None:
    kept = "Object.keys(localStorage).filter(each => each.startsWith('callflow:')).length"
    page.goto("/groups/1/details")
    page.fill("#town", "Diksmuide")
    leads_on(page.get_by_role("button", name="Gegevens bewaren"))
    page.wait_for_function(f"{kept} === 0")

    page.goto("/groups/1/details")
    page.fill("#town", TYPED)
    leads_on(page.get_by_role("link", name="FR, Français"))
    leads_on(page.get_by_role("button", name="Se déconnecter"))
    page.wait_for_function(f"{kept} === 0")


def test_open_pages_have_no_barriers_at_320_pixels_in_the_dark(site: Site):
    found = {}
    with site.visitor(color_scheme="dark") as page:
        page.set_viewport_size({"width": 320, "height": 640})
        for path in ("/", "/sign-in", "/register", "/contact", "/privacy", "/accessibility"):
            page.goto(path)
            found[path] = [*barriers(page), overflow(page)]

    assert {where: what for where, what in found.items() if what != [0]} == {}


def test_all_boxes_of_a_page_are_ticked_and_counted_at_once(site: Site):
    call = Round()
    for number in range(3):
        call.submitted(answers={"title": f"Idee {number}"})
    with site.visitor(call.coordinator) as page:
        page.goto("/coordinator/dossiers")
        page.get_by_label("Alles op deze pagina").check()
        assert page.inner_text("[data-ticked]") == "(3)"
        page.locator("tbody input[type=checkbox]").first.uncheck()
        assert page.inner_text("[data-ticked]") == "(2)"
        assert page.evaluate("document.querySelector('[data-tick-all] input').indeterminate")
        leads_on(page.get_by_role("button", name="Ontvankelijkheid bevestigen"))
        page.locator("main form input[name=ref]").nth(1).wait_for(state="attached")
        assert page.locator("main form input[name=ref]").count() == 2
        assert [*barriers(page), overflow(page)] == [0]
