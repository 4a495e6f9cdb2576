"""What a resident does in a walk: signs in by mail, makes a group, applies, reads the letter, reports."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.walk import Walk, fill


@dataclass(frozen=True)
class Resident:
    """Somebody of a village, and the group they apply for."""

    name: str
    email: str
    group: dict[str, str]


DUTCH = Resident(
    "Marleen Voorbeeld",
    "marleen@voorbeeld.example",
    {
        "name": "Bewonersgroep 't Lichtpunt",
        "country": "BE",
        "legal_form": "bewonersgroep",
        "language": "nl",
        "contact_phone": "+32 50 00 00 20",
        "street": "Dorpsplein 3",
        "postcode": "8647",
        "town": "Lo-Reninge",
    },
)
FRENCH = Resident(
    "Zoé Exemple",
    "zoe@exemple.example",
    {
        "name": "Les Amis de l'Épicerie",
        "country": "FR",
        "legal_form": "association loi 1901",
        "language": "fr",
        "contact_phone": "+33 3 53 01 00 20",
        "street": "3, place du Village",
        "postcode": "59122",
        "town": "Hondschoote",
    },
)


def signs_in(walk: Walk, page: Page, who: Resident) -> None:
    """Make an account and come in by the link in the mail that the real mail server received."""
    page.goto("/register")
    walk.look(page, "register")
    walk.press(page, "Send me a link")
    walk.look(page, "register, with errors")
    fill(page.locator("main form"), {"name": who.name, "email": who.email, "language": walk.language})
    walk.press(page, "Send me a link")
    walk.look(page, "link sent")
    page.goto(walk.link_in_mail(who.email))
    walk.look(page, "link opened")
    walk.press(page, "Make the account and sign in")
    assert who.name in page.locator("header").inner_text()


def makes_group(walk: Walk, page: Page, who: Resident) -> None:
    """A group of their own, with an address for letters."""
    page.goto("/groups/new")
    walk.look(page, "new group")
    fill(page.locator("main form"), who.group)
    walk.press(page, "Make the group")
    walk.look(page, "group")
    assert page.locator("h1").inner_text() == who.group["name"]
