"""What the staff does on a journey: screening, tasks, coaching, scoring, deciding, releasing, closing."""

from dataclasses import dataclass

from playwright.sync_api import Page

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import Role
from callflow.people.models import User
from tests import factories as make
from tests.browser.conftest import leads_on
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
    leads_on(page.locator(selector).first)


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
    leads_on(page.locator(f"main a[href$='/dossiers/{reference}']").first)
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


def offers_agreement(journey: Journey, page: Page, reference: str) -> None:
    """Prepare the agreement, read it as it will be, and offer it."""
    journey.open(page, f"/coordinator/dossiers/{reference}/agreement")
    submit(page, "main form[action$='/agreement'] button")
    journey.look(page, "agreement prepared")
    submit(page, "main form[action$='/offer'] button")
    journey.look(page, "agreement with the group")


def logs_sessions(journey: Journey, page: Page, reference: str) -> None:
    """Two sessions with advice on a criterion, on a telephone; then the coaching is closed."""
    journey.open(page, "/coach")
    journey.look(page, "coach's home")
    for number in ("1", "2"):
        journey.open(page, f"/coach/sessions?ref={reference}")
        form = page.locator("main form[action='/coach/sessions']")
        values = {"refs": reference, "minutes": "90", "way": "on_site", "place": "Lo", "present": "Marleen"}
        advice = {"advice-0-words": REASONS[journey.language], "advice-0-subject": "criterion:participation"}
        fill(form, {**values, "summary": f"{number}. {REASONS[journey.language]}", **advice})
        if number == "1":
            journey.look(page, "session")
        submit(page, "main form[action='/coach/sessions'] button.button")
    journey.open(page, f"/coach/dossiers/{reference}")
    journey.look(page, "coach's dossier")
    submit(page, "form[action$='/steps/finish_coaching'] button")


def scores(
    journey: Journey, page: Page, reference: str, call: Call, *, first: bool, not_applicable: bool
) -> None:
    """The declaration, then a figure and a reason for each criterion; one may not apply to this project."""
    journey.open(page, "/jury")
    if first:
        journey.look(page, "pile, before the declaration")
    journey.open(page, f"/jury/calls/{call.reference}/declaration")
    if first:
        journey.look(page, "declaration")
    submit(page, "form[action$='/declaration'] button")
    journey.open(page, f"/jury/dossiers/{reference}")
    if first:
        journey.look(page, "score sheet")
    sheet = page.locator("form#sheet")
    for key in page.locator("form#sheet fieldset.score").evaluate_all("all => all.map(each => each.id)"):
        leaves_out = not_applicable and key == "cross_border"
        fill(
            sheet, {key: "na" if leaves_out else "4", f"{key}-reason": f"{REASONS[journey.language]} ({key})"}
        )
    submit(page, "form#sheet button[value=hand_in]")
    assert page.locator("form#sheet").count() == 0, page.locator("main").inner_text()
    if first:
        journey.look(page, "pile, handed in")
