"""What the staff does on a journey: screening, tasks, coaching, scoring, deciding, releasing, closing."""

from dataclasses import dataclass

from playwright.sync_api import Page

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import Role
from callflow.people.models import User
from tests import factories as make
from tests.browser.journey import Journey, fill

JURORS = ("Pol Voorbeeld", "Hélène Exemple", "Jef Voorbeeld")
REASONS = {
    "nl": "De groep toont met een bevraging dat de nood leeft.",
    "fr": "Le groupe montre par une enquête que le besoin est réel.",
}
MOTIVATION = {"nl": "Een project dat het dorp draagt.", "fr": "Un projet porté par le village."}
RESOLUTION = "2026/114"


@dataclass(frozen=True)
class Staff:
    """Everybody of one call who is not a resident."""

    coordinator: User
    signatory: User
    coach: User
    jurors: list[User]

    @classmethod
    def of(cls, call: Call, language: str) -> "Staff":
        def somebody(role: Role, name: str) -> User:
            return make.person((role, "call", call.id), name=name, language=language)

        return cls(
            somebody(Role.coordinator, "Lieve Voorbeeld"),
            somebody(Role.signatory, "An Voorbeeld"),
            somebody(Role.coach, "Sofie Voorbeeld"),
            [somebody(Role.juror, name) for name in JURORS],
        )


def submit(page: Page, selector: str) -> None:
    """Press the button that the selector finds, and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def takes_step(journey: Journey, page: Page, reference: str, trigger: str, **values: str) -> None:
    """A step on a dossier, through its own page."""
    journey.open(page, f"/coordinator/dossiers/{reference}/steps/{trigger}")
    form = f"main form[action$='/steps/{trigger}']"
    fill(page.locator(form), values)
    journey.look(page, f"step {trigger}")
    submit(page, f"{form} button.button")
    assert page.url.endswith(f"/coordinator/dossiers/{reference}"), page.locator("main").inner_text()


def screens(journey: Journey, page: Page, reference: str) -> None:
    """From the inbox to the dossier: every point of the checklist in order, then admissible."""
    journey.open(page, "/coordinator")
    journey.look(page, "inbox")
    journey.open(page, "/coordinator/dossiers")
    journey.look(page, "list of dossiers")
    page.locator(f"main a[href$='/dossiers/{reference}']").first.click()
    journey.look(page, "dossier, submitted")
    for point in page.locator("input[type=radio][value=passed]").all():
        point.check()
    submit(page, "form[action$='/checks'] button.button")
    takes_step(journey, page, reference, "screen")


def assigns(page: Page, reference: str, staff: Staff) -> None:
    """A coach and three jurors, one after the other."""
    for task, person in [("coach", staff.coach), *[("juror", each) for each in staff.jurors]]:
        page.goto(f"/coordinator/dossiers/{reference}")
        form = f"form[action$='/tasks/{task}']"
        page.locator(f"{form} select[name=person_id]").select_option(label=person.name)
        submit(page, f"{form} button")
        assert person.name in page.locator("#people, section").filter(has_text=person.name).first.inner_text()


def ranks(journey: Journey, page: Page, call: Call, lot: str) -> None:
    """The ranking of the lot by the published weights, minima and threshold."""
    journey.open(page, f"/coordinator/calls/{call.reference}/ranking/{lot}")
    journey.look(page, "ranking")


def notes_resolution(journey: Journey, page: Page, call: Call, lot: str) -> None:
    """What the body decided on all that is prepared, with the number of its minutes."""
    journey.open(page, f"/coordinator/calls/{call.reference}/decisions/{lot}")
    journey.look(page, "decisions, prepared")
    form = page.locator("form#resolve")
    fill(form, {"number": RESOLUTION, "decided_on": clock.today().isoformat()})
    submit(page, "form#resolve button.button")
    journey.look(page, "decisions, decided")


def releases(journey: Journey, page: Page, call: Call, lot: str) -> None:
    """The signatory sends all letters in one go."""
    journey.open(page, f"/coordinator/calls/{call.reference}/decisions/{lot}")
    journey.look(page, "decisions, to be released")
    submit(page, "form#release button.button")
    journey.look(page, "decisions, released")
