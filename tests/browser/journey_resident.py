"""What a resident does on a journey: signs in by mail, makes a group, applies, reads the letter, reports."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from callflow.core import i18n
from callflow.dossiers.states import State
from callflow.web.words import state_words
from tests.browser.conftest import leads_on
from tests.browser.journey import Journey, fill, pdf_text


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


def signs_in(journey: Journey, page: Page, who: Resident) -> None:
    """Make an account and come in by the link in the mail that the real mail server received."""
    journey.open(page, "/register")
    journey.look(page, "register")
    journey.press(page, "Send me a link")
    journey.look(page, "register, with errors")
    fill(page.locator("main form"), {"name": who.name, "email": who.email, "language": journey.language})
    journey.press(page, "Send me a link")
    journey.look(page, "link sent")
    journey.open(page, journey.link_in_mail(who.email))
    journey.look(page, "link opened")
    journey.press(page, "Make the account and sign in")
    assert who.name in page.locator("header").inner_text()


def makes_group(journey: Journey, page: Page, who: Resident) -> None:
    """A group of their own, with an address for letters."""
    journey.open(page, "/groups/new")
    journey.look(page, "new group")
    fill(page.locator("main form"), who.group)
    journey.press(page, "Make the group")
    journey.look(page, "group")
    assert page.locator("h1").inner_text() == who.group["name"]


TEXTS = {
    "nl": "Elke dinsdag koken twaalf vrijwilligers voor wie alleen eet; de kinderen dekken de tafel.",
    "fr": "Chaque mardi, douze bénévoles cuisinent pour ceux qui mangent seuls ; un enfant met la table.",
}
TITLES = {"nl": "De lange tafel van 't dorp", "fr": "La grande table de l’épicerie"}
PLACES = {"nl": "Lo-Reninge", "fr": "Hondschoote"}
COSTS = {"nl": "Kookpotten en tafels", "fr": "Marmites et tables"}
INCOME = {"nl": "Gevraagde steun", "fr": "Soutien demandé"}


def applies(journey: Journey, page: Page, reference: str) -> str:
    """Begin an application in the open call, from its public page; the reference of the new dossier."""
    journey.open(page, f"/calls/{reference}")
    journey.look(page, "call")
    journey.open(page, f"/applications/new?call={reference}")
    journey.look(page, "choose group and place")
    fill(page.locator("main form"), {"place": PLACES[journey.language], "language": journey.language})
    press_only(page)
    journey.look(page, "confirm the lot")
    press_only(page)
    journey.look(page, "task list")
    return page.url.split("/applications/")[1].split("/")[0]


def press_only(page: Page) -> None:
    """Press the one main button of the form that the page is about."""
    leads_on(page.locator("main form button:not(.quiet):not(.plain)").last)


def goes_on(page: Page) -> None:
    """Save this section and go to the next."""
    leads_on(page.locator("main form button.button[name=go][value=next]"))


def answers(
    journey: Journey, page: Page, reference: str, sections: list[dict[str, Any]], picture: Path
) -> None:
    """Every kind of question of the form, once wrong, then right; every section looked at."""
    text = TEXTS[journey.language]
    for section in sections:
        journey.open(page, f"/applications/{reference}/form/{section['id']}")
        form = page.locator("main form").first
        fields = {each["id"]: each for each in section["fields"]}
        for each in fields.values():
            answer(form, each, journey.language, text, picture)
        if "volunteers" in fields:
            form.locator("[name='f-volunteers']").fill("veel")
            goes_on(page)
            journey.look(page, f"section {section['id']} with an error summary")
            complaint = page.locator("[role=alert]")
            assert complaint.locator("a[href='#f-volunteers']").count() == 1, complaint.inner_text()
            assert form.locator("[name='f-volunteers']").input_value() == "veel"
            form.locator("[name='f-volunteers']").fill("12")
        else:
            journey.look(page, f"section {section['id']}")
        goes_on(page)
    assert page.url.endswith("/check"), page.url


def answer(form: Locator, each: dict[str, Any], language: str, text: str, picture: Path) -> None:
    """One question, as its kind asks for it."""
    name = f"f-{each['id']}"
    if each["kind"] == "budget":
        rows = {"costs": COSTS[language], "income": INCOME[language]}
        for side, words in rows.items():
            kind = {f"{name}-{side}-0-kind": each[side][0]["id"]} if each.get(side) else {}
            fill(form, {**kind, f"{name}-{side}-0-label": words, f"{name}-{side}-0-amount": "4.500,50"})
        form.locator(f"[name='{name}-income-0-amount']").blur()
        expect(form.locator(f"[data-total='{name}-income']")).to_have_text(re.compile("4.500,50"))
    elif each["kind"] == "file":
        form.locator(f"input[name='{name}']").set_input_files(picture)
    else:
        fill(form, {name: simple_answer(each, language, text)})


def simple_answer(each: dict[str, Any], language: str, text: str) -> str:
    """What is typed or chosen for a question of one value."""
    given = {
        "title": TITLES[language],
        "amount": {"nl": "4.500,50", "fr": "4 500,50"}[language],
        "municipality": PLACES[language],
        "village": "Lo" if language == "nl" else "Le Bourg",
        "done": text,
    }
    made = {
        "number": lambda: "12",
        "date": lambda: each["minimum"],
        "choice": lambda: each["choices"][0]["id"],
        "money": lambda: "4500,50",
    }
    return given.get(each["id"]) or made.get(each["kind"], lambda: text)()


def submits_by_keyboard(journey: Journey, page: Page) -> None:
    """Check all answers and submit without touching the mouse."""
    journey.look(page, "check your answers")
    assert TITLES[journey.language] in page.locator("main").inner_text()
    for _stop in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('form[action$=\"/submit\"] button')"):
            break
    else:
        raise AssertionError("Tab never comes to the button that submits")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    journey.look(page, "submitted")


def learns_nothing_yet(journey: Journey, page: Page, reference: str, secret: str) -> None:
    """As long as nothing is released, no page of the group tells the outcome."""
    with i18n.speaking(journey.language):
        outcome = state_words(State.selected)
    for path in ("/applications", f"/applications/{reference}", f"/applications/{reference}/text"):
        journey.open(page, path)
        told = page.locator("main").inner_text()
        assert secret not in told, path
        assert outcome not in told, path


def reads_letter(journey: Journey, page: Page, reference: str, folder: Path) -> str:
    """Open the dossier and download the decision letter; what its PDF says."""
    journey.open(page, f"/applications/{reference}")
    journey.look(page, "decided")
    address = page.locator("main a[href$='.pdf']").first.get_attribute("href")
    answer = page.request.get(str(address))
    assert answer.headers["content-type"] == "application/pdf", answer.status
    path = folder / f"{reference}.pdf"
    path.write_bytes(answer.body())
    return pdf_text(path)


def names_payee(journey: Journey, page: Page, reference: str) -> None:
    """The group says who receives the money; first with a digit too few."""
    journey.open(page, f"/applications/{reference}/agreement")
    for number in ("BE68 5390 0754 703", "BE68 5390 0754 7034"):
        form = page.locator("form[action$='/payee']")
        page.locator("details", has=form).evaluate("each => { each.open = true }")
        form.locator("[name=name]").fill("Dorpshuis Voorbeeld")
        form.locator("[name=relation]").select_option("association")
        form.locator("[name=iban]").fill(number)
        leads_on(form.locator("button"))
        journey.look(page, f"payee {number}")


def accepts_agreement(journey: Journey, page: Page, reference: str) -> None:
    """Read the agreement, tick that it was read, and accept it."""
    journey.open(page, f"/applications/{reference}/agreement")
    journey.look(page, "agreement offered")
    page.locator("#accept [name=read]").check()
    leads_on(page.locator("#accept button"))
    journey.look(page, "agreement concluded")


def reports(
    journey: Journey,
    page: Page,
    reference: str,
    sections: list[dict[str, Any]],
    picture: Path,
    *,
    name: str = "report",
) -> None:
    """Write the report section by section, check it and send it; ``name`` is its address."""
    journey.open(page, f"/applications/{reference}/{name}")
    journey.look(page, name)
    for section in sections:
        journey.open(page, f"/applications/{reference}/{name}/{section['id']}")
        form = page.locator("main form").first
        assert form.count(), page.locator("main").inner_text()
        for each in section["fields"]:
            answer(form, each, journey.language, TEXTS[journey.language], picture)
        journey.look(page, f"{name} {section['id']}")
        goes_on(page)
    journey.look(page, f"check the {name}")
    press_only(page)
    journey.look(page, f"{name} sent")
