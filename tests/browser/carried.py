"""A pilot that two local governments and three partners carry, pressed on the pages by whose turn it is."""

from datetime import timedelta

from playwright.sync_api import Page

from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.models import Party
from callflow.people.models import Group, User
from callflow.people.states import Right
from callflow.pilots.models import Pilot
from tests import factories as make
from tests.browser.journey import Journey, fill
from tests.browser.journey_staff import submit


def unfold(page: Page, form: str) -> None:
    """Open what the form is folded away in."""
    folded = page.locator("details:not([open])").filter(has=page.locator(form))
    if folded.count():
        folded.first.locator("summary").first.click()


class Carried:
    """Everybody around it; each method is a stretch of its way."""

    def __init__(self, journey: Journey, call: Call, office: Page) -> None:
        self.journey, self.call, self.office = journey, call, office
        self.mayor = make.person(name="Bart Burgemeester")
        self.maire = make.person(name="Hélène Maire", language="fr")
        self.guides = [make.person(name=f"Gids {name}") for name in ("Een", "Twee", "Drie")]
        make.group({self.mayor: Right.submit}, name="Gemeente Voorbeeld")
        self.town = make.group({self.maire: Right.submit}, country="FR", name="Commune d'Exemple")
        self.partners = [
            make.group({guide: Right.submit}, name=f"Partner {number}")
            for number, guide in enumerate(self.guides)
        ]

    @property
    def reference(self) -> str:
        db.session.rollback()
        return db.session.scalars(db.select(Pilot.reference)).one()

    @property
    def at(self) -> str:
        return f"/partner/pilots/{self.reference}"

    def send(self, page: Page, path: str, values: dict[str, str], form: str = "main form.flow") -> None:
        """Fill in the form of a page and press its button."""
        self.journey.open(page, path)
        unfold(page, form)
        fill(page.locator(form).first, values)
        self.journey.look(page, f"pilot, {path.rsplit('/', 1)[-1]}")
        submit(page, f"{form} button.button")
        assert not page.locator("main [role=alert] a").count(), page.locator("main").inner_text()

    def as_they(self, user: User, path: str, values: dict[str, str], form: str = "main form.flow") -> None:
        with self.journey.visitor(user) as page:
            self.send(page, path, values, form)

    def step(self, user: User, trigger: str) -> None:
        self.as_they(user, f"{self.at}/steps/{trigger}", {})

    def office_step(self, trigger: str) -> None:
        self.send(self.office, f"{self.at}/steps/{trigger}", {})

    def join(self, group: Group, values: dict[str, str]) -> None:
        self.send(self.office, f"{self.at}/partners", {"email": group.contact_email, **values})

    def proposed(self) -> None:
        """The call promises four; a mayor proposes the first; the others join."""
        reference = self.call.reference
        self.send(self.office, f"/coordinator/pilots/promise/{reference}", {"promised": "4"})
        first = {"title": "De kerk op woensdag", "part": "government", "municipality_code": "32030"}
        self.as_they(self.mayor, f"/partner/calls/{reference}/propose", first)
        text = {"summary": "Een open kerk.", "reason": "Geen plek meer.", "approach": "Elke week tellen."}
        self.as_they(self.mayor, f"{self.at}/text", text)
        french = {"part": "government", "municipality_code": "59309", "language": "fr"}
        self.join(self.town, french)
        for group in self.partners:
            self.join(group, {"part": "guide"})
        due = (clock.today() + timedelta(days=30)).isoformat()
        self.as_they(self.maire, f"{self.at}/plan/new", {"title": "Startvergadering", "due_on": due})

    def guided(self) -> None:
        """Submitted, found in order, and coached with one log for all."""
        self.step(self.mayor, "submit")
        self.office_step("screen")
        logged = {"kind": "coaching", "held_on": clock.today().isoformat(), "body": "We legden alles open."}
        self.as_they(self.guides[1], self.at, logged, "form[action$='/log']")
        self.office_step("finish_coaching")

    def agreed(self) -> None:
        """Each guiding partner agrees before one of them selects it."""
        for group, guide in zip(self.partners, self.guides, strict=True):
            db.session.rollback()
            number = db.session.scalars(db.select(Party.id).where(Party.group_id == group.id)).one()
            self.as_they(guide, f"{self.at}/agreements/{number}", {"verdict": "agreed"})
        self.step(self.guides[2], "select")
        due = (clock.today() + timedelta(days=90)).isoformat()
        self.as_they(self.mayor, f"{self.at}/plan/report-day", {"report_due_on": due})
        self.step(self.mayor, "start")

    def told(self) -> None:
        """What was tried and learnt, reported, approved and closed; anybody can read it."""
        method = {"kind": "method", "title": "Koffietafel", "body": "Elke week één vraag.", "worked": "well"}
        self.as_they(self.mayor, f"{self.at}/findings/new", method)
        report = {"tried": "Twaalf woensdagen.", "with_whom": "Bewoners.", "lessons": "Begin klein.",
                  "participants": "140", "gatherings": "12", "costs": "1250,50"}  # fmt: skip
        self.as_they(self.maire, f"{self.at}/report", report)
        self.step(self.mayor, "report")
        self.send(self.office, self.at, {}, "form[action$='/approval']")
        self.office_step("close")
        with self.journey.visitor() as page:
            self.journey.open(page, f"/pilots/{self.reference}")
            self.journey.look(page, "public pilot")
            assert "Koffietafel" in page.locator("main").inner_text()
